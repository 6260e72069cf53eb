import { expect, it } from "vitest";
import { reasonOf } from "./reasons";

it("a reason is a kind, with words where there are any", () => {
  expect(reasonOf("resident", "Lost", " a bag ", "")).toBe("Lost · a bag");
  expect(reasonOf("resident", "Lost", "", "")).toBe("Lost");
});

it("of an incident names it", () => {
  expect(reasonOf("incident", "An incident", "", "Incident #12: door")).toBe("Incident #12: door");
});

it("without a kind, or of an unnamed other kind, is none", () => {
  expect(reasonOf(null, "", "because", "")).toBeNull();
  expect(reasonOf("other", "Something else", "  ", "")).toBeNull();
  expect(reasonOf("other", "Something else", "because", "")).toBe("Something else · because");
});
