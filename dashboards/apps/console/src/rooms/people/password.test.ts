import { expect, test } from "vitest";
import { newPassword } from "./password";

test("a new password is four groups that can be read out, and no two are the same", () => {
  const made = new Set(Array.from({ length: 200 }, () => newPassword()));
  expect(made.size).toBe(200);
  for (const one of made) expect(one).toMatch(/^([a-hjkmnp-z2-9]{4}-){3}[a-hjkmnp-z2-9]{4}$/);
});

test("bytes that would make some letters likelier are thrown away", () => {
  const calls = [new Uint8Array(32).fill(255), new Uint8Array(32).fill(0)];
  expect(newPassword(() => calls.shift() ?? new Uint8Array(32))).toBe("aaaa-aaaa-aaaa-aaaa");
  expect(calls).toEqual([]);
});
