// The arguments of `npm run deploy`.
import { Failure } from "./failure.mjs";

/**
 * Reads the arguments. All of them are passed on to `wrangler deploy`.
 * @param {string[]} given
 * @param {string} wranglerToml the text of the configuration
 * @returns {{dryRun: boolean, issuer: string, args: string[]}}
 */
export function deployment(given, wranglerToml) {
  const dryRun = given.includes("--dry-run");
  const named = given.map((arg) => arg.match(/^(?:--var=)?ISSUER:(.*)$/)?.[1]).findLast((value) => value !== undefined);
  const issuer = named ?? wranglerToml.match(/^ISSUER = "([^"]*)"/m)?.[1] ?? "";
  if (!dryRun && !/^https:\/\/[^/]+$/.test(issuer)) {
    throw new Failure(`ISSUER must be the https origin of the deployed server, like https://auth.example.com. It is ${issuer || "empty"}. Set it in wrangler.toml, or run:

  npm run deploy -- --var ISSUER:https://auth.example.com`);
  }
  return { dryRun, issuer, args: given };
}
