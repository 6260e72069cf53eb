import type { OwnPage, OwnVisit } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { bodyOf, daysOf, draftOf, emptyOf, hoursOf, isReady, textOf } from "./invite";
import { refusedOn } from "./own";
import { table } from "./own-words";

const PAGE: OwnPage = {
  site_zh: "花园",
  site_en: "Garden",
  timezone: "Asia/Shanghai",
  now: "2026-11-30T16:30:00.000000Z",
  room: "3-2-501",
  expires_at: "2026-12-30T16:30:00.000000Z",
  left_today: 9,
  per_day: 10,
  phone_needed: false,
  hours_max: 12,
  days_max: 7,
  people_max: 20,
  routes: [{ id: "main", name_zh: "主路", name_en: "main way", words: "直行" }],
  visits: [],
  made: "",
};

test("days and times are the estate's, wherever the phone is", () => {
  expect(daysOf(PAGE)).toHaveLength(7);
  expect(daysOf(PAGE)[0]).toBe("2026-12-01");
  const fields = { ...emptyOf(PAGE), name: " 王小明 ", day: "2026-12-02", time: "18:30" };
  expect(bodyOf("t", PAGE, fields)).toMatchObject({ name: "王小明", begins_at: "2026-12-02T10:30:00.000Z", hours: 4, people: 1 });
  expect(bodyOf("t", PAGE, { ...fields, day: "" }).begins_at).toBeNull();
});

test("no stay is offered that is longer than a pass", () => {
  expect(hoursOf(PAGE)).toEqual([1, 2, 4, 8, 12]);
  expect(hoursOf({ ...PAGE, hours_max: 6 })).toEqual([1, 2, 4, 6]);
  expect(emptyOf({ ...PAGE, hours_max: 0.5 }).hours).toBe("0.5");
});

test("a phone is needed where the estate says so, and a time where a day is", () => {
  const named = { ...emptyOf(PAGE), name: "王" };
  expect(isReady(PAGE, named)).toBe(true);
  expect(isReady({ ...PAGE, phone_needed: true }, named)).toBe(false);
  expect(isReady(PAGE, { ...named, day: "2026-12-02", time: "" })).toBe(false);
  expect(isReady(PAGE, emptyOf(PAGE))).toBe(false);
});

test("a draft that is none, or of another program, is left alone", () => {
  const empty = emptyOf(PAGE);
  expect(draftOf('{"name":"王","phone":5,"more":"x"}', empty)).toEqual({ ...empty, name: "王" });
  for (const kept of [null, "", "{", "7", "null"]) expect(draftOf(kept, empty)).toEqual(empty);
});

test("the text that is handed on names nobody, and has the window, the way and the space", () => {
  const visit: OwnVisit = {
    id: "v",
    state: "confirmed",
    state_zh: "已确认",
    state_en: "confirmed",
    name: "王**",
    plate: "京A***45",
    people: 2,
    route: "main",
    space: "P1",
    from_at: "2026-12-01T10:00:00.000000Z",
    until_at: "2026-12-01T14:00:00.000000Z",
    has_pass: true,
    can_cancel: true,
  };
  const text = textOf(PAGE, visit, "花园", table.zh);
  for (const part of ["花园", "3-2-501", "2026-12-01 18:00", "2026-12-01 22:00", "2 人", "直行", "P1"])
    expect(text).toContain(part);
  expect(text).not.toContain("王");
  expect(textOf(PAGE, { ...visit, from_at: null }, "花园", table.zh)).toBe("");
});

test("what was refused keeps the page, and a link that is over takes it away", () => {
  const shown = { at: "shown", page: PAGE, busy: true, why: null } as const;
  expect(refusedOn(shown, new SyntaxError("cut off"))).toMatchObject({ at: "shown", busy: false, page: PAGE });
  expect(refusedOn({ at: "loading" }, new SyntaxError("cut off"))).toMatchObject({ at: "away" });
});
