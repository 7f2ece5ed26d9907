// node scripts/specs.mjs: generates docs/specs.md from the comments above the tests, and docs/attacks.md from their names. --check only
// compares, and fails on any problem.
import { writeFileSync } from "node:fs";
import { PAGE as ATTACKS, readAttacks } from "./lib/attacks.mjs";
import { inRoot, ROOT } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { readSpecs } from "./lib/specs.mjs";

const HELP = `node scripts/specs.mjs    generates docs/specs.md from the comments above the tests, and docs/attacks.md from their names

Options:
  --check   only compares, and fails on any problem

Example: node scripts/specs.mjs --check`;

await main(HELP, async () => {
  const { page, stale, problems } = readSpecs(ROOT);
  const attacks = readAttacks(ROOT);
  const checking = process.argv.includes("--check");
  if (!checking) {
    writeFileSync(inRoot("docs/specs.md"), page);
    writeFileSync(inRoot(ATTACKS), attacks.page);
  }
  if (checking && stale) problems.push("docs/specs.md is out of date. Update it with: node scripts/specs.mjs");
  if (checking && attacks.stale) problems.push(`${ATTACKS} is out of date. Update it with: node scripts/specs.mjs`);
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
});
