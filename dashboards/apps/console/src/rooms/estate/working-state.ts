/** The working copy of one person: the version it came from, what it is now, and what another has put in force meanwhile. */
import { type Change, changesOf, same } from "./diff";
import type { Estate } from "./document";
import { type Choices, merged } from "./merge";
import { begun, done, type History, redone, undone } from "./undo";

export interface Version {
  readonly version: number;
  readonly document: Estate;
}
export interface Working {
  readonly base: Version;
  readonly history: History<Estate>;
  /** Another version is in force, and there are own changes: a person decides. */
  readonly theirs: Version | null;
  /** Steps with one tag after each other are undone at once: an arrow key that is held down. */
  readonly tag?: string | undefined;
}
export type Step =
  | { readonly is: "hub"; readonly now: Version }
  | { readonly is: "draft"; readonly draft: Draft }
  | { readonly is: "edit"; readonly change: (document: Estate) => Estate; readonly tag?: string | undefined }
  | { readonly is: "undo" }
  | { readonly is: "redo" }
  | { readonly is: "discard" }
  | { readonly is: "sent"; readonly now: Version }
  | { readonly is: "reapply"; readonly choices: Choices };

/** What survives a reload. */
export interface Draft {
  readonly base: Version;
  readonly mine: Estate;
}

export function working(base: Version): Working {
  return { base, history: begun(base.document), theirs: null };
}

export function hasChanges(state: Working): boolean {
  const [was, now] = [state.base.document, state.history.present];
  return was !== now && changesOf(was, now).length > 0;
}

export function changes(state: Working): readonly Change[] {
  return changesOf(state.base.document, state.history.present);
}

/** The next state. Pure: the same step on the same state gives the same. */
export function after(state: Working, step: Step): Working {
  switch (step.is) {
    case "hub":
      return heard(state, step.now);
    case "draft":
      return heard({ base: step.draft.base, history: begun(step.draft.mine), theirs: null }, state.theirs ?? state.base);
    case "edit":
      return edited(state, step.change(state.history.present), step.tag);
    case "undo":
      return { ...state, history: undone(state.history), tag: undefined };
    case "redo":
      return { ...state, history: redone(state.history), tag: undefined };
    case "discard":
      return working(state.theirs ?? state.base);
    case "sent":
      return sent(state, step.now);
    case "reapply":
      return state.theirs === null ? state : reapplied(state, state.theirs, step.choices);
  }
}

function edited(state: Working, present: Estate, tag: string | undefined): Working {
  const goesOn = tag !== undefined && tag === state.tag;
  return { ...state, history: goesOn ? { ...state.history, present, future: [] } : done(state.history, present), tag };
}

/** The hub told the estate in force. Without own changes it is taken as it is. */
function heard(state: Working, now: Version): Working {
  if (!hasChanges(state)) return same(now, state.base) ? { ...state, theirs: null } : working(now);
  if (now.version === state.base.version) return { ...state, theirs: null };
  if (same(now.document, state.base.document)) return { ...state, base: now, theirs: null };
  return { ...state, theirs: now };
}

/** What was sent is in force. Steps done since stay as own changes. */
function sent(state: Working, now: Version): Working {
  if (same(now.document, state.history.present)) return working(now);
  return { base: now, history: begun(state.history.present), theirs: null };
}

function reapplied(state: Working, theirs: Version, choices: Choices): Working {
  // undoing back beyond this would silently take away what the other did
  const { document } = merged(state.base.document, state.history.present, theirs.document, choices);
  return { base: theirs, history: begun(document), theirs: null };
}

/** The draft as it was kept, where it still has the shape that this program writes. */
export function draftFrom(kept: unknown): Draft | null {
  if (!isObject(kept) || !isObject(kept.base) || !isObject(kept.mine)) return null;
  const { version, document } = kept.base;
  if (typeof version !== "number" || !isObject(document)) return null;
  if (!looksRight(document) || !looksRight(kept.mine)) return null;
  return { base: { version, document }, mine: kept.mine };
}

function looksRight(document: Record<string, unknown>): boolean {
  return typeof document.site === "string" && Array.isArray(document.places) && Array.isArray(document.devices);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
