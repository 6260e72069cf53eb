import { expect, test } from "vitest";
import { type Address, takeToken } from "./token";

const TOKEN = "MDEyMzQ1Njc4OWFiY2RlZg";

function address(hash: string, kept: Map<string, string> | null = new Map()): Address & { shown: string[] } {
  const shown: string[] = [];
  return {
    shown,
    location: { hash, pathname: "/resident/" },
    history: { replaceState: (_data, _unused, url) => void shown.push(url) },
    get sessionStorage() {
      if (kept === null) throw new Error("storage is forbidden");
      return {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, value: string) => void kept.set(key, value),
      };
    },
  };
}

test("the token leaves the address, and is there after a reload", () => {
  const kept = new Map<string, string>();
  const first = address(`#${TOKEN}`, kept);
  expect(takeToken(first)).toBe(TOKEN);
  expect(first.shown).toEqual(["/resident/"]);
  expect(takeToken(address("", kept))).toBe(TOKEN);
});

test("a new link takes the place of the one before", () => {
  const kept = new Map<string, string>();
  takeToken(address(`#${TOKEN}`, kept));
  expect(takeToken(address("#another", kept))).toBe("another");
  expect(takeToken(address("", kept))).toBe("another");
});

test("where nothing can be kept the token stays in the address", () => {
  const strict = address(`#${TOKEN}`, null);
  expect(takeToken(strict)).toBe(TOKEN);
  expect(strict.shown).toEqual([]);
});

test("what is no token is none", () => {
  for (const hash of ["", "#", "#<b>", `#${"x".repeat(65)}`]) expect(takeToken(address(hash))).toBe("");
});
