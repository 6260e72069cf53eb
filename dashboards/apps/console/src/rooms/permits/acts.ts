/** What may be done with a credential in each state. Pure. */
import type { CredentialView } from "@watchkeeper/api";

export type CredentialAct = "lost" | "revoke" | "suspend" | "resume" | "replace";

const ACTS: Readonly<Record<CredentialView["state"], readonly CredentialAct[]>> = {
  active: ["lost", "suspend", "replace", "revoke"],
  suspended: ["resume", "lost", "replace", "revoke"],
  // what was lost may be found again
  lost: ["resume", "replace"],
  revoked: [],
  replaced: [],
};

export function actsOn({ state, instead }: Pick<CredentialView, "state" | "instead">): readonly CredentialAct[] {
  return instead === "" ? ACTS[state] : [];
}
