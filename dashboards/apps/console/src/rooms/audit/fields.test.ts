import { expect, test } from "vitest";
import { fields, fieldWord, valueText } from "./fields";

const shown = (iso: string) => `<${iso}>`;

test("a field is told by its word, by the words of its parts, or as it is", () => {
  expect(fieldWord(fields.zh, "role")).toBe("角色");
  expect(fieldWord(fields.zh, "expires_us")).toBe("到期");
  expect(fieldWord(fields.en, "filter.device")).toBe("filter · device");
  expect(fieldWord(fields.zh, "of_tomorrow")).toBe("of_tomorrow");
});

test("moments are shown as clocks show them, yes and no in words, all else as it is", () => {
  expect(valueText("expires_us", "1767225600000000", "zh", shown)).toBe("<2026-01-01T00:00:00.000Z>");
  expect(valueText("expires_us", "–", "zh", shown)).toBe("–");
  expect(valueText("disabled", "true", "zh", shown)).toBe("是");
  expect(valueText("disabled", "false", "en", shown)).toBe("no");
  expect(valueText("role", "guard", "zh", shown)).toBe("guard");
});
