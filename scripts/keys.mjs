// npm run keys: makes the secrets of a deployment, or rotates them.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { parseArgs, parseEnv } from "node:util";
import { Failure } from "./lib/failure.mjs";
import { formatDotenv, freshSecrets, newMasterKey, newSigningKeys, rotate, updateDotenv } from "./lib/keys.mjs";
import { main } from "./lib/run.mjs";

const USAGE = `npm run keys                    makes fresh secrets in .prod.vars
npm run keys -- --out FILE      makes fresh secrets in FILE
npm run keys -- --rotate FILE   rotates the secrets in FILE by one step`;

await main(async () => {
  const options = parseOptions();
  if (options.rotate) await rotateFile(options.rotate);
  else await makeFile(options.out);
});

function parseOptions() {
  try {
    return parseArgs({ options: { out: { type: "string", default: ".prod.vars" }, rotate: { type: "string" } } }).values;
  } catch (error) {
    throw new Failure(`${error.message}\n\n${USAGE}`);
  }
}

async function makeFile(file) {
  if (existsSync(file)) {
    throw new Failure(`${file} exists, and overwriting it would lose its keys. Name another file with --out, or rotate this one with --rotate ${file}.`);
  }
  writeFileSync(file, formatDotenv(await freshSecrets()), { mode: 0o600, flag: "wx" });
  console.log(`Made ${file}. Keep a copy where only operators can read it, never in version control. Deploy with:

  npm run deploy`);
}

async function rotateFile(file) {
  if (!existsSync(file)) throw new Failure(`${file} does not exist. Make it with: npm run keys -- --out ${file}`);
  const text = readFileSync(file, "utf8");
  const before = parseEnv(text);
  if (!before.MASTER_KEYS || !before.SIGNING_KEYS) throw new Failure(`${file} holds no MASTER_KEYS and SIGNING_KEYS to rotate.`);
  const after = rotate(before, {
    now: Math.floor(Date.now() / 1000),
    masterKey: newMasterKey(0),
    signingKeys: await newSigningKeys(),
  });
  replaceFile(file, updateDotenv(text, before, after));
  console.log(after.SIGNING_KEYS_NEXT ? nextMade(file) : nextPromoted(file));
}

function nextMade(file) {
  return `The next signing keys are in ${file}, beside the ones that sign. Publish them with:

  npx wrangler secret bulk ${file}

Wait until every client has fetched them (a day is plenty), then run this command again to let them sign.`;
}

function nextPromoted(file) {
  return `The next signing keys are the current ones now; those they replace stay published as the previous ones. Deploy with:

  npx wrangler secret bulk ${file}
  npx wrangler secret delete SIGNING_KEYS_NEXT`;
}

/** Writes beside the file and renames: there is no moment with neither the old keys nor the new ones. */
function replaceFile(file, text) {
  writeFileSync(`${file}.new`, text, { mode: 0o600, flag: "wx" });
  renameSync(`${file}.new`, file);
}
