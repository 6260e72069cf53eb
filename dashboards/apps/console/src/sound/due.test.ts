import type { Incident } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { type Calling, due, NOTHING_HEARD } from "./due";

const calls = (no: number, sound: string) => ({ no, sound, sounding: true }) as Incident;
const calling = (incidents: readonly Incident[], more: Partial<Calling> = {}): Calling => ({
  incidents,
  silencedUntilMs: null,
  stale: false,
  checkIn: false,
  ...more,
});

test("a critical incident sounds again and again until somebody has it", () => {
  const [first, heard] = due(calling([calls(1, "p1")]), NOTHING_HEARD, 0);
  const [soon, later] = due(calling([calls(1, "p1")]), heard, 500);
  const [again, after] = due(calling([calls(1, "p1")]), later, 2_000);
  expect([first, soon, again]).toEqual(["p1", null, "p1"]);
  expect(due(calling([]), after, 4_000)[0]).toBeNull();
});

test("an ordinary one chimes once", () => {
  const [first, heard] = due(calling([calls(1, "p3")]), NOTHING_HEARD, 0);
  expect([first, due(calling([calls(1, "p3")]), heard, 60_000)[0]]).toEqual(["p3", null]);
});

test("fire is heard before everything else, and alone", () => {
  const all = [calls(1, "p1"), calls(2, "fire"), calls(3, "p2")];
  const [first, heard] = due(calling(all), NOTHING_HEARD, 0);
  expect([first, due(calling(all), heard, 700)[0]]).toEqual(["fire", null]);
});

test("silence keeps incidents quiet until it ends, and not the news that there is no news", () => {
  const silenced = { silencedUntilMs: 60_000 };
  expect(due(calling([calls(1, "p1")], silenced), NOTHING_HEARD, 0)[0]).toBeNull();
  expect(due(calling([calls(1, "p1")], silenced), NOTHING_HEARD, 60_000)[0]).toBe("p1");
  expect(due(calling([calls(1, "p1")], { ...silenced, stale: true }), NOTHING_HEARD, 0)[0]).toBe("stale");
});

test("what nobody is to be called for makes no sound", () => {
  expect(due(calling([{ ...calls(1, "p1"), sounding: false }]), NOTHING_HEARD, 0)[0]).toBeNull();
});

test("a check-in that nobody answers is heard", () => {
  expect(due(calling([], { checkIn: true }), NOTHING_HEARD, 0)[0]).toBe("check_in");
});
