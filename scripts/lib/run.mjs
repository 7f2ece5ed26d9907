// Starting other programs: each in a process group of its own, so that ending this program ends all they started too.
import { spawn } from "node:child_process";
import { Failure } from "./failure.mjs";
import { ROOT } from "./paths.mjs";

/**
 * Runs a script's body, or prints what the command does if the user asks for help. A Failure ends it with the message alone; any
 * other error is a bug and is shown with its stack.
 * @param {string} help what the command does, its options and an example
 * @param {() => Promise<void>} body
 */
export async function main(help, body) {
  if (process.argv.slice(2).some((argument) => argument === "--help" || argument === "-h")) {
    console.log(help);
    return;
  }
  try {
    await body();
  } catch (error) {
    // The user pressed Ctrl-C, so they need no message about the step that failed.
    if (ending) return;
    console.error(error instanceof Failure ? `\nerror: ${error.message}` : error);
    process.exit(1);
  }
}

/** @type {Set<import("node:child_process").ChildProcess>} */
const running = new Set();
let ending = false;

const signalGroup = (child, signal) => {
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
};

// npm signals the shell that runs a script, not the script, so package.json uses `exec`.
// wrangler's own children outlive a killed wrangler, so every end of this program ends all groups.
const killAll = () => running.forEach((child) => signalGroup(child, "SIGKILL"));
process.on("exit", killAll);
// The test runner rethrows an error that a file throws outside its tests, and such an end causes no "exit" event.
process.on("uncaughtExceptionMonitor", killAll);
for (const [signal, code] of [["SIGHUP", 129], ["SIGINT", 130], ["SIGTERM", 143]]) {
  process.on(signal, async () => {
    ending = true;
    await Promise.all([...running].map(stop));
    process.exit(code);
  });
}

/**
 * Starts a program in its own process group.
 * @param {string[]} command the program and its arguments
 * @param {{env?: NodeJS.ProcessEnv, stdio?: import("node:child_process").StdioOptions}} [options]
 * @returns {import("node:child_process").ChildProcess & {ended: Promise<number>}} `ended` gives the exit code
 */
export function start([program, ...args], { env = process.env, stdio = ["ignore", "inherit", "inherit"] } = {}) {
  const child = spawn(program, args, { cwd: ROOT, env, stdio, detached: true });
  if (child.pid) running.add(child);
  child.ended = new Promise((resolve, reject) => {
    child.on("error", (error) => {
      const missing = error.code === "ENOENT";
      reject(missing ? new Failure(`${program} was not found on the PATH. Install it and try again.`) : error);
    });
    child.on("exit", () => {
      // What the program left in its group serves no purpose any more, and would keep our pipes open.
      signalGroup(child, "SIGKILL");
      running.delete(child);
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
  // The failure is reported where `ended` is awaited, which may be later than it happens.
  child.ended.catch(() => {});
  return child;
}

/** Ends a program and all it started: politely first, after five seconds by force. */
export async function stop(child) {
  const force = setTimeout(() => signalGroup(child, "SIGKILL"), 5000);
  signalGroup(child, "SIGTERM");
  await child.ended.catch(() => {});
  clearTimeout(force);
}

/**
 * Runs one step of a script and prints its title and progress. The program's own output is shown only if it fails.
 * @param {string} title
 * @param {string[]} command
 * @param {{env?: NodeJS.ProcessEnv, hint?: string}} [options] the hint says what to do when it fails
 */
export async function step(title, command, { env, hint } = {}) {
  const began = Date.now();
  const seconds = () => Math.round((Date.now() - began) / 1000);
  console.log(`${title} ...`);
  const child = start(command, { env, stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  const lastLine = () => output().trimEnd().split("\n").at(-1).trim();
  const alive = setInterval(() => console.log(`${title}, ${seconds()} s: ${lastLine()}`), 15_000);
  try {
    if ((await child.ended) !== 0) {
      if (!ending) process.stderr.write(output());
      throw new Failure([`\`${command.join(" ")}\` failed; its output is above.`, hint].filter(Boolean).join("\n"));
    }
    console.log(`${title}: done in ${seconds()} s`);
  } finally {
    clearInterval(alive);
  }
}

/** Collects what a program prints; call the result for the text so far. */
export function collect(child) {
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  child.stderr?.on("data", (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}

/** The first line a program prints, or undefined when it cannot be started or fails. */
export async function firstLine(command, { env } = {}) {
  const child = start(command, { env, stdio: ["ignore", "pipe", "ignore"] });
  const output = collect(child);
  const code = await child.ended.catch(() => 1);
  return code === 0 ? output().split("\n")[0] : undefined;
}
