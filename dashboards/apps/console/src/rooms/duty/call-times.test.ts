import { expect, test } from "vitest";
import { callTimes } from "./call-times";

const OPENED = Date.parse("2026-01-01T00:30:20Z");
const ZONE = "Asia/Shanghai";

test("a call that was just answered rang so many seconds before the form was opened", () => {
  expect(callTimes({ how: "answered", at: "", waited: "6" }, OPENED, ZONE)).toEqual({
    direction: "in",
    rang_at: "2026-01-01T00:30:14.000Z",
    answered_at: "2026-01-01T00:30:20.000Z",
  });
});

test("one that nobody answered has the time at which it rang, in the estate's zone", () => {
  expect(callTimes({ how: "unanswered", at: "08:10", waited: "" }, OPENED, ZONE)).toEqual({
    direction: "in",
    rang_at: "2026-01-01T00:10:00.000Z",
    answered_at: null,
  });
});

test("an outgoing call is told to be one", () => {
  expect(callTimes({ how: "out", at: "", waited: "9" }, OPENED, ZONE)?.direction).toBe("out");
});

test("what is no time or no number of seconds is not sent", () => {
  expect(callTimes({ how: "answered", at: "8:99", waited: "" }, OPENED, ZONE)).toBeNull();
  expect(callTimes({ how: "answered", at: "", waited: "long" }, OPENED, ZONE)).toBeNull();
  expect(callTimes({ how: "answered", at: "", waited: "-3" }, OPENED, ZONE)).toBeNull();
});
