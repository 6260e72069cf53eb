import type { SelectionDone, SelectionResult } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { bulkSaid } from "./bulk";

const done = (no: number) => ({ no, done: true, incident: null, code: "", message_zh: "", message_en: "" }) as SelectionResult;
const refused = (no: number) => ({
  no,
  done: false,
  incident: null,
  code: "wrong_state",
  message_zh: "已关闭",
  message_en: "It is closed",
});
const all = (...results: SelectionResult[]): SelectionDone => {
  const count = results.filter((one) => one.done).length;
  return { done: count, refused: results.length - count, results };
};

test("what was done is counted", () => {
  expect(bulkSaid(all(done(1), done(2)), "zh")).toBe("已完成 2 条");
});

test("what was refused is told by its number, with the hub's reason", () => {
  expect(bulkSaid(all(done(1), refused(2)), "zh")).toBe("已完成 1 条 · 1 条未完成：#2 已关闭");
  expect(bulkSaid(all(done(1), refused(2)), "en")).toBe("1 done · 1 not done: #2: It is closed");
});

test("of many refusals the first three are told", () => {
  expect(bulkSaid(all(refused(1), refused(2), refused(3), refused(4)), "zh")).toBe(
    "已完成 0 条 · 4 条未完成：#1 已关闭；#2 已关闭；#3 已关闭；…",
  );
});
