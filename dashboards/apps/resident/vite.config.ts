import { defineConfig } from "vite";
import { settings } from "../../scripts/settings.ts";

/** WeChat brings a browser of its own, which on older phones is years behind. */
const OLDEST = ["chrome67", "safari13"];

const shared = settings("resident");

export default defineConfig({ ...shared, build: { ...shared.build, target: OLDEST, cssTarget: OLDEST } });
