/** Agents as the room shows them: how each is known beside what is heard of it. Pure. */
import type { AgentKeyState, AgentState, Incident } from "@watchkeeper/api";

export interface AgentRow {
  readonly key: AgentKeyState;
  /** What is heard of it; undefined: the hub does not list it yet. */
  readonly heard: AgentState | undefined;
}

/** In the estate file's order. */
export function agentRows(keys: readonly AgentKeyState[], heard: readonly AgentState[]): AgentRow[] {
  const byId = new Map(heard.map((one) => [one.id, one]));
  return keys.map((key) => ({ key, heard: byId.get(key.agent) }));
}

const WARNS = new Set(["agent_takeover", "foreign_report", "audit_head_conflict"]);

/** Of the incidents of an agent those that say that somebody else may speak in its name. */
export function warnings(incidents: readonly (Incident | undefined)[]): Incident[] {
  return incidents.filter((one): one is Incident => one?.live === true && WARNS.has(one.detector));
}

/** What to type at the agent's machine to enrol it: the token goes into a file that its owner alone reads, and away after it. */
export function enrolLines(agent: string, token: string, origin: string): string[] {
  const file = `${agent}.token`;
  const trust = origin.startsWith("https:") ? " --ca-file ca.pem" : "";
  return [
    `(umask 077; printf '%s\\n' '${token}' > ${file})`,
    `watchkeeper edge enrol agent.yaml --hub ${origin} --token-file ${file}${trust}`,
    `rm ${file}`,
  ];
}

/** Whether the agent has enrolled since it was invited. */
export function hasEnrolled(key: AgentKeyState, invitedMs: number): boolean {
  return key.since !== null && Date.parse(key.since) >= invitedMs;
}
