// npm run deploy: builds, creates the secrets of a first deployment, and deploys. The deployment itself creates what is missing
// at the platform (the KV namespace, the objects).
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { build } from "./lib/build.mjs";
import { deployment } from "./lib/deployment.mjs";
import { formatDotenv, freshSecrets } from "./lib/keys.mjs";
import { inRoot } from "./lib/paths.mjs";
import { main, start } from "./lib/run.mjs";
import { ensureNodeModules, toolEnv } from "./lib/toolchain.mjs";

const SECRETS = inRoot(".prod.vars");
// The digest of the secrets that were set last: they are set once, and again only when they have changed.
const SENT = inRoot(".prod.vars.sent");

const HELP = `npm run deploy    builds the Worker and deploys it; the first time, it creates .prod.vars with new secrets

Options: those of \`wrangler deploy\`, for example
  --dry-run                shows what would be deployed, and changes nothing
  --var ISSUER:https://…   the issuer, if it is not in wrangler.toml
  --env NAME               an environment of wrangler.toml

Example: npm run deploy -- --var ISSUER:https://auth.example.com`;

await main(HELP, async () => {
  const { dryRun, args } = deployment(process.argv.slice(2), readFileSync(inRoot("wrangler.toml"), "utf8"));
  await ensureNodeModules();
  await build();
  const secrets = await currentSecrets(dryRun);
  const digest = createHash("sha256").update(secrets).digest("hex");
  const send = dryRun || !existsSync(SENT) || readFileSync(SENT, "utf8") !== digest;
  const withSecrets = send && existsSync(SECRETS) ? ["--secrets-file", SECRETS] : [];
  const wrangler = start(["wrangler", "deploy", ...args, ...withSecrets], { env: { ...toolEnv(), GRANTRY_KEEP_BUILD: "1" } });
  process.exitCode = await wrangler.ended;
  if (process.exitCode === 0 && !dryRun) writeFileSync(SENT, digest, { mode: 0o600 });
});

/** The secrets of the deployment. A first deployment creates them; a dry run leaves no file. */
async function currentSecrets(dryRun) {
  if (existsSync(SECRETS)) return readFileSync(SECRETS);
  const made = formatDotenv(await freshSecrets());
  if (!dryRun) {
    writeFileSync(SECRETS, made, { mode: 0o600, flag: "wx" });
    console.log("Created .prod.vars with new keys. Keep a copy where only operators can read it, and never in version control.");
  }
  return made;
}
