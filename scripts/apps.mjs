// npm run apps: registers the apps that a file describes, writes a file that describes the registered apps, or replaces a secret.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { parseArgs, parseEnv } from "node:util";
import { Failure } from "./lib/failure.mjs";
import { inRoot } from "./lib/paths.mjs";
import { originOf, registrar } from "./lib/registrar.mjs";
import { main } from "./lib/run.mjs";
import { ensureNodeModules } from "./lib/toolchain.mjs";

const HELP = `npm run apps -- COMMAND    manages the registered apps

Commands:
  apply [apps.toml]   shows how the registered apps differ from the file, and changes them once you confirm
  export [FILE]       writes the registered apps to FILE, or to the terminal
  rotate ID           makes a new secret for the app ID and prints it once

Options:
  --url URL        the server (default: http://localhost:8787)
  --vars FILE      the file with ADMIN_TOKEN, if it is not in the environment (default: .dev.vars for a local server, otherwise .prod.vars)
  --dry-run        apply shows the differences and changes nothing
  --prune          apply also deletes registered apps that are not in the file
  --yes            apply does not ask for confirmation
  --developers     export also writes the apps of developers, with their owner
  --overlap TIME   how long after rotate the previous secret still works, like 90s, 30m, 24h or 7d, up to 30d; 0 ends it at once (default: 24h)

Example: npm run apps -- apply apps.toml --url https://auth.example.com`;

const OPTIONS = {
  url: { type: "string", default: "http://localhost:8787" },
  vars: { type: "string" },
  overlap: { type: "string", default: "24h" },
  "dry-run": { type: "boolean", default: false },
  developers: { type: "boolean", default: false },
  prune: { type: "boolean", default: false },
  yes: { type: "boolean", default: false },
};

/** The units of a time like 24h. */
const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 };
const LONGEST_OVERLAP = 30 * SECONDS.d;

await main(HELP, async () => {
  const { command, argument, options } = parseCommand();
  const { origin, isLocal } = originOf(options.url);
  const server = registrar(origin, adminToken(options.vars ?? inRoot(isLocal ? ".dev.vars" : ".prod.vars")));
  await ensureNodeModules();
  const apps = await import("./lib/apps.mjs");
  if (command === "apply") await apply(apps, server, argument ?? "apps.toml", options);
  else if (command === "export") await exportTo(apps, server, argument, options);
  else await rotate(apps, server, argument, secondsOf(options.overlap));
});

function parseCommand() {
  try {
    const { values: options, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
    const [command, argument, ...more] = positionals;
    if (!["apply", "export", "rotate"].includes(command) || more.length > 0) throw new Error("The command must be apply or export, with at most one file, or rotate with the client_id of an app.");
    if (command === "rotate" && argument === undefined) throw new Error("rotate needs the client_id of an app.");
    return { command, argument, options };
  } catch (error) {
    throw new Failure(`${error.message}\n\n${HELP}`);
  }
}

function adminToken(vars) {
  const token = process.env.ADMIN_TOKEN ?? (existsSync(vars) ? parseEnv(readFileSync(vars, "utf8")).ADMIN_TOKEN : undefined);
  if (!token) throw new Failure(`ADMIN_TOKEN is missing. Set it in the environment or in ${vars}.`);
  return token;
}

async function apply(apps, server, file, { prune, yes, "dry-run": dryRun }) {
  if (!existsSync(file)) throw new Failure(`${file} does not exist. To create it from the registered apps, run: npm run apps -- export ${file}`);
  const wanted = apps.readApps(readFileSync(file, "utf8"), file);
  const isOwned = ({ client_id: id }) => wanted.get(id)?.owner !== undefined;
  const { present, strangers } = apps.sorted(await server.all(), isOwned);
  for (const id of wanted.keys()) {
    if (strangers.has(id)) throw new Failure(`app ${id}: a developer registered this client, or it registered itself. A file can only manage a developer's app, and only if its table says whose it is: owner = "the sub of a user", or owner = "" for nobody.`);
  }
  const plan = apps.plan(wanted, present);
  console.log(apps.describe(plan, wanted, present, { prune }));
  const deletions = prune ? plan.others : [];
  if (dryRun || plan.create.length + plan.update.size + deletions.length === 0) return;
  if (!yes && !(await agreed())) throw new Failure("Nothing was changed.");

  for (const id of plan.create) await named(id, () => create(apps, server, id, wanted.get(id)));
  for (const id of plan.update.keys()) await named(id, () => update(apps, server, id, wanted.get(id), present.get(id)));
  for (const id of deletions) await named(id, () => remove(apps, server, id, present.get(id)));
}

async function agreed() {
  if (!process.stdin.isTTY) throw new Failure("There is no terminal to ask for confirmation, so nothing was changed. To change it without confirmation, add --yes.");
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  terminal.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  const answer = await terminal.question("Make these changes? Type yes to confirm: ");
  terminal.close();
  return answer.trim() === "yes";
}

/** An error names its app. The apps before it have been changed already, and applying again continues from there. */
async function named(id, step) {
  try {
    await step();
  } catch (error) {
    throw error instanceof Failure ? new Failure(`app ${id}: ${error.message}`) : error;
  }
}

async function create(apps, server, id, members) {
  const answer = await server.create(id, apps.sent(members));
  console.log(`created ${id}`);
  tellSecret(answer);
  mustBeKept(apps, answer, members);
}

async function update(apps, server, id, members, shown) {
  await mustBeAsShown(apps, server, id, shown);
  const answer = await server.update(id, apps.sent(members));
  console.log(`changed ${id}`);
  tellSecret(answer);
  mustBeKept(apps, answer, members);
}

async function remove(apps, server, id, shown) {
  await mustBeAsShown(apps, server, id, shown);
  await server.remove(id);
  console.log(`deleted ${id}`);
}

/** The confirmation is for the difference that was shown, not for undoing a change that somebody else made since then. */
async function mustBeAsShown(apps, server, id, shown) {
  const now = await server.read(id);
  if (!now || JSON.stringify(apps.registered(now)) !== JSON.stringify(shown)) {
    throw new Failure("the app was changed on the server in the meantime. Run apply again to see the new difference.");
  }
}

/** The only time that a secret is seen: the server keeps its digest. */
function tellSecret({ client_id: id, client_secret: secret }) {
  if (secret) console.log(`  client_id      ${id}\n  client_secret  ${secret}   (shown only once)`);
}

function mustBeKept(apps, answer, members) {
  const lost = apps.differences(apps.registered(answer), members).map(({ name }) => name);
  if (lost.length > 0) throw new Failure(`the server did not store the file's value of ${lost.join(", ")}.`);
}

/** Makes a new secret. Everything else of the app stays as it is. */
async function rotate(apps, server, id, overlap) {
  const information = await server.read(id);
  if (!information) throw new Failure(`app ${id} does not exist.`);
  const method = information.token_endpoint_auth_method;
  if (!method.startsWith("client_secret_")) throw new Failure(`app ${id} has no secret: its token_endpoint_auth_method is ${method}.`);
  const end = new Date(Date.now() + overlap * 1000).toISOString().replace(/\.\d+/, "");
  await named(id, async () => tellSecret(await server.update(id, { ...apps.unchanged(information), rotate_client_secret: { overlap_seconds: overlap } })));
  console.log(overlap === 0 ? "The previous secret no longer works." : `The previous secret works until ${end}. If it has leaked, end it now: repeat this with --overlap 0.`);
}

/** The seconds of a time like 24h. */
function secondsOf(text) {
  const [, number, unit] = text.match(/^(\d{1,9})([smhd])$/) ?? (text === "0" ? [text, "0", "s"] : []);
  const seconds = Number(number) * SECONDS[unit];
  if (!(seconds <= LONGEST_OVERLAP)) throw new Failure(`--overlap must be a time like 90s, 30m, 24h or 7d, and at most 30d. It is ${text}.`);
  return seconds;
}

async function exportTo(apps, server, file, { developers }) {
  if (file && existsSync(file)) throw new Failure(`${file} already exists, and export does not overwrite files. Name another file, or delete this one.`);
  const text = apps.writeApps(apps.sorted(await server.all(), () => developers).present);
  if (file) writeFileSync(file, text, { flag: "wx" });
  else process.stdout.write(text);
}
