// npm test: every check of the project, in stages; `npm test -- STAGE...` runs only those named. The last line is the count.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findApache } from "./lib/apache.mjs";
import { build } from "./lib/build.mjs";
import { findChromium } from "./lib/chromium.mjs";
import { cargoCounts, counts, nodeCounts, sum, summary } from "./lib/counts.mjs";
import { Failure } from "./lib/failure.mjs";
import { inRoot } from "./lib/paths.mjs";
import { ensurePython, hasPython } from "./lib/python.mjs";
import { main, start } from "./lib/run.mjs";
import { ensureNodeModules, ensureRust, toolEnv } from "./lib/toolchain.mjs";
import { hasValgrind } from "./lib/valgrind.mjs";

const CLIPPY = ["cargo", "clippy", "--locked"];
const DENY_WARNINGS = ["--", "-D", "warnings"];

/** The build of this run, shared by the stages that need it. */
let built;
const buildOnce = () => (built ??= build());

/** In order of what tells most in the least time. */
const STAGES = {
  fmt: () => check(["cargo", "fmt", "--check"]),
  clippy: () => check([...CLIPPY, "--all-targets", ...DENY_WARNINGS]),
  "clippy-wasm": () => check([...CLIPPY, "--lib", "--target", "wasm32-unknown-unknown", ...DENY_WARNINGS]),
  specs: () => check(["node", "scripts/specs.mjs", "--check"]),
  host: () => cargoTests(),
  tooling: () => nodeTests("tests/tooling"),
  build: () => buildOnce().then(() => counts(1)),
  guard: () => testsWith("tests/guard", [[hasValgrind(), "valgrind", "Debian: apt-get install valgrind"]]),
  workerd: () => testsOfTheBuild("tests/workerd"),
  conformance: () => testsOfTheBuild("tests/conformance"),
  examples: () => testsOfTheBuild("tests/examples"),
  "third-party": () => pythonIsReady().then(() => testsWith("tests/third-party", [
    [findApache(), "Apache with mod_auth_openidc", "Debian: apt-get install apache2-bin libapache2-mod-auth-openidc"],
    [hasPython(), "Python with venv", "Debian: apt-get install python3-venv"],
  ])),
  browser: () => pagesWritten().then(() => testsWith("tests/browser", [
    [findChromium(), "Chromium", "Debian: apt-get install chromium; macOS: brew install chromium; or CHROMIUM_PATH=/path/to/chromium"],
  ])),
};

await main(async () => {
  const chosen = chooseStages(process.argv.slice(2));
  const results = [];
  for (const name of chosen) results.push(await runStage(name));

  const total = sum(results);
  console.log(`\n${results.map(({ name, seconds, ...result }) => `${name.padEnd(12)} ${seconds.padStart(6)} s   ${summary(result)}`).join("\n")}\n`);
  console.log(summary(total));
  process.exitCode = total.failed > 0 ? 1 : 0;
});

function chooseStages(named) {
  const unknown = named.find((name) => !Object.hasOwn(STAGES, name));
  if (unknown) throw new Failure(`There is no stage ${unknown}. The stages are: ${Object.keys(STAGES).join(", ")}.`);
  return named.length > 0 ? named : Object.keys(STAGES);
}

/** Runs one stage; whatever goes wrong in it is counted, and the next one runs all the same. */
async function runStage(name) {
  console.log(`\n=== ${name}`);
  const began = Date.now();
  let result;
  try {
    result = await STAGES[name]();
  } catch (error) {
    console.error(error instanceof Failure ? `error: ${error.message}` : error);
    result = counts(0, 1);
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  console.log(`=== ${name}: ${summary(result)}, ${seconds} s`);
  return { name, seconds, ...result };
}

/** A command that is one test: it succeeds or it does not. */
async function check(command) {
  if (command[0] === "cargo") await ensureRust();
  return (await start(command, { env: toolEnv() }).ended) === 0 ? counts(1) : counts(0, 1);
}

async function cargoTests() {
  await ensureRust();
  const cargo = start(["cargo", "test", "--locked", "--no-fail-fast"], { env: toolEnv(), stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  cargo.stdout.setEncoding("utf8").on("data", (text) => {
    process.stdout.write(text);
    output += text;
  });
  const code = await cargo.ended;
  return cargoCounts(output, code);
}

async function testsOfTheBuild(folder) {
  try {
    await buildOnce();
  } catch (error) {
    console.error(`There is no build to test, so all files of ${folder} fail: ${error.message}`);
    return counts(0, Math.max(1, testFiles(folder).length));
  }
  return nodeTests(folder);
}

/** Has the host tests write every page in every state; of an earlier run nothing stays, so what fails here fails in the browser. */
async function pagesWritten() {
  rmSync(inRoot("target/pages"), { recursive: true, force: true });
  await check(["cargo", "test", "--locked", "--quiet", "--test", "host", "every_page_is_written_for_looking_at"]);
}

/** Makes the one Python environment before tests run side by side that would each make it. */
async function pythonIsReady() {
  if (await hasPython()) await ensurePython();
}

/** Tests that need programs which may be missing: then they are skipped, counted, and nobody can overlook it. */
async function testsWith(folder, programs) {
  const result = await testsOfTheBuild(folder);
  for (const [found, name, advice] of programs) {
    if (result.skipped === 0 || (await found)) continue;
    console.error(`\n!!! ${result.skipped} TESTS OF ${folder} WERE SKIPPED: there is no ${name}.\n!!! ${advice}\n`);
  }
  return result;
}

/** One process for each file, two at a time. */
async function nodeTests(folder) {
  await ensureNodeModules();
  const files = testFiles(folder);
  const temporary = mkdtempSync(path.join(tmpdir(), "grantry-test-"));
  const report = path.join(temporary, "counts.json");
  try {
    const node = start(
      [
        ...["node", "--test", "--test-concurrency=2", "--test-timeout=600000"],
        ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
        ...[`--test-reporter=${inRoot("scripts/lib/count-reporter.mjs")}`, `--test-reporter-destination=${report}`],
        ...files,
      ],
      { env: { FORCE_COLOR: process.stdout.isTTY ? "1" : "0", ...toolEnv() } },
    );
    const code = await node.ended;
    return nodeCounts(readFileSync(report, "utf8"), code);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function testFiles(folder) {
  const files = readdirSync(inRoot(folder)).filter((name) => name.endsWith(".test.mjs"));
  return files.sort().map((name) => path.join(folder, name));
}
