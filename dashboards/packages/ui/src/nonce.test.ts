import { afterEach, expect, test, vi } from "vitest";
import { pageNonce } from "./nonce.ts";

afterEach(() => vi.unstubAllGlobals());

test("the nonce is the one that the hub wrote into the page", () => {
  vi.stubGlobal("document", { querySelector: (what: string) => (what === "meta[property=csp-nonce]" ? { nonce: "n1" } : null) });
  expect(pageNonce()).toBe("n1");
});

test("a page without one, as vite serves it, has an empty nonce", () => {
  vi.stubGlobal("document", { querySelector: () => null });
  expect(pageNonce()).toBe("");
});
