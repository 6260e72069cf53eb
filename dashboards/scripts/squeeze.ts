/** Puts `.gz` and `.br` beside each file that gains by it, so that the hub compresses nothing while it serves. */

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

const TEXT = /\.(css|html|js|json|svg|webmanifest)$/;
/** A smaller file is one packet either way. */
const SMALL_BYTES = 1400;

/** A plugin: see the module. The page itself stays as it is, for the hub writes into it. */
export function squeeze(): Plugin {
  let folder = "";
  return {
    name: "squeeze",
    apply: "build",
    configResolved(config) {
      folder = config.build.outDir;
    },
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (entry.isFile() && entry.name !== "index.html" && TEXT.test(entry.name))
          squeezeFile(join(entry.parentPath, entry.name));
      }
    },
  };
}

function squeezeFile(path: string): void {
  const whole = readFileSync(path);
  if (whole.length < SMALL_BYTES) return;
  writeFileSync(`${path}.gz`, gzipSync(whole, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(whole, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: whole.length } }));
}
