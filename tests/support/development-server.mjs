// The built Worker under `wrangler dev`, as a developer runs it.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, afterEach } from "node:test";
import { formatDotenv } from "../../scripts/lib/keys.mjs";
import { collect, stop } from "../../scripts/lib/run.mjs";
import { answers, devArguments, startWrangler } from "../../scripts/lib/wrangler.mjs";
import "./ending.mjs";
import { secrets } from "./secrets.mjs";
import { despiteRaces } from "./server.mjs";

const servers = new Set();

/**
 * Starts a server on the build as it is. It ends with the test file at the latest, and its log is shown when a test fails.
 * @param {{persistTo: string, port: number}} options
 * @returns {Promise<{url: string, kill: () => Promise<void>, stop: () => Promise<void>}>}
 */
export const startDevelopmentServer = (options) => despiteRaces(() => tryToStart(options));

/** Another wrangler may have begun to listen where this one was told to. */
const isOurs = async (url) => (await fetch(url, { redirect: "manual" })).headers.has("x-request-id");

async function tryToStart({ persistTo, port }) {
  const temporary = mkdtempSync(path.join(tmpdir(), "grantry-server-"));
  const secretsFile = path.join(temporary, "secrets.vars");
  writeFileSync(secretsFile, formatDotenv(secrets), { mode: 0o600 });
  // The file instead of .dev.vars: a test never depends on what a developer keeps there.
  const { url, args } = devArguments(["--port", String(port), "--env-file", secretsFile, "--persist-to", persistTo]);
  const wrangler = startWrangler(args, { env: { GRANTRY_KEEP_BUILD: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  const server = {
    url,
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

afterEach((test) => {
  if (test.passed) return;
  for (const { url, logs } of servers) console.error(`Log of ${url} when "${test.name}" failed:\n${logs()}`);
});

after(() => Promise.all([...servers].map((server) => server.stop())));
