import type { HandoverDetail, HandoverItemView } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { byKind, isOpen, nextItem, sideOf, stepItem, waitsFor } from "./handing";

const signer = (account: string, signed_at: string | null = null) => ({
  account,
  name: account,
  person: "",
  person_zh: "",
  person_en: "",
  signed_at,
});
const item = (name: string, decision: HandoverItemView["decision"] = ""): HandoverItemView => ({
  item: name,
  kind: name.split(":")[0] as HandoverItemView["kind"],
  about: "",
  zh: name,
  en: name,
  added_at: "",
  decision,
  decided_at: null,
  decided_by: "",
  reason: "",
});
const AT = "2026-01-01T00:00:00Z";
const detail = (leaving = signer("li"), coming = signer(""), open = 0): HandoverDetail => ({
  handover: {
    id: "h",
    place: "p",
    place_zh: "",
    place_en: "",
    state: "draft",
    begun_at: AT,
    ended_at: null,
    note: "",
    leaving,
    coming,
  },
  items: [],
  open,
});

test("a handover waits for somebody to join, for the items, then for each signature", () => {
  expect(waitsFor(detail())).toBe("join");
  expect(waitsFor(detail(signer("li"), signer("wang"), 2))).toBe("accept");
  expect(waitsFor(detail(signer("li"), signer("wang")))).toBe("leaving");
  expect(waitsFor(detail(signer("li", AT), signer("wang")))).toBe("coming");
  const done = detail(signer("li", AT), signer("wang", AT));
  expect(waitsFor({ ...done, handover: { ...done.handover, state: "completed" } })).toBe("nothing");
});

test("who one is in it goes by the account", () => {
  const { handover } = detail(signer("li"), signer("wang"));
  expect(["li", "wang", "zhao"].map((one) => sideOf(handover, one))).toEqual(["leaving", "coming", null]);
});

test("after a decision the keys go to the next undecided item, then from the top, then to what was rejected", () => {
  const items = [item("incident:1"), item("incident:2", "accepted"), item("device:a"), item("key:k", "rejected")];
  expect(nextItem(items, null)).toBe("incident:1");
  expect(nextItem(items, "incident:1")).toBe("device:a");
  expect(nextItem(items, "device:a")).toBe("incident:1");
  expect(nextItem([item("a:1", "accepted"), item("key:k", "rejected")], "a:1")).toBe("key:k");
  expect(nextItem([item("a:1", "accepted"), item("b:1", "gone")], null)).toBeNull();
});

test("J and K stop at the ends, and begin at an end where nothing is chosen", () => {
  const items = [item("incident:1"), item("incident:2")];
  expect(stepItem(items, null, 1)).toBe("incident:1");
  expect(stepItem(items, null, -1)).toBe("incident:2");
  expect(stepItem(items, "incident:2", 1)).toBe("incident:2");
  expect(stepItem([], null, 1)).toBeNull();
});

test("what was rejected can still be accepted, and what is over asks for nothing", () => {
  expect([item("a", ""), item("a", "rejected"), item("a", "accepted"), item("a", "gone")].map(isOpen)).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test("items stand by kind, in the order in which they came", () => {
  const items = [item("key:b"), item("incident:9"), item("key:a")];
  expect(byKind(items).map(([kind, found]) => [kind, found.map((one) => one.item)])).toEqual([
    ["incident", ["incident:9"]],
    ["key", ["key:b", "key:a"]],
  ]);
});

test("incidents are listed by their numbers, nine before ten", () => {
  const items = ["10", "9", "others", "101"].map((about) => ({ ...item(`incident:${about}`), about }));
  expect(byKind(items)[0]?.[1].map((one) => one.about)).toEqual(["9", "10", "101", "others"]);
});
