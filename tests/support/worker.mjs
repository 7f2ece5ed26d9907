// The built Worker in workerd, started through Miniflare's API: a start takes a fifth of the computing time of `wrangler dev`.
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach } from "node:test";
import { parse } from "smol-toml";
import { inRoot } from "../../scripts/lib/paths.mjs";
import "./ending.mjs";
import { secrets } from "./secrets.mjs";

const { name, compatibility_date, compatibility_flags, vars: defaults, kv_namespaces, durable_objects, exports } = parse(readFileSync(inRoot("wrangler.toml"), "utf8"));

/** What the Worker is given, as wrangler.toml says it. */
const settings = {
  name,
  compatibilityDate: compatibility_date,
  compatibilityFlags: compatibility_flags,
  kvNamespaces: kv_namespaces.map(({ binding }) => binding),
  durableObjects: Object.fromEntries(
    durable_objects.bindings.map(({ name, class_name }) => [name, { className: class_name, useSQLite: exports[class_name].storage === "sqlite" }]),
  ),
};

/** How many lines of a log are shown when a test fails. */
const SHOWN = 200;

/**
 * Starts the build as it is. It ends with the test file at the latest, and the end of its log is shown when a test fails.
 * @param {object} options
 * @param {Record<string, string>} [options.vars] set beside the vars of wrangler.toml and the secrets, or instead of some
 * @param {string} [options.persistTo] a folder to keep, laid out as wrangler does it; by default storage is in memory
 * @param {number} [options.port] where the Worker listens
 * @param {{cert: string, key: string, certFile: string}} [options.certificate] the server uses it for https, and trusts servers
 *   with the same certificate; one for each test file
 * @param {object} [options.cf] what the network knows of the sender of a request (`request.cf`), by default what Miniflare says
 *   without a network
 * @param {string[]} [options.around] files of modules to run instead, the first of which is the Worker
 */
export async function startWorker({ vars, persistTo, port, certificate, cf = false, around = [] }) {
  const { convertV4MiniflareOptions, Miniflare } = await miniflareTrusting(certificate);
  const log = [];
  // Workers are still described to it as to Miniflare 4, as wrangler does.
  const options = convertV4MiniflareOptions({
    ...settings,
    bindings: { ...defaults, ...secrets, ...vars },
    ...(port && { host: "localhost", port }),
    ...(certificate && { httpsKey: certificate.key, httpsCert: certificate.cert }),
    cf,
    handleStructuredLogs: ({ message }) => void log.push(message),
    modules: [
      ...around.map((file) => ({ type: "ESModule", path: inRoot("build", path.basename(file)), contents: readFileSync(inRoot(file), "utf8") })),
      { type: "ESModule", path: inRoot("build/index.js") },
      { type: "CompiledWasm", path: inRoot("build/index_bg.wasm") },
    ],
    modulesRoot: inRoot("build"),
    resourcePersistencePath: persistTo && path.join(persistTo, "v3"),
  });
  const miniflare = new Miniflare(options);
  let stopped;
  const worker = { miniflare, log, stop: () => (stopped ??= miniflare.dispose().finally(() => running.delete(worker))) };
  running.add(worker);
  try {
    await miniflare.ready;
  } catch (error) {
    await worker.stop().catch(() => {});
    throw error;
  }
  return worker;
}

/** Miniflare reads the trusted certificates when it is loaded, from the variable that Node's programs use too. */
async function miniflareTrusting(certificate) {
  if (certificate) process.env.NODE_EXTRA_CA_CERTS = certificate.certFile;
  const miniflare = await import("miniflare");
  if (certificate) delete process.env.NODE_EXTRA_CA_CERTS;
  return miniflare;
}

const running = new Set();

afterEach((test) => {
  if (test.passed) return;
  for (const { log } of running) console.error(`Log when "${test.name}" failed:\n${log.slice(-SHOWN).join("\n")}`);
});

after(() => Promise.all([...running].map((worker) => worker.stop())));
