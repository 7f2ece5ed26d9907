// The built Worker in Miniflare, for tests that talk to a Durable Object without the Worker between.
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, afterEach } from "node:test";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions as readWorkerOptions } from "wrangler";
import { inRoot } from "../../scripts/lib/paths.mjs";
import "./ending.mjs";
import { secrets } from "./secrets.mjs";

/**
 * Starts the build with the bindings of wrangler.toml and storage in memory. It ends with the test file at the latest, and the end of
 * its log is shown when a test fails.
 * @param {{vars?: Record<string, string>, persistTo?: string, port?: number, around?: string[]}} [options] as for startServer; with a
 *   port the Worker is the issuer there; around: files of modules to run instead, the first of which is the Worker
 */
export async function startObjects({ vars = {}, persistTo, port, around = [] } = {}) {
  // An empty file instead of .dev.vars: a test never depends on what a developer keeps there.
  const { workerOptions } = readWorkerOptions(inRoot("wrangler.toml"), undefined, { envFiles: ["/dev/null"] });
  const log = [];
  // wrangler still describes a Worker as Miniflare 4 did.
  const options = convertV4MiniflareOptions({
    ...workerOptions,
    bindings: { ...workerOptions.bindings, ...secrets, ...(port && { ISSUER: `http://localhost:${port}` }), ...vars },
    ...(port && { host: "localhost", port }),
    cf: false,
    handleStructuredLogs({ message }) {
      log.push(message);
      if (log.length > 200) log.shift();
    },
    modules: [
      ...around.map((file) => ({ type: "ESModule", path: inRoot("build", path.basename(file)), contents: readFileSync(inRoot(file), "utf8") })),
      { type: "ESModule", path: inRoot("build/index.js") },
      { type: "CompiledWasm", path: inRoot("build/index_bg.wasm") },
    ],
    modulesRoot: inRoot("build"),
    resourcePersistencePath: persistTo,
  });
  const miniflare = new Miniflare(options);
  after(() => miniflare.dispose());
  afterEach((test) => {
    if (!test.passed) console.error(`Log when "${test.name}" failed:\n${log.join("\n")}`);
  });
  await miniflare.ready;

  /** A stub of the object with this name, or of a new one; its `run` takes a command. */
  const stub = async (binding, name) => {
    const namespace = await miniflare.getDurableObjectNamespace(binding);
    return namespace.get(name === undefined ? namespace.newUniqueId() : namespace.idFromName(name));
  };
  return {
    miniflare,
    logs: () => log.join("\n"),
    accountStub: (name) => stub("ACCOUNT", name),
    directoryStub: (name) => stub("DIRECTORY", name),
    registryStub: (name) => stub("REGISTRY", name),
    replayStub: (name) => stub("REPLAY", name),
    stop: () => miniflare.dispose(),
  };
}
