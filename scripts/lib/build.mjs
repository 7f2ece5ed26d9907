// The release build of the Worker, skipped when nothing it is made of has changed: even an unchanged build takes 9 s.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";
import { step } from "./run.mjs";
import { ensureCargoTools, ensureNodeModules, ensureRust, toolEnv } from "./toolchain.mjs";

/** Files and folders that decide what the build makes; this file is one because it holds the command. */
const INPUTS = [
  ".cargo",
  "Cargo.lock",
  "Cargo.toml",
  "askama.toml",
  "package-lock.json",
  "rust-toolchain.toml",
  "scripts/lib/build.mjs",
  "src",
  "templates",
];

const WASM = inRoot("build/index_bg.wasm");

// In the folder of the output: whoever removes the output removes the stamp.
const STAMP = inRoot("build/.inputs-hash");

/**
 * In place, and without the names of functions, which would be a seventh of the file. The features are those that rustc's target and
 * wasm-bindgen's wrappers use, and workerd knows.
 */
const WASM_OPT = [
  ...["wasm-opt", WASM, "--output", WASM, "-O", "--strip-debug", "--strip-producers"],
  ...["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types", "exception-handling"].map(
    (feature) => `--enable-${feature}`,
  ),
];

/** Builds build/index.js and its wasm unless they are current. */
export async function build() {
  const wanted = inputsHash();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  await ensureNodeModules();
  await ensureRust();
  await ensureCargoTools();
  await step("Building the Worker (worker-build --release)", [inRoot(".tools/bin/worker-build"), "--release", "--locked"], {
    env: { CARGO_TERM_COLOR: process.stderr.isTTY ? "always" : "never", ...toolEnv() },
  });
  await step("Making its wasm smaller (wasm-opt)", WASM_OPT, { env: toolEnv() });
  // The hash from before the build: a file saved while it ran makes the next build run again.
  writeFileSync(STAMP, wanted);
}

function inputsHash() {
  const hash = createHash("sha256");
  for (const file of INPUTS.flatMap((input) => filesUnder(input))) {
    const content = readFileSync(inRoot(file));
    hash.update(`${file}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

function filesUnder(relative) {
  const absolute = inRoot(relative);
  if (!existsSync(absolute)) return [];
  if (!statSync(absolute).isDirectory()) return [relative];
  return readdirSync(absolute).sort().flatMap((name) => filesUnder(path.join(relative, name)));
}
