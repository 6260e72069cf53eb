import type { CheckInState, CheckInWindow, Post } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { answeredInS, calling, leftS, missed, nextLookMs, sounds, stageOf } from "./countdown";

const AT = Date.parse("2026-01-01T00:00:00Z");
const iso = (s: number) => new Date(AT + s * 1_000).toISOString();
const window = (opens: number, ends: number, sound: number, state = "open"): CheckInWindow => ({
  window: "w",
  opens_at: iso(opens),
  ends_at: iso(ends),
  sounds_at: iso(sound),
  seconds_left: 0,
  phase: "open",
  state,
  person: "",
  person_zh: "",
  person_en: "",
});
const post = (more: Partial<Post>): Post => ({
  duty: "d",
  duty_zh: "查岗",
  duty_en: "check-in",
  place: "p",
  place_zh: "室",
  place_en: "room",
  current: null,
  next: null,
  last: null,
  ...more,
});
const state = (...posts: Post[]): CheckInState => ({ at: iso(0), person: "li", posts });

test("a check-in waits, is open, sounds from the time that the hub names, and is over", () => {
  const one = window(0, 300, 60);
  expect([-1, 0, 59, 60, 299, 300].map((s) => stageOf(one, AT + s * 1_000))).toEqual([
    "waiting",
    "open",
    "open",
    "sounding",
    "sounding",
    "over",
  ]);
});

test("it sounds in its last minute, also where the hub's own time for it is later", () => {
  const one = window(0, 120, 110);
  expect(stageOf(one, AT + 59_000)).toBe("open");
  expect(stageOf(one, AT + 60_000)).toBe("sounding");
});

test("what is left never goes below zero", () => {
  expect(leftS(window(0, 120, 60), AT + 30_000)).toBe(90);
  expect(leftS(window(0, 120, 60), AT + 500_000)).toBe(0);
});

test("of several posts the one that ends first calls first, and one that was answered calls no more", () => {
  const late = post({ place: "late", current: window(0, 200, 60) });
  const soon = post({ place: "soon", current: window(0, 120, 60) });
  const kept = post({ place: "kept", current: window(0, 120, 60, "kept") });
  expect(calling(state(late, soon, kept), AT + 1_000).map((one) => one.place)).toEqual(["soon", "late"]);
  expect(sounds(state(kept), AT + 100_000)).toBe(false);
  expect(sounds(state(soon), AT + 100_000)).toBe(true);
});

test("one that was missed is told of for ten minutes, or until the next has been answered", () => {
  const gone = post({ last: window(-300, -180, -240, "missed") });
  expect(missed(state(gone), AT)).toHaveLength(1);
  expect(missed(state(gone), AT + 600_000)).toHaveLength(0);
  expect(missed(state({ ...gone, current: window(-10, 110, 50, "kept") }), AT)).toHaveLength(0);
  expect(missed(state(post({ last: window(-300, -180, -240, "kept") })), AT)).toHaveLength(0);
});

test("one asks anew when a window opens or ends, and after 20 s where nothing is foretold", () => {
  expect(nextLookMs(state(post({ next: window(5, 125, 65) })), AT)).toBe(5_300);
  expect(nextLookMs(state(post({ current: window(-100, 2, -40) })), AT)).toBe(2_300);
  expect(nextLookMs(state(post({})), AT)).toBe(20_000);
  expect(nextLookMs(undefined, AT)).toBe(20_000);
});

test("how fast somebody answered counts from the opening", () => {
  expect(answeredInS({ state: "kept", opens_at: iso(0), settled_at: iso(12) })).toBe(12);
  expect(answeredInS({ state: "missed", opens_at: iso(0), settled_at: iso(120) })).toBeNull();
});
