import { describe, expect, it } from "vitest";
import { CAMERAS_MAX, footageOf, paramsOf, toggled, wantedOf } from "./asking";

describe("what stands in the address", () => {
  it("comes back as it was", () => {
    const wanted = { cameras: ["a", "b"], at: "2026-01-01T00:00:00.000Z", incident: 12 };
    expect(wantedOf(new URLSearchParams(paramsOf(wanted)))).toEqual(wanted);
    expect(wantedOf(new URLSearchParams(footageOf(7).split("?")[1])).incident).toBe(7);
  });

  it("is nothing where it is nonsense", () => {
    const given = new URLSearchParams({ cameras: ",", at: "soon", incident: "-1" });
    expect(wantedOf(given)).toEqual({ cameras: [], at: "", incident: null });
  });

  it("has four cameras at most, each once", () => {
    expect(wantedOf(new URLSearchParams({ cameras: "a,a,b,c,d,e" })).cameras).toEqual(["a", "b", "c", "d"]);
  });
});

describe("choosing cameras", () => {
  it("adds and takes away, and refuses a fifth", () => {
    expect(toggled(["a"], "b")).toEqual(["a", "b"]);
    expect(toggled(["a", "b"], "a")).toEqual(["b"]);
    const full = ["a", "b", "c", "d"];
    expect(full).toHaveLength(CAMERAS_MAX);
    expect(toggled(full, "e")).toEqual(full);
  });
});
