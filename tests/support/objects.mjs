// The built Worker for tests that talk to a Durable Object without the Worker between.
import { startWorker } from "./worker.mjs";

/**
 * Starts the build with storage in memory.
 * @param {{vars?: Record<string, string>, persistTo?: string, port?: number, around?: string[]}} [options] as for startWorker; with a
 *   port the Worker is the issuer there
 */
export async function startObjects({ vars, port, ...options } = {}) {
  const { miniflare, log, stop } = await startWorker({ vars: { ...(port && { ISSUER: `http://localhost:${port}` }), ...vars }, port, ...options });

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
    stop,
  };
}
