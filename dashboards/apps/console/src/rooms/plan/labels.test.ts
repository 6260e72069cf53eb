import { expect, test } from "vitest";
import { ALWAYS, type Candidate, named, widthPx } from "./labels";

const at = (x: number, y: number, name = "东门", weight = 0): Candidate => ({ x, y, name, weight, symbolPx: 24 });

test("a Chinese letter is wider than a Latin one", () => {
  expect(widthPx("东门")).toBe(25);
  expect(widthPx("gate")).toBe(28);
});

test("from afar only what has weight is named", () => {
  const all = [at(0, 0), at(200, 0, "道闸", 5)];
  expect([...named(all, false)]).toEqual([1]);
  expect(named(all, true).size).toBe(2);
});

test("of names that would meet, the weightier one is written", () => {
  expect([...named([at(0, 0, "一号楼单元门"), at(60, 0, "二号楼单元门", 5)], true)]).toEqual([1]);
});

test("no name is written over another symbol, but a symbol's own does not hinder it", () => {
  expect([...named([at(0, 0), at(0, 24, "")], true)]).toEqual([]);
  expect([...named([at(0, 0)], true)]).toEqual([0]);
});

test("far apart all are named", () => {
  expect(
    named(
      Array.from({ length: 50 }, (_, n) => at(n * 100, n * 100)),
      true,
    ).size,
  ).toBe(50);
});

test("what is looked at is named in any case, and others keep clear of its name", () => {
  expect([...named([at(0, 0, "东门", ALWAYS), at(0, 24, "")], false)]).toEqual([0]);
  expect([...named([at(0, 0, "一号楼单元门", ALWAYS), at(60, 0, "二号楼单元门", 5)], true)]).toEqual([0]);
});
