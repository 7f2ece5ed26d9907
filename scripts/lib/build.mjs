// The release build of the Worker. It is skipped if its inputs have not changed: even an unchanged build takes 9 s.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "./paths.mjs";
import { step } from "./run.mjs";
import { ensureNodeModules, ensureRust, ensureWasmBindgen, toolEnv } from "./toolchain.mjs";

/** The inputs of the build. This file is one of them because it holds the commands. */
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

/** What the platform loads. It is replaced in one step at the end, because a development server may be using it. */
const OUTPUT = inRoot("build");

/** Between cargo and the output. */
const BINDINGS = inRoot("target/bindings");
const FINISHED = inRoot("target/finished");

// In the folder of the output, so that removing the output removes the stamp.
const STAMP = path.join(OUTPUT, ".inputs-hash");

const CARGO = ["cargo", "build", "--release", "--locked", "--lib", "--target", "wasm32-unknown-unknown"];

/** The options let a new instance replace the module after a panic. */
const WASM_BINDGEN = [
  ...[inRoot(".tools/bin/wasm-bindgen"), inRoot("target/wasm32-unknown-unknown/release/grantry.wasm")],
  ...["--target", "module", "--out-dir", BINDINGS, "--out-name", "index", "--no-typescript"],
  ...["--experimental-reset-state-function", "--force-enable-abort-handler"],
];

/**
 * Without the names of functions, which would be a seventh of the file. The features are those that rustc's target and
 * wasm-bindgen's wrappers use, and workerd knows.
 */
const WASM_OPT = [
  ...["wasm-opt", path.join(BINDINGS, "index_bg.wasm"), "--output", path.join(FINISHED, "index_bg.wasm")],
  // Where a function with one caller becomes a part of it, an isolate compiles all of both at the first call.
  ...["-O", "--one-caller-inline-max-function-size=100", "--strip-debug", "--strip-producers"],
  ...["mutable-globals", "sign-ext", "nontrapping-float-to-int", "bulk-memory", "multivalue", "reference-types", "exception-handling"].map(
    (feature) => `--enable-${feature}`,
  ),
];

/** One file of src/edge/entry.js, src/edge/glue.js and what wasm-bindgen wrote. */
const ESBUILD = [
  ...["esbuild", inRoot("src/edge/entry.js"), `--outfile=${path.join(FINISHED, "index.js")}`, "--bundle", "--minify", "--format=esm"],
  ...[`--alias:glue=${inRoot("src/edge/glue.js")}`, `--alias:module=${path.join(BINDINGS, "index.js")}`],
  ...["--external:./index_bg.wasm", "--external:cloudflare:*", "--log-level=warning"],
];

/** Builds build/index.js and its wasm unless they are current. */
export async function build() {
  const wanted = inputsHash();
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return;
  const env = { CARGO_TERM_COLOR: process.stderr.isTTY ? "always" : "never", ...toolEnv() };
  await ensureRust();
  await Promise.all([ensureNodeModules(), ensureWasmBindgen(), step("Building the Worker (cargo build --release)", CARGO, { env })]);
  rmSync(BINDINGS, { recursive: true, force: true });
  await step("Generating its bindings (wasm-bindgen)", WASM_BINDGEN, { env });
  importOnly(path.join(BINDINGS, "index.js"));
  rmSync(FINISHED, { recursive: true, force: true });
  mkdirSync(FINISHED);
  await step("Optimizing its WebAssembly (wasm-opt)", WASM_OPT, { env });
  await step("Bundling its JavaScript (esbuild)", ESBUILD, { env });
  rmSync(OUTPUT, { recursive: true, force: true });
  renameSync(FINISHED, OUTPUT);
  // The hash from before the build: a file saved while it ran makes the next build run again.
  writeFileSync(STAMP, wanted);
}

/** workerd supports plain imports of WebAssembly modules, and no source phase imports. */
function importOnly(file) {
  writeFileSync(file, readFileSync(file, "utf8").replace("import source ", "import "));
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
