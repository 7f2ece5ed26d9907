// Running `wrangler dev`, for npm start and for the tests.
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { Failure } from "./failure.mjs";
import { start } from "./run.mjs";
import { toolEnv } from "./toolchain.mjs";

const DEFAULT_PORT = 8787;

/**
 * Completes the arguments that the user gave to `wrangler dev`: the issuer has the same port unless it was given.
 * @param {string[]} given
 * @returns {{port: number, url: string, issuer: string, args: string[]}}
 */
export function devArguments(given) {
  const port = portOf(given) ?? DEFAULT_PORT;
  const url = `http://localhost:${port}`;
  // Both `--var ISSUER:x` and `--var=ISSUER:x`; --var takes several values, so its name need not be the argument before.
  const issuer = given.map((arg) => arg.match(/^(?:--var=)?ISSUER:(.*)$/)?.[1]).findLast((value) => value !== undefined);
  const args = [...given];
  if (portOf(given) === undefined) args.push("--port", String(port));
  if (issuer === undefined) args.push("--var", `ISSUER:${url}`);
  return { port, url, issuer: issuer ?? url, args };
}

function portOf(given) {
  const at = given.findLastIndex((arg) => /^--port(=|$)/.test(arg));
  if (at < 0) return undefined;
  const text = given[at].startsWith("--port=") ? given[at].slice("--port=".length) : given[at + 1];
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65536) return port;
  throw new Failure(`--port must be a number from 1 to 65535${text ? `, and ${text} is not` : ""}. Example: npm start -- --port 8788`);
}

/** Starts `wrangler dev`. @param {string[]} args */
export function startWrangler(args, { env = {}, stdio } = {}) {
  return start(["wrangler", "dev", ...args], { env: { ...toolEnv(), ...env }, stdio });
}

/** Waits until the server answers, whatever the answer is. Gives false if wrangler ended, or `seconds` passed, before. */
export async function answers(url, wrangler, seconds = Infinity) {
  let over = false;
  wrangler.ended.finally(() => (over = true)).catch(() => {});
  for (const end = Date.now() + seconds * 1000; !over && Date.now() < end; await sleep(100)) {
    try {
      const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(5000) });
      await response.body?.cancel();
      return true;
    } catch {
      // Not listening yet.
    }
  }
  return false;
}

/**
 * A free port, for tests. It is not one of the ephemeral ports: the system could give those to a connection, or to another test's
 * server, before this test listens on it.
 */
export async function freePort() {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    try {
      return await listen(port);
    } catch (error) {
      if (error.code !== "EADDRINUSE") throw error;
    }
  }
}

/** Fails with advice if the port is in use: the server there would be mistaken for this one. */
export async function requireFreePort(port) {
  try {
    await listen(port);
  } catch (error) {
    if (error.code !== "EADDRINUSE") throw error;
    throw new Failure(`Port ${port} is in use. Stop the program that uses it, or choose another port: npm start -- --port ${port + 1}`);
  }
}

function listen(port) {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(port, "localhost", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
