// The built Worker under `wrangler dev`, as a person runs it, for tests over HTTP.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach } from "node:test";
import { formatDotenv } from "../../scripts/lib/keys.mjs";
import { collect, stop } from "../../scripts/lib/run.mjs";
import { answers, devArguments, freePort, startWrangler } from "../../scripts/lib/wrangler.mjs";
import "./ending.mjs";
import { secrets } from "./secrets.mjs";

const servers = new Set();

/**
 * Starts a server on the build as it is. It ends with the test file at the latest, and its log is shown when a test fails.
 * @param {{vars?: Record<string, string>, persistTo?: string, port?: number, certificate?: {certFile: string, keyFile: string}, cf?: object}} [options]
 *   vars: set beside the secrets, or instead of some; persistTo: a folder to keep, by default a fresh one that is removed;
 *   certificate: the server speaks https with it, its issuer is https, and it trusts those who have the same one;
 *   cf: what the network knows of whoever sends requests (`request.cf`), by default what wrangler says without
 *   a network
 * @returns {Promise<{url: string, logs: () => string, kill: () => Promise<void>, stop: () => Promise<void>}>}
 */
export const startServer = (options) => despiteRaces(() => tryToStart(options));

/** Starts what starts wrangler, which looks for free ports of its own: of two that start together, one can lose the race. */
export async function despiteRaces(begin) {
  for (let tries = 1; ; tries++) {
    try {
      return await begin();
    } catch (error) {
      if (tries === 3 || !error.message.includes("Address already in use")) throw error;
    }
  }
}

/** Another wrangler may have begun to listen where this one was told to. */
const isOurs = async (url) => (await fetch(url, { redirect: "manual" })).headers.has("x-request-id");

async function tryToStart({ vars = {}, persistTo, port, certificate, cf } = {}) {
  const temporary = mkdtempSync(path.join(tmpdir(), "grantry-server-"));
  const secretsFile = path.join(temporary, "secrets.vars");
  writeFileSync(secretsFile, formatDotenv(secrets), { mode: 0o600 });
  const networkFile = path.join(temporary, "cf.json");
  if (cf) writeFileSync(networkFile, JSON.stringify(cf));

  const chosenPort = port ?? (await freePort());
  const secureUrl = certificate && `https://localhost:${chosenPort}`;
  const { url, args } = devArguments([
    ...["--port", String(chosenPort)],
    ...(certificate ? ["--local-protocol", "https", "--https-cert-path", certificate.certFile, "--https-key-path", certificate.keyFile] : []),
    ...Object.entries({ ...(secureUrl && { ISSUER: secureUrl }), ...vars }).flatMap(([name, value]) => ["--var", `${name}:${value}`]),
    // Instead of .dev.vars: a test never depends on what a developer keeps there.
    ...["--env-file", secretsFile, "--persist-to", persistTo ?? path.join(temporary, "state")],
  ]);
  const wrangler = startWrangler(args, {
    env: {
      GRANTRY_KEEP_BUILD: "1",
      ...(certificate && { NODE_EXTRA_CA_CERTS: certificate.certFile }),
      // From the file: nothing is fetched.
      ...(cf && { CLOUDFLARE_CF_FETCH_ENABLED: "true", CLOUDFLARE_CF_FETCH_PATH: networkFile }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const server = {
    url: secureUrl ?? url,
    logs: collect(wrangler),
    /** Ends wrangler and workerd as a power cut would. */
    async kill() {
      servers.delete(server);
      process.kill(-wrangler.pid, "SIGKILL");
      await wrangler.ended.catch(() => {});
    },
    async stop() {
      servers.delete(server);
      await stop(wrangler);
      rmSync(temporary, { recursive: true, force: true });
    },
  };
  servers.add(server);
  const isThere = await answers(server.url, wrangler, 180);
  if (isThere && (await isOurs(server.url))) return server;
  await server.stop();
  if (isThere) throw new Error(`Address already in use: somebody else answers at ${server.url}`);
  throw new Error(`The server did not start within three minutes. Its log:\n${server.logs()}`);
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

afterEach((test) => {
  if (test.passed) return;
  for (const { url, logs } of servers) console.error(`Log of ${url} when "${test.name}" failed:\n${logs()}`);
});

after(() => Promise.all([...servers].map((server) => server.stop())));
