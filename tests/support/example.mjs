// The examples, started by the one command that their README names.
import { after, afterEach } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { collect, start, stop } from "../../scripts/lib/run.mjs";
import { toolEnv } from "../../scripts/lib/toolchain.mjs";
import { answers } from "../../scripts/lib/wrangler.mjs";

/**
 * Runs `npm start` in the folder of an example and waits for it to answer; it ends with the test file.
 * @param {string} name the folder below examples/
 * @param {string} url where it will answer
 * @param {{args?: string[], env?: Record<string, string>}} [options]
 */
export async function startExample(name, url, options = {}) {
  for (let tries = 1; ; tries++) {
    try {
      return await tryToStart(name, url, options);
    } catch (error) {
      // As with startServer: wrangler looks for ports of its own, and can lose the race for one.
      if (tries === 3 || !error.message.includes("Address already in use")) throw error;
    }
  }
}

async function tryToStart(name, url, { args = [], env = {} }) {
  const command = ["npm", "start", "--prefix", inRoot("examples", name), "--", ...args];
  const example = start(command, { env: { ...toolEnv(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const logs = collect(example);
  if (!(await answers(url, example, 60))) {
    await stop(example);
    throw new Error(`${name} did not start. Its log:\n${logs()}`);
  }
  afterEach((test) => {
    if (!test.passed) console.error(`Log of ${name} when "${test.name}" failed:\n${logs()}`);
  });
  after(() => stop(example));
  return { url, logs };
}
