import { afterEach, expect, test, vi } from "vitest";
import { lendNonce, pageNonce } from "./nonce.ts";

afterEach(() => vi.unstubAllGlobals());

function stubPage(nonce: string | null): void {
  const meta = nonce === null ? null : { nonce };
  vi.stubGlobal("document", {
    createElement: (name: string) => ({ name }),
    querySelector: (what: string) => (what === "meta[property=csp-nonce]" ? meta : null),
  });
}

test("the nonce is the one that the hub wrote into the page", () => {
  stubPage("n1");
  expect(pageNonce()).toBe("n1");
});

test("a page without one, as vite serves it, has an empty nonce", () => {
  stubPage(null);
  expect(pageNonce()).toBe("");
});

test("every style that is made from then on has the nonce, and nothing else has", () => {
  stubPage("n1");
  expect(lendNonce()).toBe("n1");
  expect(document.createElement("style")).toEqual({ name: "style", nonce: "n1" });
  expect(document.createElement("div")).toEqual({ name: "div" });
});
