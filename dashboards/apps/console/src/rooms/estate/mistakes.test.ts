import { expect, test } from "vitest";
import { byRow, mistakeOf, wrongOf } from "./mistakes";

const CHECKED = { site: "s", places: [{ id: "gate" }], devices: [{ id: "d0" }, { id: "d1" }] };
const of = (at: string) => mistakeOf({ at, zh: "错", en: "wrong" }, CHECKED);

test("a path leads to the row that stands there, and to its value", () => {
  expect(of("devices[1].opens")).toMatchObject({ kind: "devices", id: "d1", field: "opens" });
  expect(of("places[0].area[2][1]")).toMatchObject({ kind: "places", id: "gate", field: "area" });
  expect(of("devices[0]")).toMatchObject({ kind: "devices", id: "d0", field: "" });
});

test("what is of no row is of the estate", () => {
  expect(of("timezone")).toMatchObject({ kind: "estate", id: "", field: "timezone" });
  expect(of("devices[9].id")).toMatchObject({ kind: "estate", id: "", field: "devices" });
  expect(of("")).toMatchObject({ kind: "estate", field: "" });
});

test("several mistakes of a row are together", () => {
  const rows = byRow([of("devices[1].opens"), of("devices[1].place"), of("places[0].id")]);
  expect(rows.get("devices/d1")).toHaveLength(2);
  expect(rows.get("places/gate")).toHaveLength(1);
});

test("a refusal's text is told in the language, and one that has a single language in both", () => {
  expect(wrongOf({ at: "a", what: "缺少 / is missing: write a / b" })).toEqual({
    at: "a",
    zh: "缺少",
    en: "is missing: write a / b",
  });
  expect(wrongOf({ at: "a", what: "odd" })).toEqual({ at: "a", zh: "odd", en: "odd" });
});
