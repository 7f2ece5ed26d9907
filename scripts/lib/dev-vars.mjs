import { existsSync, writeFileSync } from "node:fs";
import { formatDotenv, freshSecrets } from "./keys.mjs";
import { DEV_VARS } from "./paths.mjs";

/** Makes .dev.vars, the secrets of the local server, when there is none. */
export async function ensureDevVars() {
  if (existsSync(DEV_VARS)) return;
  // Never overwrites: with other keys, everything that the local server has sealed so far would be lost.
  writeFileSync(DEV_VARS, formatDotenv(await freshSecrets()), { mode: 0o600, flag: "wx" });
  console.log("Made .dev.vars with fresh keys for the local server.");
}
