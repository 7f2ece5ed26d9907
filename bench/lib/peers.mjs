// Programs of others, each with its own lock file in bench/peers: none of them is a dependency of the project.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { step } from "../../scripts/lib/run.mjs";
import { toolEnv } from "../../scripts/lib/toolchain.mjs";

export const peer = (name, ...parts) => inRoot("bench/peers", name, ...parts);

/** Installs what a peer needs, in the versions of its lock file. */
export async function install(name) {
  const stamp = peer(name, "node_modules/.lock-hash");
  const wanted = createHash("sha256").update(readFileSync(peer(name, "package-lock.json"))).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  await step(`Installing bench/peers/${name} (npm ci)`, ["npm", "ci", "--prefix", peer(name), "--ignore-scripts", "--no-audit", "--no-fund"], { env: toolEnv() });
  writeFileSync(stamp, wanted);
}

/** Installs a peer that is a Worker and makes one module of it, as wrangler does, minified. Returns the module. */
export async function bundle(name) {
  await install(name);
  const file = inRoot("target/bench/bundles", `${name}.mjs`);
  mkdirSync(path.dirname(file), { recursive: true });
  const options = ["--bundle", "--format=esm", "--minify", "--target=es2024", "--conditions=workerd,worker,browser", "--external:cloudflare:*", "--external:node:*"];
  await step(`Bundling bench/peers/${name}`, ["esbuild", peer(name, "worker.mjs"), ...options, `--outfile=${file}`], { env: toolEnv() });
  return file;
}

/** The version of a package that a peer's lock file names. */
export function versionOf(name, dependency) {
  return JSON.parse(readFileSync(peer(name, "package-lock.json"), "utf8")).packages[`node_modules/${dependency}`].version;
}
