import type { AgentKeyState, AgentState, Incident } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { agentRows, enrolLines, hasEnrolled, warnings } from "./agents";

const key = (agent: string, since: string | null = null) => ({ agent, since }) as AgentKeyState;
const heard = (id: string) => ({ id }) as AgentState;
const incident = (detector: string, live = true) => ({ detector, live }) as Incident;

test("an agent that was never heard of still has its row", () => {
  const rows = agentRows([key("a"), key("b")], [heard("b")]);
  expect(rows.map((row) => [row.key.agent, row.heard?.id])).toEqual([
    ["a", undefined],
    ["b", "b"],
  ]);
});

test("only what says that somebody else may speak in its name is a warning", () => {
  const takeover = incident("agent_takeover");
  expect(warnings([incident("agent_silent"), undefined, takeover, incident("foreign_report", false)])).toEqual([takeover]);
});

test("the command brings the hub's address, and whom to trust where there is TLS", () => {
  expect(enrolLines("gate", "t0k", "https://hub:8080")).toEqual([
    "(umask 077; printf '%s\\n' 't0k' > gate.token)",
    "watchkeeper edge enrol agent.yaml --hub https://hub:8080 --token-file gate.token --ca-file ca.pem",
    "rm gate.token",
  ]);
  expect(enrolLines("gate", "t0k", "http://127.0.0.1:8080")[1]).not.toContain("--ca-file");
});

test("an agent has enrolled when it did so after the invitation", () => {
  const invited = Date.parse("2026-11-21T04:00:00Z");
  expect(hasEnrolled(key("a"), invited)).toBe(false);
  expect(hasEnrolled(key("a", "2026-11-20T00:00:00Z"), invited)).toBe(false);
  expect(hasEnrolled(key("a", "2026-11-21T04:05:00Z"), invited)).toBe(true);
});
