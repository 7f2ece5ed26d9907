// What `npm run deploy` was asked for.
import { Failure } from "./failure.mjs";

/**
 * Reads the arguments. Those that are not ours go to `wrangler deploy`.
 * @param {string[]} given
 * @param {string} wranglerToml the text of the configuration
 * @returns {{dryRun: boolean, issuer: string, args: string[]}}
 */
export function deployment(given, wranglerToml) {
  const dryRun = given.includes("--dry-run");
  const named = given.map((arg) => arg.match(/^(?:--var=)?ISSUER:(.*)$/)?.[1]).findLast((value) => value !== undefined);
  const issuer = named ?? wranglerToml.match(/^ISSUER = "([^"]*)"/m)?.[1] ?? "";
  if (!dryRun && !/^https:\/\/[^/]+$/.test(issuer)) {
    throw new Failure(`A deployed server needs its own https origin as issuer, not ${issuer || "nothing"}. Set ISSUER in wrangler.toml, or:

  npm run deploy -- --var ISSUER:https://auth.example.com`);
  }
  return { dryRun, issuer, args: given };
}
