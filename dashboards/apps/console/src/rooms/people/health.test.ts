import { expect, test } from "vitest";
import { channelState, inLanguage } from "./health";

test("of a detail in both languages the half in use is shown", () => {
  expect(inLanguage("文件不同 / the file differs", "zh")).toBe("文件不同");
  expect(inLanguage("文件不同 / the file differs", "en")).toBe("the file differs");
  expect(inLanguage("the MQTT broker is away", "zh")).toBe("the MQTT broker is away");
});

test("a channel that fails says so before that it is behind", () => {
  const well = { name: "mqtt", behind: 3, failures: 0, error: "" };
  expect(channelState(well)).toBe("well");
  expect(channelState({ ...well, behind: 101 })).toBe("behind");
  expect(channelState({ ...well, behind: 101, failures: 1 })).toBe("failing");
});
