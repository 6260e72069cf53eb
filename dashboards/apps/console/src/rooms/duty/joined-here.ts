/** Whether somebody has joined a handover in this window with a name and a password: the sign-in here may then decide about items
 * for them. The hub remembers it too, and refuses anybody else; this is for what to draw. No password is kept. */
const KEPT = "watchkeeper:handover-joined";

export function joinedHere(handover: string, session: string): void {
  localStorage.setItem(KEPT, `${handover} ${session}`);
}

export function hasJoinedHere(handover: string, session: string): boolean {
  return localStorage.getItem(KEPT) === `${handover} ${session}`;
}
