import { Refusal } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { hhmm, minutesOf, picked, spansOf, spansText, theirsOf } from "./editing";

const changed = (now: string) =>
  new Refusal("access_changed", 409, "", "", [
    { at: "seen", what: "1" },
    { at: "now", what: now },
  ]);

test("an edit that was too late tells the version in force", () => {
  const theirs = theirsOf(changed('{"version":3,"name_zh":"业主"}'));
  expect(theirs?.version).toBe(3);
  expect(picked(["name_zh"], theirs?.values ?? {})).toEqual({ name_zh: "业主" });
});

test("a thing that was taken away has no values, and is made anew from version 0", () => {
  expect(theirsOf(changed(""))).toEqual({ version: 0, values: null });
});

test("another refusal is no conflict", () => {
  expect(theirsOf(new Refusal("bad_request", 422, "", ""))).toBeUndefined();
  expect(theirsOf(null)).toBeUndefined();
});

test("hours are read as they are written", () => {
  expect(spansOf("07:00-12:00，14:00-24:00")).toEqual([
    [420, 720],
    [840, 1440],
  ]);
  expect(spansOf("")).toEqual([]);
  for (const wrong of ["7-9", "07:00", "24:01-25:00", "07:60-08:00", "07:00-08:00-09:00"]) expect(spansOf(wrong)).toBeNull();
  expect(spansText([[420, 1440]])).toBe("07:00-24:00");
  expect(minutesOf(hhmm(1_439))).toBe(1_439);
});
