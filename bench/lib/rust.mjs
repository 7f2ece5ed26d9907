// A Worker in Rust that is built like the project's own.
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/run.mjs";
import { toolEnv } from "../../scripts/lib/toolchain.mjs";

/** Builds the package in a folder of the checkout; cargo knows what has changed. */
export function buildRust(folder) {
  return step(`Building ${folder} (worker-build --release)`, [inRoot(".tools/bin/worker-build"), "--release", inRoot(folder), "--locked"], { env: toolEnv() });
}
