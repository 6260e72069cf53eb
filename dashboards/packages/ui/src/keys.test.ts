import { expect, test } from "vitest";
import { keyName } from "./keys";

test("a key has one name, with and without shift and whatever the lock says", () => {
  expect(keyName({ key: "a", shiftKey: false })).toBe("a");
  expect(keyName({ key: "A", shiftKey: false })).toBe("a");
  expect(keyName({ key: "A", shiftKey: true })).toBe("shift+a");
  expect(keyName({ key: "?", shiftKey: true })).toBe("?");
  expect(keyName({ key: " ", shiftKey: false })).toBe("space");
  expect(keyName({ key: "ArrowLeft", shiftKey: false })).toBe("arrowleft");
});
