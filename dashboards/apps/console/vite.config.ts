import { defineConfig } from "vite";
import { settings } from "../../scripts/settings.ts";

export default defineConfig(settings("console"));
