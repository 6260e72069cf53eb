import { expect, test } from "vitest";
import { type Estate, withRow } from "./document";
import { STEPS_MAX } from "./undo";
import { after, changes, draftFrom, hasChanges, type Working, working } from "./working-state";

const DOCUMENT: Estate = {
  site: "lakeside",
  name_zh: "湖畔",
  places: [{ id: "gate", name_zh: "东门" }],
  agents: [],
  devices: [{ id: "d1", name_zh: "门" }],
};
const named = (name: string) => (document: Estate) => withRow(document, "devices", { id: "d1", name_zh: name });
const begin = () => working({ version: 1, document: DOCUMENT });
const edit = (state: Working, name: string, tag?: string) => after(state, { is: "edit", change: named(name), tag });
const theirs = { version: 2, document: withRow(DOCUMENT, "devices", { id: "d2", name_zh: "他的" }) };

test("a step is undone and done again, and a new step ends what could be done again", () => {
  const two = edit(edit(begin(), "一"), "二");
  const back = after(two, { is: "undo" });
  expect(back.history.present).toEqual(named("一")(DOCUMENT));
  expect(after(back, { is: "redo" }).history.present).toEqual(named("二")(DOCUMENT));
  expect(edit(back, "三").history.future).toEqual([]);
  expect(after(begin(), { is: "undo" })).toEqual(begin());
});

test("what goes on without a pause is undone at once", () => {
  const moved = edit(edit(edit(begin(), "一"), "二", "nudge"), "三", "nudge");
  expect(after(moved, { is: "undo" }).history.present).toEqual(named("一")(DOCUMENT));
});

test("the oldest step is forgotten beyond the limit", () => {
  let state = begin();
  for (let at = 0; at <= STEPS_MAX + 5; at += 1) state = edit(state, String(at));
  expect(state.history.past).toHaveLength(STEPS_MAX);
});

test("back at the beginning there are no changes, though steps were done", () => {
  const there = edit(begin(), "一");
  expect(changes(there)).toHaveLength(1);
  expect(hasChanges(edit(there, "门"))).toBe(false);
});

test("a newer version is taken at once where nothing of one's own is changed", () => {
  const state = after(begin(), { is: "hub", now: theirs });
  expect(state.base).toBe(theirs);
  expect(state.theirs).toBeNull();
});

test("with own changes a newer version waits until they are applied to it or discarded", () => {
  const state = after(edit(begin(), "我的"), { is: "hub", now: theirs });
  expect(state.theirs).toBe(theirs);
  expect(state.base.version).toBe(1);
  const applied = after(state, { is: "reapply", choices: {} });
  expect(applied.base.version).toBe(2);
  expect(changes(applied)).toEqual([{ what: "changed", kind: "devices", id: "d1", fields: ["name_zh"] }]);
  expect(applied.history.past).toEqual([]);
  expect(after(state, { is: "discard" })).toEqual(working(theirs));
});

test("what was sent is in force, and what the hub then tells changes nothing", () => {
  const mine = edit(begin(), "我的");
  const sent = after(mine, { is: "sent", now: { version: 2, document: mine.history.present } });
  expect([hasChanges(sent), sent.base.version]).toEqual([false, 2]);
  expect(hasChanges(after(sent, { is: "hub", now: { version: 2, document: structuredClone(mine.history.present) } }))).toBe(
    false,
  );
});

test("one's own version that is heard of before the answer is no conflict in the end", () => {
  const mine = edit(begin(), "我的");
  const now = { version: 2, document: mine.history.present };
  const heard = after(mine, { is: "hub", now });
  expect(after(heard, { is: "sent", now }).theirs).toBeNull();
});

test("a draft goes on where it was, and one of an older version meets the newer one", () => {
  const mine = edit(begin(), "我的");
  const draft = draftFrom(structuredClone({ base: mine.base, mine: mine.history.present }));
  expect(draft).not.toBeNull();
  if (draft === null) return;
  expect(changes(after(begin(), { is: "draft", draft }))).toHaveLength(1);
  expect(after(working(theirs), { is: "draft", draft }).theirs?.version).toBe(2);
});

test("what is no draft is none", () => {
  for (const kept of [
    undefined,
    null,
    3,
    {},
    { base: { version: 1, document: {} }, mine: {} },
    { base: DOCUMENT, mine: DOCUMENT },
  ]) {
    expect(draftFrom(kept)).toBeNull();
  }
});
