import { fileURLToPath } from "node:url";
import path from "node:path";

/** The folder of the checkout; every command runs there, wherever it was typed. */
export const ROOT = fileURLToPath(new URL("../..", import.meta.url)).replace(/\/$/, "");

/** @param {...string} parts relative to the checkout */
export const inRoot = (...parts) => path.join(ROOT, ...parts);

export const DEV_VARS = inRoot(".dev.vars");
