import type { KeyView } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { isOverdue, shownKeys } from "./register";

const AT = Date.parse("2026-01-01T00:00:00Z");
const key = (id: string, more: Partial<KeyView> = {}): KeyView =>
  ({ id, state: "in", due_at: null, overdue: false, ...more }) as KeyView;
const out = (id: string, dueS: number) => key(id, { state: "out", due_at: new Date(AT + dueS * 1_000).toISOString() });

test("an item becomes overdue while one looks at it", () => {
  expect(isOverdue(out("k", 10), AT)).toBe(false);
  expect(isOverdue(out("k", 10), AT + 10_000)).toBe(true);
  expect(isOverdue(key("k"), AT)).toBe(false);
});

test("what is longest overdue stands on top, the rest by number", () => {
  const keys = [key("K-10"), out("K-9", -10), key("K-2"), out("K-1", -60), out("K-3", 60)];
  expect(shownKeys(keys, "all", AT).map((one) => one.id)).toEqual(["K-1", "K-9", "K-2", "K-3", "K-10"]);
  expect(shownKeys(keys, "out", AT).map((one) => one.id)).toEqual(["K-1", "K-9", "K-3"]);
  expect(shownKeys(keys, "overdue", AT).map((one) => one.id)).toEqual(["K-1", "K-9"]);
});

test("broken and lost ones are told apart from those in their place", () => {
  const keys = [key("a"), key("b", { state: "broken" }), key("c", { state: "lost" })];
  expect(shownKeys(keys, "unfit", AT).map((one) => one.id)).toEqual(["b", "c"]);
  expect(shownKeys(keys, "in", AT).map((one) => one.id)).toEqual(["a"]);
});
