// npm run bench: Grantry, the platform's floor and what people would use instead, measured in turn in one run.
import { execFileSync } from "node:child_process";
import { parseArgs } from "node:util";
import { Failure } from "../scripts/lib/failure.mjs";
import { inRoot } from "../scripts/lib/paths.mjs";
import { main, start } from "../scripts/lib/run.mjs";
import { ensureNodeModules, ensureRust, toolEnv } from "../scripts/lib/toolchain.mjs";

/** The first Node that has SQLite. The project installs one. */
const NODE = 22;

/** What `npm run bench -- WORD` does; without a word, the comparison. */
const KINDS = { compare: "./lib/compare.mjs", cost: "./lib/cost.mjs", growth: "./lib/growth.mjs", memory: "./lib/memory.mjs" };

const HELP = `npm run bench [-- KIND]    measures Grantry beside the floor of the platform and other products

KIND is one of: ${Object.keys(KINDS).join(", ")} (default: compare)

Options:
  --quick            a few requests of each, to see that everything works; not a result
  --rounds NUMBER    how many rounds
  --subjects NAMES   the products to measure, separated by commas (default: all)
  --scenarios NAME   a scenario to measure, once for each (default: all)

Example: npm run bench -- --rounds 20 --subjects floor,grantry --scenarios health`;

await main(HELP, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      /** A few requests of each, to see that everything works. No result. */
      quick: { type: "boolean", default: false },
      rounds: { type: "string" },
      /** Names, separated by commas; all unless given. */
      subjects: { type: "string" },
      /** A name that may have commas in it, once for each; all unless given. */
      scenarios: { type: "string", multiple: true },
    },
  });
  const kind = positionals[0] ?? "compare";
  if (!Object.hasOwn(KINDS, kind)) throw new Failure(`There is no measurement ${kind}. There are: ${Object.keys(KINDS).join(", ")}.`);
  if (process.platform !== "linux") throw new Failure("The measurements read CPU time and memory from /proc, so they need Linux.");
  await ensureNodeModules();
  if (Number(process.versions.node.split(".")[0]) < NODE) {
    // The machine's own, from before the project's was there.
    process.exitCode = await start(["node", inRoot("bench/run.mjs"), ...process.argv.slice(2)], { env: toolEnv() }).ended;
    return;
  }
  await ensureRust();
  const subjects = values.subjects?.split(",").map((name) => name.trim());
  const options = { quick: values.quick, rounds: values.rounds && Number(values.rounds), subjects, scenarios: values.scenarios };
  const { default: measure } = await import(KINDS[kind]);
  await measure({ ...options, commit: commit() });
});

/** What is measured, if it is a commit and nothing else. */
function commit() {
  const git = (...args) => execFileSync("git", args, { encoding: "utf8" }).trim();
  const changed = git("status", "--porcelain", "--", "src", "templates", "Cargo.toml", "Cargo.lock") !== "";
  return git("rev-parse", "--short", "HEAD") + (changed ? " with changes" : "");
}
