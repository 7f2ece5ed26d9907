// npm test: every check of the project, in stages; `npm test -- STAGE...` runs only those named. The last line is the count.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { findApache } from "./lib/apache.mjs";
import { build } from "./lib/build.mjs";
import { findChromium } from "./lib/chromium.mjs";
import { cargoCounts, counts, nodeCounts } from "./lib/counts.mjs";
import { report, tryMutants } from "./lib/mutants.mjs";
import { inRoot } from "./lib/paths.mjs";
import { ensurePython, hasPython } from "./lib/python.mjs";
import { main, step } from "./lib/run.mjs";
import { runStages } from "./lib/stages.mjs";
import { ensureNodeModules, ensureRust, toolEnv } from "./lib/toolchain.mjs";
import { hasValgrind } from "./lib/valgrind.mjs";

const CLIPPY = ["cargo", "clippy", "--locked"];
const DENY_WARNINGS = ["--", "-D", "warnings"];

/** More than the number of processors, because tests wait for servers and for time to pass. */
const FILES_AT_ONCE = availableParallelism() + 1;

/** These wait for more than half a minute, so they begin first and the others run meanwhile. */
const WAITING = ["sign_in/back-channel-logout.test.mjs"];

/** How long mutants are tried. Those that are left are counted as skipped. */
const MINUTES_OF_MUTANTS = 3;

/** The build of this run, shared by the stages that need it. */
let built;
const buildOnce = () => (built ??= build());

/** Ends with the host tests of this run, which write the pages that the browser looks at. */
let endHost;
const hostEnded = new Promise((resolve) => (endHost = resolve));

/** A command of CI that installs the programs that `testsWith` looks for. It runs in parallel with the stages that need none of them. */
const { INSTALL_PROGRAMS } = process.env;
let programsInstalled = Promise.resolve();

/**
 * Cargo compiles for the host while the Worker is built: the two use different folders, so neither waits for the other. In each lane,
 * the stages that find most in the least time are first.
 */
const LANES = [
  {
    fmt: (output) => check(output, ["cargo", "fmt", "--check"]),
    specs: (output) => check(output, [process.execPath, "scripts/specs.mjs", "--check"]),
    words: (output) => check(output, [process.execPath, "scripts/words.mjs"]),
    clippy: (output) => check(output, [...CLIPPY, "--all-targets", ...DENY_WARNINGS]),
    "clippy-wasm": (output) => check(output, [...CLIPPY, "--lib", "--target", "wasm32-unknown-unknown", ...DENY_WARNINGS]),
    host: (output) => cargoTests(output).finally(endHost),
    tooling: (output) => nodeTests(output, "tests/tooling"),
    guard: (output) => testsWith(output, "tests/guard", [[hasValgrind, "valgrind", "Debian: apt-get install valgrind"]]),
    mutants: (output) => changedMutants(output),
  },
  {
    build: () => buildOnce().then(() => counts(1)),
    workerd: (output) => testsOfTheBuild(output, "tests/workerd"),
    conformance: (output) => testsOfTheBuild(output, "tests/conformance"),
    examples: (output) => testsOfTheBuild(output, "tests/examples"),
    "third-party": (output) => testsWith(output, "tests/third-party", [
      [findApache, "Apache with mod_auth_openidc", "Debian: apt-get install apache2-bin libapache2-mod-auth-openidc"],
      [pythonIsReady, "Python with venv", "Debian: apt-get install python3-venv"],
    ]),
    browser: (output) => pagesWritten(output).then(() => testsWith(output, "tests/browser", [
      [findChromium, "Chromium", "Debian: apt-get install chromium; macOS: brew install chromium; or CHROMIUM_PATH=/path/to/chromium"],
    ])),
  },
];

const named = process.argv.slice(2);

function isChosen(stage) {
  return named.length === 0 || named.includes(stage);
}

const HELP = `npm test    runs every check of the project; the last line is the count

Options: the stages to run (default: all). They are
  ${LANES.map((lane) => Object.keys(lane).join(" ")).join("\n  ")}

Example: npm test -- fmt host tooling`;

await main(HELP, async () => {
  if (INSTALL_PROGRAMS) programsInstalled = step("Installing programs for the tests", [INSTALL_PROGRAMS]);
  programsInstalled.catch(() => {});
  process.exitCode = (await runStages(LANES, named)) ? 0 : 1;
});

/** A command that counts as one test. */
async function check(output, command) {
  if (command[0] === "cargo") await ensureRust();
  return (await output.run(command, { env: cargoEnv() })).code === 0 ? counts(1) : counts(0, 1);
}

/** Cargo prints into a pipe. Where a terminal shows it, the output is still in color. */
function cargoEnv() {
  return { CARGO_TERM_COLOR: process.stdout.isTTY ? "always" : "never", ...toolEnv() };
}

async function cargoTests({ run }) {
  await ensureRust();
  removePages();
  const { code, output } = await run(["cargo", "test", "--locked", "--no-fail-fast"], { env: cargoEnv() });
  return cargoCounts(output, code);
}

/** A mutant that is caught is a test that passed, and one that there was no time for is skipped. */
async function changedMutants({ write }) {
  const found = await tryMutants({ changed: true, minutes: MINUTES_OF_MUTANTS, write });
  write(report(found));
  return counts(found.caught + found.equivalent, found.survivors.length + found.wrong.length, found.untried);
}

async function testsOfTheBuild(output, folder) {
  try {
    await buildOnce();
  } catch (error) {
    output.write(`The build failed, so all files of ${folder} count as failed: ${error.message}\n`);
    return counts(0, Math.max(1, testFiles(folder).length));
  }
  return nodeTests(output, folder);
}

/** The pages in every state, written by the host tests of this run, or by the one test that writes them when the others do not run. */
async function pagesWritten(output) {
  if (isChosen("host")) return hostEnded;
  removePages();
  await check(output, ["cargo", "test", "--locked", "--quiet", "--test", "host", "every_page_is_written_for_looking_at"]);
}

/** Removes the pages of an earlier run, so that a failure here fails in the browser, too. */
function removePages() {
  rmSync(inRoot("target/pages"), { recursive: true, force: true });
}

/** Creates the Python environment before the tests, which run in parallel and would each create it. */
async function pythonIsReady() {
  if (!(await hasPython())) return false;
  await ensurePython();
  return true;
}

/** Tests that need programs. If one is missing, the tests are skipped and counted, with a message that is hard to overlook. */
async function testsWith(output, folder, programs) {
  await programsInstalled;
  const found = await Promise.all(programs.map(([find]) => find()));
  const result = await testsOfTheBuild(output, folder);
  for (const [index, [, name, advice]] of programs.entries()) {
    if (result.skipped === 0 || found[index]) continue;
    output.write(`\n!!! ${result.skipped} TESTS OF ${folder} WERE SKIPPED: ${name} was not found. Install it:\n!!! ${advice}\n\n`);
  }
  return result;
}

/** One process for each file. */
async function nodeTests({ run }, folder) {
  await ensureNodeModules();
  const files = testFiles(folder);
  const temporary = mkdtempSync(path.join(tmpdir(), "grantry-test-"));
  const report = path.join(temporary, "counts.json");
  try {
    const { code } = await run(
      [
        ...["node", "--test", `--test-concurrency=${FILES_AT_ONCE}`, "--test-timeout=600000"],
        ...["--test-reporter=spec", "--test-reporter-destination=stdout"],
        ...[`--test-reporter=${inRoot("scripts/lib/count-reporter.mjs")}`, `--test-reporter-destination=${report}`],
        ...files,
      ],
      { env: { FORCE_COLOR: process.stdout.isTTY ? "1" : "0", ...toolEnv() } },
    );
    return nodeCounts(readFileSync(report, "utf8"), code);
  } finally {
    rmSync(temporary, { recursive: true });
  }
}

function testFiles(folder) {
  const files = readdirSync(inRoot(folder), { recursive: true }).filter((name) => name.endsWith(".test.mjs"));
  const waiting = WAITING.filter((name) => files.includes(name));
  const others = files.filter((name) => !waiting.includes(name)).sort();
  return [...waiting, ...others].map((name) => path.join(folder, name));
}
