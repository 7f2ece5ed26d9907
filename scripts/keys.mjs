// npm run keys: creates the secrets of a deployment, or rotates them.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs, parseEnv } from "node:util";
import { Failure } from "./lib/failure.mjs";
import { formatDotenv, freshSecrets, newMasterKey, newSigningKeys, rotate, updateDotenv } from "./lib/keys.mjs";
import { inRoot } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";

/** The secrets of this deployment. */
const DEPLOYED = inRoot(".prod.vars");

const HELP = `npm run keys    creates the secrets of a deployment, or rotates its keys

Options:
  --out FILE      creates FILE with new secrets (default: .prod.vars); a file that exists is not overwritten
  --rotate FILE   rotates the keys in FILE by one step

Example: npm run keys -- --rotate .prod.vars`;

await main(HELP, async () => {
  const options = parseOptions();
  if (options.rotate) await rotateFile(options.rotate);
  else await makeFile(options.out);
});

function parseOptions() {
  try {
    return parseArgs({ options: { out: { type: "string", default: ".prod.vars" }, rotate: { type: "string" } } }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n\n${HELP}`);
  }
}

async function makeFile(file) {
  if (existsSync(file)) {
    throw new Failure(`${file} already exists, and overwriting it would destroy its keys. Name another file with --out FILE, or rotate the keys of this one with --rotate ${file}.`);
  }
  writeFileSync(file, formatDotenv(await freshSecrets()), { mode: 0o600, flag: "wx" });
  console.log(`Created ${file} with new keys. Keep a copy where only operators can read it, and never in version control. Deploy with:

${deploying(file)}`);
}

async function rotateFile(file) {
  if (!existsSync(file)) throw new Failure(`${file} does not exist. Create it with: npm run keys -- --out ${file}`);
  const text = readFileSync(file, "utf8");
  const before = parseEnv(text);
  if (!before.MASTER_KEYS || !before.SIGNING_KEYS) throw new Failure(`${file} must have MASTER_KEYS and SIGNING_KEYS, so that they can be rotated.`);
  const after = rotate(before, {
    now: Math.floor(Date.now() / 1000),
    masterKey: newMasterKey(0),
    signingKeys: await newSigningKeys(),
  });
  replaceFile(file, updateDotenv(text, before, after));
  console.log(after.SIGNING_KEYS_NEXT ? nextMade(file) : nextPromoted(file));
}

function nextMade(file) {
  return `The next signing keys are now in ${file}. The current ones still sign. Publish them with:

${deploying(file)}

Wait until every client has fetched them (a day is enough). Then run this command again, so that they sign.`;
}

function nextPromoted(file) {
  return `The next signing keys are now the current ones. Those that they replace stay published as the previous ones. Deploy with:

${deploying(file)}
  npx wrangler secret delete SIGNING_KEYS_NEXT`;
}

/** The commands that deploy the secrets in a file. `npm run deploy` sends those in the file of the deployment. */
function deploying(file) {
  const isDeployed = path.resolve(file) === DEPLOYED;
  return `${isDeployed ? "" : `  cp ${file} ${path.relative("", DEPLOYED)}\n`}  npm run deploy`;
}

/** Writes another file and renames it, so that either the old keys or the new ones exist at any moment. */
function replaceFile(file, text) {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flag: "wx" });
  renameSync(`${file}.new`, file);
}
