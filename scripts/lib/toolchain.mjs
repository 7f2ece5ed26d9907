// What the project needs beside git, cargo and Node. It is installed into the checkout if it is missing, never into the user's home.
// This runs before node_modules exists, so it imports nothing from there.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { Failure } from "./failure.mjs";
import { inRoot } from "./paths.mjs";
import { firstLine, step } from "./run.mjs";

const WASM_TARGET = "wasm32-unknown-unknown";

/** Another version lists other mutants: tests/mutants.json names some of them. */
const CARGO_MUTANTS = "27.1.0";

/** The environment of every tool: project binaries first, among them the Node 22 that wrangler asks for. */
export function toolEnv() {
  return {
    ...process.env,
    PATH: [inRoot("node_modules/.bin"), inRoot(".tools/bin"), process.env.PATH].join(":"),
    // worker-build would download these from elsewhere, in versions of its own choice.
    ESBUILD_BIN: inRoot("node_modules/.bin/esbuild"),
    WASM_BINDGEN_BIN: inRoot(".tools/bin/wasm-bindgen"),
    WASM_OPT_BIN: inRoot("node_modules/.bin/wasm-opt"),
    // The tools send no usage data, and do not wait for a network that may be missing.
    CLOUDFLARE_CF_FETCH_ENABLED: "false",
    WRANGLER_HIDE_BANNER: "true",
    WRANGLER_LOG_PATH: inRoot(".wrangler/logs"),
    WRANGLER_SEND_METRICS: "false",
  };
}

/** Installs once, also if several parts of a script need the tool at the same time. */
function once(install) {
  let installed;
  return () => (installed ??= install());
}

/** Installs node_modules when they are missing or belong to another lock file. */
export const ensureNodeModules = once(async () => {
  const stamp = inRoot("node_modules/.lock-hash");
  const wanted = createHash("sha256").update(readFileSync(inRoot("package-lock.json"))).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  // No package here needs an install script. Engine warnings are about the Node outside, which runs npm only.
  await step("Installing node_modules (npm ci)", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    hint: "Check that the npm registry can be reached (npm ping), then run the command again.",
  });
  writeFileSync(stamp, wanted);
});

/** Installs the Rust toolchain of rust-toolchain.toml and its wasm target when missing. */
export const ensureRust = once(async () => {
  // The question must not start an installation, which would take minutes without a message.
  const env = { ...process.env, RUSTUP_AUTO_INSTALL: "0" };
  const targetFolder = () => firstLine(["rustc", "--print", "target-libdir", "--target", WASM_TARGET], { env });
  let folder = await targetFolder();
  if (folder && existsSync(folder)) return;
  if (!(await firstLine(["rustup", "--version"]))) {
    throw new Failure("Rust is missing. Install rustup from https://rustup.rs, open a new terminal and try again.");
  }
  const hint = "Check that rustup can reach its server (rustup check), then run the command again.";
  if (!folder) await step("Installing the Rust toolchain of rust-toolchain.toml", ["rustup", "toolchain", "install"], { hint });
  folder = await targetFolder();
  if (folder && existsSync(folder)) return;
  await step(`Installing the Rust target ${WASM_TARGET}`, ["rustup", "target", "add", WASM_TARGET], { hint });
});

/** Installs wasm-bindgen, in exactly the version of the crate that Cargo.lock names. */
export const ensureWasmBindgen = () => ensureCargoTool("wasm-bindgen-cli", "wasm-bindgen", lockedVersion("wasm-bindgen"));

/** Installs worker-build, in exactly the version of the `worker` crate, for Workers that are built with it. */
export const ensureWorkerBuild = () => ensureCargoTool("worker-build", "worker-build", lockedVersion("worker"));

/** Installs cargo-mutants, for `npm run mutants`. */
export const ensureCargoMutants = once(() => ensureCargoTool("cargo-mutants", "cargo-mutants", CARGO_MUTANTS, ["mutants", "--version"]));

async function ensureCargoTool(crate, program, version, question = ["--version"]) {
  const installed = await firstLine([inRoot(".tools/bin", program), ...question]);
  if (installed?.split(" ").at(-1) === version) return;
  await step(
    `Installing ${crate} ${version} into .tools (some minutes, the first time only)`,
    ["cargo", "install", "--locked", "--force", "--root", inRoot(".tools"), `${crate}@${version}`],
    {
      // The tools run for a second per build: unoptimised they are compiled in half the time, and no build is noticeably slower.
      env: { ...process.env, CARGO_PROFILE_RELEASE_OPT_LEVEL: "0" },
      hint: "It needs a C compiler (Debian: apt-get install build-essential; macOS: xcode-select --install) and the crate registry.",
    },
  );
}

function lockedVersion(crate) {
  const version = readFileSync(inRoot("Cargo.lock"), "utf8").match(`name = "${crate}"\nversion = "([^"]+)"`)?.[1];
  if (!version) throw new Failure(`Cargo.lock does not name ${crate}. Restore it with: git checkout Cargo.lock`);
  return version;
}
