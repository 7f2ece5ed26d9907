import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { formatDotenv, freshSecrets } from "./keys.mjs";
import { DEV_VARS } from "./paths.mjs";

/** Creates .dev.vars, the secrets of the local server, if it does not exist. */
export async function ensureDevVars() {
  if (existsSync(DEV_VARS)) return;
  // Never overwrites: with other keys, the local server could not open anything that it has sealed so far.
  writeFileSync(DEV_VARS, formatDotenv(await freshSecrets()), { mode: 0o600, flag: "wx" });
  console.log("Created .dev.vars with new keys for the local server.");
}

/** The local server's break-glass token. */
export function adminToken() {
  return readFileSync(DEV_VARS, "utf8").match(/^ADMIN_TOKEN=['"]?([^'"\s]+)/m)?.[1];
}
