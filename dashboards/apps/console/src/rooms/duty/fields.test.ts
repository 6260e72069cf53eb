import { expect, test } from "vitest";
import { emptyForm, firstMissing, sentFields } from "./fields";

test("numbers are sent as numbers, and what is empty is not sent", () => {
  expect(sentFields({ summary: " 平静 ", cameras_checked: "48", unusual: "  " })).toEqual({
    summary: "平静",
    cameras_checked: 48,
  });
});

test("what is no number is sent as it was typed, so that the hub says what is wrong", () => {
  expect(sentFields({ cameras_checked: "all" })).toEqual({ cameras_checked: "all" });
});

test("the first empty field that the hub requires is the one to go to", () => {
  const requires = ["summary", "unusual"];
  expect(emptyForm(requires)).toEqual({ summary: "", unusual: "" });
  expect(firstMissing({ summary: "x", unusual: " " }, requires)).toBe("unusual");
  expect(firstMissing({ summary: "x", unusual: "none" }, requires)).toBeNull();
});
