import { Refusal } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { refusedAs } from "./link";

const over = new Refusal("unknown_link", 404, "链接无效或已过期", "not valid");
const network = new Refusal("network", 0, "连不上服务器", "no hub");

test("a link that was seen has expired; one that never was is unknown", () => {
  expect(refusedAs(over, true, null)).toEqual({ at: "expired" });
  expect(refusedAs(over, true, "yes")).toEqual({ at: "expired" });
  expect(refusedAs(over, false, null)).toEqual({ at: "unknown" });
});

test("an answer without a reply is not confirmed, and keeps what was tapped for another try", () => {
  expect(refusedAs(network, true, "no")).toEqual({ at: "unsure", chosen: "no", why: network });
});

test("a question without a reply says that the hub is away", () => {
  expect(refusedAs(network, true, null)).toEqual({ at: "away", why: network });
});

test("a reply that cannot be read is no reply", () => {
  expect(refusedAs(new SyntaxError("cut off"), false, "yes")).toMatchObject({ at: "unsure", chosen: "yes" });
});
