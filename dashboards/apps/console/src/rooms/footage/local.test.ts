import { expect, it } from "vitest";
import { localInput, localMs } from "./local";

const SHANGHAI = "Asia/Shanghai";

it("a time is the estate's, there and back, to the second", () => {
  const ms = Date.parse("2026-11-30T16:00:05Z");
  expect(localInput(ms, SHANGHAI)).toBe("2026-12-01T00:00:05");
  expect(localMs("2026-12-01T00:00:05", SHANGHAI)).toBe(ms);
  expect(localMs("2026-12-01T00:00", SHANGHAI)).toBe(ms - 5_000);
});

it("what is no time is none", () => {
  expect(localMs("", SHANGHAI)).toBeNull();
  expect(localMs("2026-12-01T00:00:99", SHANGHAI)).toBeNull();
});
