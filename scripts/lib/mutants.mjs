// Mutation tests: each small change of the code that a test should notice is made in a copy of the checkout, and the tests run there.
// A change that no test notices is a survivor: a test is missing, or the change makes no difference. Those are listed with the reason.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";
import { inRoot } from "./paths.mjs";
import { collect, start, stop } from "./run.mjs";
import { ensureCargoMutants, ensureRust, toolEnv } from "./toolchain.mjs";

/** The copy that is changed. Cargo keeps what it compiled of it beside what it compiled of the checkout. */
const COPY = inRoot("target/mutants/copy");
const DIFF = inRoot("target/mutants/changed.diff");
const RESULTS = inRoot("target/mutants/results");

/**
 * Code that is mutated, with the tests that must notice. The whole of the host tests would take a minute for each mutant.
 * @typedef {{files: string[], tests: string[]}} Subject names of files, and of tests as `cargo test` takes them
 */
/**
 * A mutant that no test can notice: what cargo-mutants calls it, the line that it changes, and why it makes no difference.
 * @typedef {{file: string, mutant: string, line: string, reason: string}} Equivalent
 */
/** @typedef {{name: string, file: string, mutant: string, line: string}} Mutant `name` is how cargo-mutants lists it */
/**
 * What a run found. `survivors` are those that are not listed as equivalent, `wrong` the entries of that list that do not hold.
 * @typedef {{tried: number, caught: number, untried: number, equivalent: number, survivors: Mutant[], wrong: string[]}} Found
 */

/** @returns {{subjects: Subject[], equivalents: Equivalent[]}} */
export const listed = () => JSON.parse(readFileSync(inRoot("tests/mutants.json"), "utf8"));

/** A mutant by its name: "src/a.rs:3:9: replace f -> bool with true". @returns {Mutant} */
export function parseMutant(name, readFile = (file) => readFileSync(inRoot(file), "utf8")) {
  const [, file, line, mutant] = name.match(/^([^:]+):(\d+):\d+: (.+)$/) ?? [];
  if (!file) throw new Failure(`cargo-mutants named a mutant in a way that this script does not know: ${name}`);
  return { name, file, mutant, line: readFile(file).split("\n")[Number(line) - 1].trim() };
}

const isOf = (mutant) => (entry) => entry.file === mutant.file && entry.mutant === mutant.mutant && entry.line === mutant.line;

/** What is wrong with the list of equivalent mutants: an entry is for exactly one mutant. @returns {string[]} */
export function wrongEntries(equivalents, mutants) {
  return equivalents.flatMap((entry) => {
    const found = mutants.filter((mutant) => isOf(mutant)(entry)).length;
    return found === 1 ? [] : [`${found === 0 ? "no mutant is" : `${found} mutants are`} "${entry.mutant}" at "${entry.line}" in ${entry.file}`];
  });
}

/**
 * Judges what cargo-mutants found.
 * @param {{mutants: Mutant[], caught: string[], missed: string[], unviable: string[], equivalents: Equivalent[]}} run the names of mutants
 * @returns {Found}
 */
export function judge({ mutants, caught, missed, unviable, equivalents }) {
  const byName = new Map(mutants.map((mutant) => [mutant.name, mutant]));
  const isEquivalent = (name) => equivalents.some(isOf(byName.get(name)));
  const survivors = missed.filter((name) => !isEquivalent(name));
  return {
    tried: caught.length + missed.length,
    caught: caught.length,
    untried: mutants.length - caught.length - missed.length - unviable.length,
    equivalent: missed.length - survivors.length,
    survivors: survivors.map((name) => byName.get(name)),
    wrong: caught.filter(isEquivalent).map((name) => `a test notices ${name}`),
  };
}

/**
 * Tries the mutants of the listed code.
 * @param {object} options
 * @param {boolean} [options.changed] only those of lines that the branch or the last commit changed
 * @param {string[]} [options.files] only those of files whose name has one of these texts
 * @param {number} [options.minutes] ends then
 * @param {(text: string) => void} options.write
 * @returns {Promise<Found>}
 */
export async function tryMutants({ changed = false, files = [], minutes = Infinity, write }) {
  const { subjects, equivalents } = listed();
  const diff = changed ? await changedLines(subjects) : "";
  if (changed && !diff) return { tried: 0, caught: 0, untried: 0, equivalent: 0, survivors: [], wrong: [] };
  await ensureRust();
  await ensureCargoMutants();
  await copyCheckout();
  writeFileSync(DIFF, diff);
  const chosen = (file) => files.length === 0 || files.some((part) => file.includes(part));
  const wrong = wrongEntries(equivalents, await mutantsOf(subjects.flatMap((subject) => subject.files)));
  const ends = Date.now() + minutes * 60_000;
  const results = [];
  for (const { files: all, tests } of subjects) {
    const mutants = await mutantsOf(all.filter(chosen), changed);
    if (mutants.length === 0) continue;
    const names = await outcomes(all.filter(chosen), tests, changed, ends - Date.now(), write);
    results.push(judge({ mutants, equivalents, ...names }));
  }
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  return {
    ...Object.fromEntries(["tried", "caught", "untried", "equivalent"].map((key) => [key, total(key)])),
    survivors: results.flatMap((result) => result.survivors),
    wrong: [...wrong, ...results.flatMap((result) => result.wrong)],
  };
}

/** What a run found, as text. @param {Found} found */
export function report({ tried, caught, untried, equivalent, survivors, wrong }) {
  return [
    ...survivors.map(({ name, line }) => `survived: ${name}\n    ${line}`),
    ...wrong.map((problem) => `tests/mutants.json is wrong: ${problem}`),
    `${tried} mutants tried: ${caught} caught, ${equivalent} equivalent, ${survivors.length} survived; ${untried} not tried`,
    "",
  ].join("\n");
}

/** The changes of the listed code since the branch left main; on main itself, those of the last commit. */
async function changedLines(subjects) {
  const head = await git("rev-parse", "HEAD");
  let base;
  for (const main of ["origin/main", "main"]) base ??= await git("merge-base", "HEAD", main);
  if (!base || base === head) base = await git("rev-parse", "HEAD~1");
  if (!base) throw new Failure("There is no commit to compare with: the clone has none before the present one. Fetch two commits at least.");
  return git("diff", base, "--", ...subjects.flatMap((subject) => subject.files));
}

/** What git prints; undefined where it fails. */
async function git(...args) {
  const child = start(["git", ...args], { stdio: ["ignore", "pipe", "ignore"] });
  const output = collect(child);
  return (await child.ended) === 0 ? output().replace(/\n$/, "") : undefined;
}

/** Brings the copy up to date. A file that is the same stays untouched, so that cargo compiles only what differs. */
async function copyCheckout() {
  const names = (await git("ls-files", "-z", "--cached", "--others", "--exclude-standard")).split("\0");
  const wanted = new Set(names.filter((name) => name && existsSync(inRoot(name))));
  const before = path.join(COPY, "..", "copied.json");
  for (const name of existsSync(before) ? JSON.parse(readFileSync(before, "utf8")) : []) {
    if (!wanted.has(name)) rmSync(path.join(COPY, name), { force: true });
  }
  for (const name of wanted) {
    const copy = path.join(COPY, name);
    const content = contentOf(name);
    if (existsSync(copy) && readFileSync(copy).equals(content)) continue;
    mkdirSync(path.dirname(copy), { recursive: true });
    writeFileSync(copy, content);
  }
  writeFileSync(before, JSON.stringify([...wanted]));
}

/** What the copy has of a file. The host tests need no library for the Worker, whose linking takes as long as the tests. */
function contentOf(name) {
  const content = readFileSync(inRoot(name));
  return name === "Cargo.toml" ? Buffer.from(content.toString().replace('["cdylib", "rlib"]', '["rlib"]')) : content;
}

/** The command for `files`, whose only configuration is here. */
const cargoMutants = (files, changed, ...args) => [
  ...["cargo", "mutants", "--no-config", "--in-place", "--dir", COPY, "--colors", "never"],
  ...files.flatMap((file) => ["--file", file]),
  ...(changed ? ["--in-diff", DIFF] : []),
  ...args,
];

async function mutantsOf(files, changed = false) {
  if (files.length === 0) return [];
  const child = start(cargoMutants(files, changed, "--list"), { env: toolEnv(), stdio: ["ignore", "pipe", "inherit"] });
  const output = collect(child);
  if ((await child.ended) !== 0) throw new Failure("cargo-mutants cannot list its mutants; its output is above.");
  // Where no line of the diff is code, it says so instead of listing nothing.
  const names = output().split("\n").filter((line) => line.startsWith("src/"));
  return names.map((name) => parseMutant(name));
}

/** Runs cargo-mutants for as long as it may, and reads what it found until then. */
async function outcomes(files, tests, changed, milliseconds, write) {
  rmSync(RESULTS, { recursive: true, force: true });
  mkdirSync(RESULTS, { recursive: true });
  const command = cargoMutants(files, changed, "--output", RESULTS, "--shuffle", "--timeout", "120", "--build-timeout", "600",
    "--cargo-arg=--locked", "--cargo-arg=--test=host", "--", "--", ...tests);
  const env = {
    ...toolEnv(),
    CARGO_TARGET_DIR: process.env.CARGO_TARGET_DIR ?? inRoot("target"),
    // Compiled once for each mutant, and run once.
    CARGO_PROFILE_DEV_OPT_LEVEL: "0",
    CARGO_PROFILE_DEV_DEBUG: "false",
    // The same few cases for each mutant: what is caught once is caught always.
    PROPTEST_CASES: "32",
    PROPTEST_RNG_SEED: "1",
    PROPTEST_DISABLE_FAILURE_PERSISTENCE: "true",
  };
  let code;
  if (milliseconds > 0) {
    const child = start(command, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const output of [child.stdout, child.stderr]) output.setEncoding("utf8").on("data", write);
    const end = Number.isFinite(milliseconds) ? setTimeout(() => stop(child), milliseconds) : undefined;
    code = await child.ended;
    clearTimeout(end);
  }
  // 4: the tests fail without any mutant. 2 and 3: some survived or ran too long.
  if (code === 4) throw new Failure("The tests fail without any mutant; their output is above.");
  const names = (kind) => {
    const file = path.join(RESULTS, "mutants.out", `${kind}.txt`);
    return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
  };
  // One that runs too long is noticed as one that fails is.
  return { caught: [...names("caught"), ...names("timeout")], missed: names("missed"), unviable: names("unviable") };
}
