import { expect, test } from "vitest";
import { rowOf } from "../document";
import { placedAt, spotsOn, takenOff, unplacedOn, withArea } from "./placing";
import { clamped, cornersOf, cornersText, fanned, nudged, shareText } from "./position";

test("a position stays on the drawing and has no more digits than a person means", () => {
  expect(clamped([-0.2, 1.4])).toEqual([0, 1]);
  expect(clamped([1 / 3, 0.1 + 0.2])).toEqual([0.33333, 0.3]);
});

test("arrows move by a hundredth, with shift by a thousandth, and not beyond the edge", () => {
  expect(nudged([0.5, 0.5], "ArrowRight", false)).toEqual([0.51, 0.5]);
  expect(nudged([0.5, 0.5], "ArrowUp", true)).toEqual([0.5, 0.499]);
  expect(nudged([0, 0.5], "ArrowLeft", false)).toEqual([0, 0.5]);
  expect(nudged([0, 0], "a", false)).toBeNull();
});

test("those on one spot are fanned out around it, and nobody else is moved", () => {
  const spots = [
    { id: "a", at: [0.5, 0.5] },
    { id: "b", at: [0.5001, 0.5] },
    { id: "c", at: [0.9, 0.1] },
  ] as const;
  const drawn = new Map(fanned(spots).map((one) => [one.id, one.aside]));
  expect(drawn.get("c")).toEqual([0, 0]);
  const [a, b] = [drawn.get("a"), drawn.get("b")];
  expect(a && b && Math.hypot(a[0] - b[0], a[1] - b[1])).toBeGreaterThan(2);
});

test("twenty on one spot are far enough apart to be taken one by one", () => {
  const ring = fanned(Array.from({ length: 20 }, (_, at) => ({ id: String(at), at: [0.5, 0.5] as const })));
  const [first, second] = ring.map((one) => one.aside);
  expect(first && second && Math.hypot(first[0] - second[0], first[1] - second[1])).toBeGreaterThan(2);
});

test("corners are typed and told the same way", () => {
  expect(cornersOf("0.1,0.2; 0.3，0.4；1 1")).toEqual([
    [0.1, 0.2],
    [0.3, 0.4],
    [1, 1],
  ]);
  expect(cornersOf("0.1; 0.2")).toBeNull();
  expect(cornersOf("0.1,7")).toBeNull();
  expect(cornersOf("")).toEqual([]);
  expect(
    cornersText([
      [0.1, 0.2],
      [1, 1],
    ]),
  ).toBe("0.1,0.2; 1,1");
  expect(shareText([0.345, 0.4])).toBe("34.5 %, 40 %");
});

const ESTATE = {
  floors: [{ id: "f1" }, { id: "f2" }],
  places: [{ id: "hall", floor: "f1" }, { id: "yard" }],
  devices: [
    { id: "d1", place: "hall" },
    { id: "d2", place: "yard" },
    { id: "d3", place: "hall", floor: "f2", at: [0.1, 0.1] },
  ],
};

test("what has no position waits on its own floor, or on every one where it has none", () => {
  expect(unplacedOn(ESTATE, "devices", "f1").map((row) => row.id)).toEqual(["d1", "d2"]);
  expect(unplacedOn(ESTATE, "devices", "f2").map((row) => row.id)).toEqual(["d2"]);
});

test("a floor is written only where that of the place is another", () => {
  const there = placedAt(placedAt(ESTATE, "devices", "d1", "f1", [0.5, 0.5]), "devices", "d2", "f1", [2, 0.5]);
  expect(rowOf(there, "devices", "d1")).toEqual({ id: "d1", place: "hall", at: [0.5, 0.5] });
  expect(rowOf(there, "devices", "d2")).toEqual({ id: "d2", place: "yard", floor: "f1", at: [1, 0.5] });
  expect(spotsOn(there, "f1").map((spot) => spot.id)).toEqual(["d1", "d2"]);
  expect(spotsOn(there, "f2").map((spot) => spot.id)).toEqual(["d3"]);
});

test("taken off, a device waits again; an area belongs to the floor that it was drawn on", () => {
  expect(spotsOn(takenOff(ESTATE, "devices", "d3"), "f2")).toEqual([]);
  const drawn = withArea(ESTATE, "yard", "f2", [
    [0, 0],
    [1, 0],
    [1, 1],
  ]);
  expect(rowOf(drawn, "places", "yard")).toMatchObject({
    floor: "f2",
    area: [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
  });
});
