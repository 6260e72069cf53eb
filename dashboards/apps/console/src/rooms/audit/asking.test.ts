import { expect, test } from "vitest";
import { newer, older, paramsOf, START, wantedOf } from "./asking";

test("what is asked for stands in the address, and nothing that is empty", () => {
  const params = new URLSearchParams("act=sign_in&actor=李伟");
  expect(wantedOf(params)).toEqual({ actor: "李伟", act: "sign_in", subject: "", from: "", to: "" });
  expect(paramsOf({ ...wantedOf(params), subject: "  " })).toEqual({ actor: "李伟", act: "sign_in" });
});

test("one goes back by the way that one came, and no further than to the newest", () => {
  const there = older(older(START, 951), 901);
  expect(there).toEqual([null, 951, 901]);
  expect(newer(newer(there))).toEqual(START);
  expect(newer(START)).toEqual(START);
});
