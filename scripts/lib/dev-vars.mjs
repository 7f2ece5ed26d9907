import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { formatDotenv, freshSecrets } from "./keys.mjs";
import { DEV_VARS } from "./paths.mjs";

/** Makes .dev.vars, the secrets of the local server, when there is none. */
export async function ensureDevVars() {
  if (existsSync(DEV_VARS)) return;
  // Never overwrites: with other keys, everything that the local server has sealed so far would be lost.
  writeFileSync(DEV_VARS, formatDotenv(await freshSecrets()), { mode: 0o600, flag: "wx" });
  console.log("Made .dev.vars with fresh keys for the local server.");
}

/** The local server's break-glass token. */
export function adminToken() {
  return readFileSync(DEV_VARS, "utf8").match(/^ADMIN_TOKEN=['"]?([^'"\s]+)/m)?.[1];
}
