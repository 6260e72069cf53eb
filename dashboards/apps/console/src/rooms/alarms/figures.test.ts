import type { Figure } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { figureText, grouped } from "./figures";

const figure = (name: string, value: string | null): Figure => ({
  name,
  value,
  name_zh: name,
  name_en: name,
  unit_zh: name.endsWith("_s") ? "秒" : "条",
  unit_en: name.endsWith("_s") ? "s" : "",
  definition_zh: "",
  definition_en: "",
});

test("what is not known says so, and is no nought", () => {
  expect(figureText(figure("rate_peak", null), "zh")).toBe("无数据");
  expect(figureText(figure("ack_median_s", null), "en")).toBe("no data");
  expect(figureText(figure("rate_peak", "0"), "zh")).toBe("0 条");
});

test("seconds are told as people tell them, and what has no unit gets none", () => {
  expect(figureText(figure("ack_median_s", "8.5"), "zh")).toBe("8.5 秒");
  expect(figureText(figure("flood_s", "7500"), "zh")).toBe("2小时05分");
  expect(figureText(figure("flood_s", "7500"), "en")).toBe("2 h 05 min");
  expect(figureText(figure("alarms", "12"), "en")).toBe("12");
});

test("every figure stands on the page once, a new one too", () => {
  const names = ["alarms", "flood_s", "ack_p95_s", "stale", "one_of_tomorrow"];
  const found = grouped(names.map((name) => figure(name, "1")));
  expect(found.map(([group, figures]) => [group, figures.map((one) => one.name)])).toEqual([
    ["rate", ["alarms"]],
    ["flood", ["flood_s"]],
    ["ack", ["ack_p95_s"]],
    ["state", ["stale", "one_of_tomorrow"]],
  ]);
});
