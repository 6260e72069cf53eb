/** The first page: name and password. What went wrong stands beside the fields, in the hub's own words. */
import { ask, Refusal } from "@watchkeeper/api";
import { useLanguage, useWords } from "@watchkeeper/ui";
import { Alert, Button, Form, Input } from "antd";
import { useEffect, useState } from "react";
import { useSetLanguage } from "../language";
import { table } from "./words";

/** `ended`: somebody was signed in here until just now, and did not sign out. */
export function SignIn({ ended, onSignedIn }: { ended: boolean; onSignedIn: () => void }) {
  const w = useWords(table);
  const language = useLanguage();
  const setLanguage = useSetLanguage();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const elsewhere = useElsewhere();
  const enter = async (given: { name: string; password: string }) => {
    setBusy(true);
    try {
      await ask("POST /sign-in", { body: given });
      onSignedIn();
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      setRefusal(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <main className="wk-sign-in">
      <h1>{w.product}</h1>
      {ended && <Alert type="warning" role="alert" data-ended title={w.ended} />}
      <Form layout="vertical" onFinish={enter} requiredMark={false} aria-label={w.title}>
        <Form.Item name="name" label={w.name} rules={[{ required: true, message: "" }]}>
          <Input autoFocus autoComplete="username" />
        </Form.Item>
        <Form.Item name="password" label={w.password} rules={[{ required: true, message: "" }]}>
          <Input.Password autoComplete="current-password" />
        </Form.Item>
        {refusal !== null && <Alert type="error" role="alert" title={refusal[language]} />}
        <Button type="primary" htmlType="submit" loading={busy} block>
          {w.enter}
        </Button>
      </Form>
      {elsewhere && (
        <Button href="/oidc/begin" block>
          {w.elsewhere}
        </Button>
      )}
      <p>{w.noticeFire}</p>
      <Button type="link" lang={language === "zh" ? "en" : "zh-CN"} onClick={() => setLanguage(language === "zh" ? "en" : "zh")}>
        {w.language}
      </Button>
    </main>
  );
}

/** Whether people may sign in at their organisation's own provider. Without an answer the name and the password do. */
function useElsewhere(): boolean {
  const [offered, setOffered] = useState(false);
  useEffect(() => {
    let gone = false;
    ask("GET /sign-in").then(
      (ways) => !gone && setOffered(ways.oidc),
      () => undefined,
    );
    return () => {
      gone = true;
    };
  }, []);
  return offered;
}
