import type { SpaceView, VisitKindView } from "@watchkeeper/api";
import { describe, expect, it } from "vitest";
import { bodyOf, EMPTY, fieldsOf, hourOf, missing, spacesFor } from "./form";

function kind(name: VisitKindView["kind"], needs: string[], resident = true): VisitKindView {
  return { kind: name, zh: "", en: "", clause: "", needs, resident, told_rules: name === "truck" };
}
const VISITOR = kind("visitor", ["name", "identity", "phone", "room", "route"]);
const TRUCK = kind("truck", ["name", "phone", "plate", "reason", "route"]);
const TEMPORARY = kind("temporary", ["plate", "reason", "route", "space"], false);

describe("the registration form", () => {
  it("asks a visitor for no vehicle, and says which fields must be filled", () => {
    const rows = fieldsOf(VISITOR, 3);
    expect(rows.map((row) => row.field)).not.toContain("plate");
    expect(missing(rows, { ...EMPTY, name: "王", room: " " }, "")).toEqual(["room", "identity", "phone", "route"]);
  });

  it("keeps no identity number among the fields of a draft", () => {
    expect(Object.keys(EMPTY)).not.toContain("identity");
  });

  it("asks for no space where the estate has none that fits", () => {
    expect(fieldsOf(TEMPORARY, 0).map((row) => row.field)).not.toContain("space");
    expect(fieldsOf(TEMPORARY, 1).find((row) => row.field === "space")?.required).toBe(true);
    const spaces = [
      { id: "a", temporary: true },
      { id: "b", temporary: false },
    ] as SpaceView[];
    expect(spacesFor("temporary", spaces).map((one) => one.id)).toEqual(["a"]);
    expect(spacesFor("truck", spaces).map((one) => one.id)).toEqual(["b"]);
  });

  it("sends nothing that the kind does not have, and admits at once what no resident confirms", () => {
    const fields = { ...EMPTY, plate: "京A12345", name: " 王 " };
    const body = bodyOf(VISITOR, fieldsOf(VISITOR, 1), fields, "X1", null);
    expect(body).not.toHaveProperty("plate");
    expect([body.name, body.identity, body.admit]).toEqual(["王", "X1", false]);
    expect(bodyOf(TEMPORARY, fieldsOf(TEMPORARY, 1), fields, "", null).admit).toBe(true);
    expect(bodyOf(TRUCK, fieldsOf(TRUCK, 1), fields, "", null).admit).toBe(false);
  });

  it("tells hours as a clock does", () => {
    expect([hourOf(25_200), hourOf(73_800)]).toEqual(["07:00", "20:30"]);
  });
});
