// A Worker in Rust that is built as the `worker` crate says.
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/run.mjs";
import { ensureWasmBindgen, ensureWorkerBuild, toolEnv } from "../../scripts/lib/toolchain.mjs";

/** Builds the package in a folder of the checkout; cargo knows what has changed. */
export async function buildRust(folder) {
  await ensureWasmBindgen();
  await ensureWorkerBuild();
  await step(`Building ${folder} (worker-build --release)`, [inRoot(".tools/bin/worker-build"), "--release", inRoot(folder), "--locked"], { env: toolEnv() });
}
