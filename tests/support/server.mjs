// The built Worker on a port of its own, for tests over HTTP.
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { startWorker } from "./worker.mjs";

/**
 * Starts a server on the build as it is. It ends with the test file at the latest.
 * @param {{vars?: Record<string, string>, persistTo?: string, port?: number, certificate?: object, cf?: object}} [options] as for
 *   startWorker; with a certificate the issuer is https
 * @returns {Promise<{url: string, logs: () => string, stop: () => Promise<void>}>}
 */
export const startServer = ({ vars, port: wanted, certificate, ...options } = {}) =>
  despiteRaces(async () => {
    const port = wanted ?? (await freePort());
    const url = `${certificate ? "https" : "http"}://localhost:${port}`;
    const { log, stop } = await startWorker({ vars: { ISSUER: url, ...vars }, port, certificate, ...options });
    return { url, logs: () => log.join("\n"), stop };
  });

/** Starts what looks for free ports: of two that start together, one can lose the race. */
export async function despiteRaces(begin) {
  for (let tries = 1; ; tries++) {
    try {
      return await begin();
    } catch (error) {
      const lost = error.code === "ERR_RUNTIME_FAILURE" || error.message.includes("Address already in use");
      if (tries === 3 || !lost) throw error;
    }
  }
}

/**
 * The log's line about a request; it may come a moment after the answer.
 * @param {() => string} logs of the server
 * @param {string} requestId the answer's x-request-id
 */
export async function requestLine(logs, requestId) {
  for (let tries = 0; tries < 100; tries++) {
    const line = logs().split("\n").find((line) => line.startsWith('{"event":"request"') && line.includes(requestId));
    if (line) return JSON.parse(line);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The log has no line for the request ${requestId}.`);
}
