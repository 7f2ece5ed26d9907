// Requests in closed loops: each connection sends the next one when it has the answer.
import { readFileSync, readdirSync } from "node:fs";
import { Connection } from "./http.mjs";

/**
 * What a subject can do.
 * @typedef {object} Scenario
 * @property {(count: number, connections: number) => Promise<unknown>} [prepare] makes what `count` steps need, before the clock starts
 * @property {(connection: Connection, at: {place: number, number: number, prepared: unknown}) => Promise<void>} step
 *   one operation, and the check of its answer; place: which of the connections it is; number: which of the steps
 */

/**
 * @typedef {object} Figures
 * @property {number} throughput steps per second
 * @property {number} p50 milliseconds
 * @property {number} p99
 * @property {number} cpu milliseconds of the server's process per step, user and system
 */

/**
 * Does `count` steps on so many connections.
 * @param {{port: number, pid: number}} server
 * @param {Scenario} scenario
 * @returns {Promise<Figures>}
 */
export async function measure(server, { prepare, step }, connections, count) {
  const prepared = await prepare?.(count, connections);
  const open = await Promise.all(Array.from({ length: connections }, () => Connection.open(server.port)));
  const times = [];
  let number = 0;
  const cpuBefore = cpuTime(server.pid);
  const began = performance.now();
  await Promise.all(open.map(async (connection, place) => {
    while (number < count) {
      const at = { place, number: number++, prepared };
      const sent = performance.now();
      await step(connection, at);
      times.push(performance.now() - sent);
    }
  }));
  const took = performance.now() - began;
  const cpu = cpuTime(server.pid) - cpuBefore;
  for (const connection of open) connection.close();
  times.sort((a, b) => a - b);
  return { throughput: (count / took) * 1000, p50: quantile(times, 0.5), p99: quantile(times, 0.99), cpu: cpu / count };
}

/** Does the steps on so many connections, and gives what each came to; for preparations. */
export async function together(port, connections, steps) {
  const open = await Promise.all(Array.from({ length: Math.min(connections, steps.length) }, () => Connection.open(port)));
  const results = new Array(steps.length);
  let next = 0;
  await Promise.all(open.map(async (connection) => {
    while (next < steps.length) {
      const place = next++;
      results[place] = await steps[place](connection);
    }
  }));
  for (const connection of open) connection.close();
  return results;
}

/** What a process has computed so far, in milliseconds, in all threads that it has: to the nanosecond, where its own total is in hundredths of a second. */
export function cpuTime(pid) {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => sum + nanoseconds(`/proc/${pid}/task/${thread}/schedstat`), 0) / 1e6;
}

/** What a thread has computed; of one that has just ended, nothing. */
function nanoseconds(file) {
  try {
    return Number(readFileSync(file, "utf8").split(" ")[0]);
  } catch (error) {
    if (["ENOENT", "ESRCH"].includes(error.code)) return 0;
    throw error;
  }
}

/** What a process holds of the machine's memory, in bytes. */
export function residentMemory(pid) {
  return Number(readFileSync(`/proc/${pid}/status`, "utf8").match(/^VmRSS:\s*(\d+) kB$/m)[1]) * 1024;
}

/** @param {number[]} sorted */
export function quantile(sorted, share) {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

/** The middle one, or the middle of the two that are. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
