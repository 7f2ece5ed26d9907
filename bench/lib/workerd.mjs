// Bare workerd, without the proxies of a development server: what is measured is the Worker. Storage is on disk, and the
// same for all that run here.
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { start, stop } from "../../scripts/lib/run.mjs";
import { answers, freePort } from "../../scripts/lib/wrangler.mjs";

/** On the disk of the checkout: temporary folders are memory on some machines, where nothing is ever waited for. */
const STATE = inRoot("target/bench");

export const compatibilityDate = () => readFileSync(inRoot("wrangler.toml"), "utf8").match(/^compatibility_date = "(.*)"$/m)[1];

/**
 * A Worker as workerd is told of it.
 * @typedef {object} Worker
 * @property {string} name
 * @property {{name: string, file: string}[]} modules the first is the main one; those that end in .wasm are WebAssembly
 * @property {string[]} [flags] compatibility flags
 * @property {Record<string, string>} [objects] classes of Durable Objects, by the name of their binding
 * @property {string[]} [namespaces] names of bindings to KV
 * @property {string[]} [v8Flags]
 */

/** The same Worker, and POST /memory collects its garbage if asked and tells how much wasm memory it has. */
export const probed = (worker) => ({ ...worker, v8Flags: ["--expose-gc"], modules: [...["memory-probe.mjs", "memory-watch.mjs"].map((name) => ({ name, file: inRoot("bench/lib", name) })), ...worker.modules] });

/**
 * Starts a Worker.
 * @param {Worker} worker
 * @param {(url: string) => Record<string, string>} texts its vars and secrets
 * @param {{port?: number, keep?: boolean, log?: string, kvPort?: number, inspectorPort?: number}} [options] keep: go on with the
 *   storage that is there; log: where its log goes; kvPort: where KV tells what it was asked; inspectorPort: where debuggers ask
 */
export async function startWorkerd(worker, texts, { port, keep = false, log, kvPort, inspectorPort } = {}) {
  port ??= await freePort();
  const url = `http://localhost:${port}`;
  const vars = texts(url);
  const folder = path.join(STATE, worker.name);
  const storage = path.join(folder, "storage");
  if (!keep) rmSync(folder, { recursive: true, force: true });
  mkdirSync(storage, { recursive: true });
  for (const { name, file } of worker.modules) copyFileSync(file, path.join(folder, name));
  copyFileSync(inRoot("bench/lib/kv.mjs"), path.join(folder, "kv.mjs"));
  writeFileSync(path.join(folder, "config.capnp"), configuration(worker, Object.keys(vars), { port, kvPort }, folder));
  const inspector = inspectorPort ? [`--inspector-addr=127.0.0.1:${inspectorPort}`] : [];
  return serve([await binary(), "serve", ...inspector, path.join(folder, "config.capnp")], { ...process.env, ...vars }, { port, folder, log });
}

/**
 * Starts a server.
 * @param {string[]} command
 * @param {NodeJS.ProcessEnv} env
 */
export function serve(command, env, { port, folder, log }) {
  const began = performance.now();
  const child = start(command, { env, stdio: ["ignore", log ?? "ignore", log ?? "inherit"] });
  return { port, url: `http://localhost:${port}`, pid: child.pid, folder, began, stop: () => stop(child) };
}

/** Waits until a server answers. */
export async function ready(server) {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    try {
      await (await fetch(server.url, { redirect: "manual" })).arrayBuffer();
      return server;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
  throw new Error(`nothing answers at ${server.url}`);
}

/** The program itself: its starter in node_modules/.bin is a Node process that would be measured too. */
async function binary() {
  return (await import("workerd")).default.default;
}

function configuration({ name, modules, flags = [], objects = {}, namespaces = [], v8Flags = [] }, vars, { port, kvPort }, folder) {
  const text = (value) => JSON.stringify(value);
  const module = ({ name }) => `(name = ${text(name)}, ${name.endsWith(".wasm") ? "wasm" : "esModule"} = embed ${text(name)})`;
  const bindings = [
    ...vars.map((name) => `(name = ${text(name)}, fromEnvironment = ${text(name)})`),
    ...Object.entries(objects).map(([name, className]) => `(name = ${text(name)}, durableObjectNamespace = ${text(className)})`),
    ...namespaces.map((name) => `(name = ${text(name)}, kvNamespace = "kv")`),
  ];
  const socket = ([service, port]) => `(name = ${text(service)}, address = "127.0.0.1:${port}", http = (), service = ${text(service)})`;
  const namespace = (className) => `(className = ${text(className)}, uniqueKey = ${text(`${name}-${className}`)}, enableSql = true)`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = [${v8Flags.map(text).join(", ")}],
  services = [
    (name = "main", worker = (
      modules = [${modules.map(module).join(", ")}],
      compatibilityDate = ${text(compatibilityDate())},
      compatibilityFlags = [${flags.map(text).join(", ")}],
      bindings = [${bindings.join(", ")}],
      durableObjectNamespaces = [${Object.values(objects).map(namespace).join(", ")}],
      durableObjectStorage = (localDisk = "storage"),
    )),
    (name = "kv", worker = (
      modules = [(name = "kv.mjs", esModule = embed "kv.mjs")],
      compatibilityDate = ${text(compatibilityDate())},
      bindings = [(name = "NAMESPACE", durableObjectNamespace = "Namespace")],
      durableObjectNamespaces = [(className = "Namespace", uniqueKey = "kv", enableSql = true)],
      durableObjectStorage = (localDisk = "storage"),
    )),
    (name = "storage", disk = (path = ${text(path.join(folder, "storage"))}, writable = true)),
  ],
  sockets = [${[["main", port], ["kv", kvPort]].filter(([, port]) => port).map(socket).join(", ")}],
);
`;
}
