import type { DeviceState, EstateView } from "@watchkeeper/api";
import { expect, test } from "vitest";
import { gateNumber, layoutOf, thingsOf } from "./layout";

const named = { name_zh: "名", name_en: "name" };

function estate(document: Record<string, unknown>, floors: readonly string[] = []): EstateView {
  const drawings = floors.map((floor) => ({
    floor,
    media_type: "image/svg+xml",
    digest: "d1",
    width: 600,
    height: 400,
    size_bytes: 9,
  }));
  return { version: 1, document, drawings, keyless: [], file: "same" };
}

function device(more: Partial<DeviceState>): DeviceState {
  const place = { place: "gate", place_zh: "东门", place_en: "East gate" };
  const condition = { name: "closed", zh: "已关", en: "closed", abnormal: false, since: null };
  const told = { reported_up_to: null, live_incidents: [], condition, signals: [] };
  return { id: "door-1", kind: "door", agent: "a", floor: null, at: null, ...named, ...place, ...told, ...more };
}

const GROUND = { id: "ground", ...named, order: 1 };

test("floors come in their order, each with its own drawing, which has another address when it is replaced", () => {
  const layout = layoutOf(estate({ floors: [{ ...GROUND, id: "b1", order: 2 }, GROUND] }, ["ground"]));
  expect(layout.floors.map((floor) => floor.id)).toEqual(["ground", "b1"]);
  expect(layout.floors[0]?.drawing).toBe("/estate/drawings/ground?digest=d1");
  expect(layout.floors[1]).toMatchObject({ drawing: null, width: 1200, height: 800 });
});

test("a position is a share of the drawing, from its upper left corner", () => {
  const view = estate({ floors: [GROUND] }, ["ground"]);
  const [thing] = thingsOf(view, [device({ floor: "ground", at: [0.5, 0.25] })], layoutOf(view));
  expect(thing?.spot).toEqual({ floor: "ground", x: 300, y: 100 });
});

test("a device without a position, or on a floor that is no more, stands nowhere", () => {
  const view = estate({ floors: [GROUND] }, ["ground"]);
  const things = thingsOf(view, [device({ floor: "ground" }), device({ floor: "roof", at: [0.5, 0.5] })], layoutOf(view));
  expect(things.map((thing) => thing.spot)).toEqual([null, null]);
});

test("a place is at its checkpoint, else in the middle of its area, else where the place around it is", () => {
  const places = [
    { id: "gate", ...named, floor: "ground", at: [0.1, 0.1], area: [[0, 0]] },
    {
      id: "house",
      ...named,
      floor: "ground",
      area: [
        [0, 0],
        [1, 0],
        [1, 0.5],
      ],
    },
    { id: "lobby", ...named, parent: "house" },
    { id: "moon", ...named },
  ];
  const layout = layoutOf(estate({ floors: [GROUND], places }, ["ground"]));
  expect(layout.places.get("gate")?.spot).toEqual({ floor: "ground", x: 60, y: 40 });
  expect(layout.places.get("house")?.spot).toEqual({ floor: "ground", x: 300, y: 100 });
  expect(layout.places.get("lobby")?.spot).toEqual({ floor: "ground", x: 300, y: 100 });
  expect(layout.places.get("moon")?.spot).toBeNull();
});

test("a phone stands on its place's floor", () => {
  const phones = [{ id: "phone-1", ...named, place: "gate", at: [0.5, 0.5] }];
  const view = estate({ floors: [GROUND], places: [{ id: "gate", ...named, floor: "ground" }], phones }, ["ground"]);
  expect(thingsOf(view, [], layoutOf(view))).toMatchObject([{ id: "phone-1", kind: "phone", spot: { x: 300, y: 200 } }]);
});

test("the same device on the same plan is the same thing", () => {
  const view = estate({ floors: [GROUND] }, ["ground"]);
  const [layout, one] = [layoutOf(view), device({})];
  expect(thingsOf(view, [one], layout)[0]).toBe(thingsOf(view, [one], layout)[0]);
});

test("barriers and doors are counted as the room of gates counts them", () => {
  const view = estate({});
  const devices = [device({ id: "camera", kind: "camera" }), device({ id: "a" }), device({ id: "b", kind: "barrier" })];
  const things = thingsOf(view, devices, layoutOf(view));
  expect(["camera", "a", "b"].map((id) => gateNumber(things, id))).toEqual([null, 1, 2]);
});
