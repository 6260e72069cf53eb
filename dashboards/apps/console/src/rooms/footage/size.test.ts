import { expect, it } from "vitest";
import { sizeText } from "./size";

it("a size has a unit that people read", () => {
  expect(sizeText(0)).toBe("0 B");
  expect(sizeText(1_540_000)).toBe("1.5 MB");
  expect(sizeText(734_000_000)).toBe("734 MB");
});
