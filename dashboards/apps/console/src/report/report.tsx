/** 上报: what people tell by phone or radio, or see, becomes an incident; an emergency has its plan with it. */
import { ask, type ReportRequest } from "@watchkeeper/api";
import { useKeys, useWords } from "@watchkeeper/ui";
import { Button, Form, Input, Modal, Radio, Select } from "antd";
import { useMemo, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useLive } from "../live/provider";
import { useNames } from "../names";
import { usePlanChoices } from "../plan-choices";
import { Said } from "../sending/said";
import { useSending } from "../sending/sending";
import { useSession } from "../session/session";
import { table } from "./words";

const BY = ["phone", "seen", "radio", "in_person"] as const;
const OBSERVATION = "observation";
/** The room in which the key N opens the form: elsewhere it is the room's own. */
const QUEUE = "/queue";

export function ReportButton() {
  const w = useWords(table);
  const { may } = useSession();
  const { pathname } = useLocation();
  const [open, setOpen] = useState(false);
  const allowed = may("POST /incidents");
  useKeys(allowed && pathname.startsWith(QUEUE) ? { n: () => setOpen(true) } : {});
  if (!allowed) return null;
  return (
    <>
      <Button size="small" data-report onClick={() => setOpen(true)}>
        {w.report}
        {pathname.startsWith(QUEUE) && " (N)"}
      </Button>
      {open && <ReportDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function ReportDialog({ onClose }: { onClose: () => void }) {
  const w = useWords(table);
  const { incidents, selection } = useLive();
  const navigate = useNavigate();
  const names = useNames();
  const plans = usePlanChoices();
  const sending = useSending();
  const [form] = Form.useForm<ReportRequest>();
  // one name for one report: pressed twice, or sent again after a cut line, it counts once
  const key = useMemo(() => Array.from(crypto.getRandomValues(new Uint8Array(12)), (one) => one.toString(16)).join(""), []);
  const send = (given: ReportRequest) =>
    sending.send(async () => {
      const incident = await ask("POST /incidents", { body: { ...given, caller: given.caller ?? "", key } });
      incidents.put(incident);
      selection.select(incident.no);
      onClose();
      navigate(QUEUE);
      return undefined;
    });
  return (
    <Modal
      open
      title={w.title}
      okText={w.ok}
      cancelText={w.cancel}
      confirmLoading={sending.busy}
      onOk={() => form.submit()}
      onCancel={onClose}
      afterOpenChange={(isOpen) => isOpen && form.focusField("kind")}
      destroyOnHidden
    >
      <Form form={form} layout="vertical" onFinish={(given) => void send(given)} initialValues={{ by: "phone" }}>
        <Form.Item name="kind" label={w.kind} rules={[{ required: true, message: "" }]} extra={w.starts}>
          <Select showSearch={{ optionFilterProp: "label" }} options={[...plans, { value: OBSERVATION, label: w.observation }]} />
        </Form.Item>
        <Form.Item name="place" label={w.place} rules={[{ required: true, message: "" }]}>
          <Select showSearch={{ optionFilterProp: "label" }} options={[...names.places]} />
        </Form.Item>
        <Form.Item name="text" label={w.text} rules={[{ required: true, whitespace: true, message: "" }]}>
          <Input.TextArea rows={3} maxLength={1_000} />
        </Form.Item>
        <Form.Item name="by" label={w.by}>
          <Radio.Group options={BY.map((value) => ({ value, label: w[value] }))} />
        </Form.Item>
        <Form.Item name="caller" label={w.caller}>
          <Input maxLength={100} autoComplete="off" />
        </Form.Item>
      </Form>
      <Said sending={sending} />
    </Modal>
  );
}
