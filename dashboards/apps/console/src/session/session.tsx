/** Who sits before this screen, and what he may do. Nothing of the estate is drawn before that is known. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, type Me, type Refusal, type Route, signedOut } from "@watchkeeper/api";
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { SignIn } from "./sign-in";

interface Session {
  readonly me: Me;
  /** The estate's time zone. */
  readonly zone: string;
  may(route: Route | "LIVE /live"): boolean;
  signOut(): Promise<void>;
}

const SessionContext = createContext<Session | null>(null);

export function SessionGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const me = useQuery<Me, Refusal>({
    queryKey: ["me"],
    queryFn: () => ask("GET /me"),
    retry: (tries, why) => why.status !== 401 && tries < 20,
  });
  const [ended, setEnded] = useState(false);
  useEffect(() => {
    // nothing of the estate stays in the window of somebody who is no longer signed in
    const end = () => {
      if (queries.getQueryData(["me"]) === undefined) return;
      setEnded(true);
      queries.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
      void queries.resetQueries({ queryKey: ["me"] });
    };
    signedOut.addEventListener("signed-out", end);
    return () => signedOut.removeEventListener("signed-out", end);
  }, [queries]);
  const value = useMemo<Session | null>(() => {
    if (me.data === undefined) return null;
    const may = new Set(me.data.may);
    return {
      me: me.data,
      zone: me.data.timezone,
      may: (route) => may.has(route),
      signOut: async () => {
        await ask("POST /sign-out");
        location.reload();
      },
    };
  }, [me.data]);
  const enter = () => {
    setEnded(false);
    void queries.invalidateQueries({ queryKey: ["me"] });
  };
  if (me.error?.status === 401) return <SignIn ended={ended} onSignedIn={enter} />;
  if (value === null) return null;
  return <SessionContext value={value}>{children}</SessionContext>;
}

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("outside of SessionGate");
  return session;
}
