/** How each application is built: what the hub's pages (hub/api/pages.py) expect of it. */

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { UserConfig } from "vite";
import { squeeze } from "./squeeze.ts";

/** The hub puts another one into each page that it sends: `document.querySelector("meta[property=csp-nonce]").nonce`. */
const NONCE = "__WATCHKEEPER_NONCE__";

/** The settings of the application `name`, served below `/name/`. With `vite` alone the hub is asked on `HUB` for its data. */
export function settings(name: string): UserConfig {
  const hub = process.env.HUB ?? "http://127.0.0.1:8080";
  return {
    base: `/${name}/`,
    html: { cspNonce: NONCE },
    plugins: [react(), squeeze()],
    build: {
      outDir: fileURLToPath(new URL(`../../hub/web/${name}`, import.meta.url)),
      emptyOutDir: true,
      sourcemap: false,
      assetsInlineLimit: 0,
      modulePreload: { polyfill: false },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 2048,
    },
    server: { proxy: { [`^/(?!${name}/)`]: { target: hub, ws: true } } },
  };
}
