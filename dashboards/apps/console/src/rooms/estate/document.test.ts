import { expect, test } from "vitest";
import { freshId, rowsOf, tidy, treeOf, usersOf, withoutRow, withRow } from "./document";
import { faultsOf } from "./row-check";
import { templateOf, typeOf } from "./tables";

const ESTATE = {
  site: "s",
  places: [{ id: "roof", parent: "house" }, { id: "house" }, { id: "hall", parent: "house" }],
  agents: [{ id: "a1", place: "house" }],
  devices: [
    { id: "door-1", kind: "door", place: "hall", agent: "a1", name_zh: "门", name_en: "Door" },
    { id: "cam", kind: "camera", place: "roof", agent: "a1", watches: ["hall"], name_zh: "摄像机", name_en: "Camera" },
  ],
  routes: [{ id: "r", duty: "d", places: ["hall"], sources: ["door-1"] }],
};

test("a row is kept as the hub would write it", () => {
  const row = { id: "p", name_zh: "人", post: "guard", at: undefined, watches: [], options: {}, opens: "" };
  expect(tidy("staff", row)).toEqual({ id: "p", name_zh: "人" });
  expect(tidy("places", { id: "p", post: "guard" })).toEqual({ id: "p", post: "guard" });
});

test("a table that is empty is left out, except where the hub wants it", () => {
  expect("routes" in withoutRow(ESTATE, "routes", "r")).toBe(false);
  expect(rowsOf(withoutRow(ESTATE, "agents", "a1"), "agents")).toEqual([]);
  expect("agents" in withoutRow(ESTATE, "agents", "a1")).toBe(true);
});

test("a row that was renamed stays where it stood", () => {
  const renamed = withRow(ESTATE, "places", { id: "attic", parent: "house" }, "roof");
  expect(rowsOf(renamed, "places").map((row) => row.id)).toEqual(["attic", "house", "hall"]);
});

test("whoever names a row is found, in lists too", () => {
  expect(usersOf(ESTATE, "places", "hall").map((user) => `${user.kind}/${user.id}/${user.field}`)).toEqual([
    "devices/door-1/place",
    "devices/cam/watches",
    "routes/r/places",
  ]);
  expect(usersOf(ESTATE, "devices", "door-1").map((user) => user.field)).toEqual(["sources"]);
});

test("a copy has an id of its own", () => {
  expect(freshId(ESTATE, "door-1")).toBe("door-2");
  expect(freshId(ESTATE, "cam")).toBe("cam-2");
});

test("places stand below the one they lie in, and a circle hides none", () => {
  expect(treeOf(ESTATE.places).map(({ row, depth }) => `${row.id}${depth}`)).toEqual(["house0", "roof1", "hall1"]);
  const circle = [
    { id: "a", parent: "b" },
    { id: "b", parent: "a" },
  ];
  expect(treeOf(circle).map(({ row }) => row.id)).toEqual(["a", "b"]);
});

test("a form says what is missing, taken or no id before the hub is asked", () => {
  const good = { id: "door-9", kind: "door", place: "hall", agent: "a1", name_zh: "门", name_en: "Door" };
  expect(faultsOf(ESTATE, "devices", good, "")).toEqual({});
  expect(faultsOf(ESTATE, "devices", { ...good, id: "a1" }, "").id).toBe("idTaken");
  expect(faultsOf(ESTATE, "devices", { ...good, id: "cam" }, "cam").id).toBeUndefined();
  expect(faultsOf(ESTATE, "devices", { ...good, id: "Door 9" }, "").id).toBe("idBad");
  expect(faultsOf(ESTATE, "devices", { ...good, name_en: "", at: [0.5, 2] }, "")).toEqual({ name_en: "must", at: "pointBad" });
  expect(
    faultsOf(
      ESTATE,
      "places",
      {
        id: "x",
        name_zh: "x",
        name_en: "x",
        area: [
          [0, 0],
          [1, 1],
        ],
      },
      "",
    ).area,
  ).toBe("cornersBad");
});

test("what stands for itself is not missing", () => {
  const route = { id: "x", duty: "d", places: ["hall"], sources: ["hub"], name_zh: "x", name_en: "x" };
  expect(faultsOf(ESTATE, "routes", route, "")).toEqual({});
  expect(faultsOf(ESTATE, "staff", { id: "x", name_zh: "x", name_en: "x" }, "")).toEqual({});
});

test("a template has the heading in the language and one row that changes nothing", () => {
  const exported = "﻿id,name_zh,post\r\nli,李,guard\r\nwu,吴,guard\r\n";
  expect(templateOf(exported, false)).toBe("﻿id,name_zh,post\r\nli,李,guard\r\n");
  expect(templateOf(exported, true)).toBe("﻿编号,名称,岗位\r\nli,李,guard\r\n");
  expect(templateOf("id\r\n", false)).toBe("﻿id\r\n");
});

test("a file's type goes by its name", () => {
  expect([typeOf("a.YAML"), typeOf("a.yml"), typeOf("a.csv"), typeOf("a")]).toEqual([
    "application/yaml",
    "application/yaml",
    "text/csv",
    "text/csv",
  ]);
});
