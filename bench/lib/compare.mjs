// The comparison: rounds, in each of which every subject does every operation right after the others did.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, loadavg, release } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { Failure } from "../../scripts/lib/failure.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { beside, floor, FLOOR_OF } from "../subjects/floor.mjs";
import { grantry } from "../subjects/grantry.mjs";
import { oidcProvider } from "../subjects/oidc-provider.mjs";
import { openauth } from "../subjects/openauth.mjs";
import { workersOauthProvider } from "../subjects/workers-oauth-provider.mjs";
import { Connection, request } from "./http.mjs";
import { measure, residentMemory } from "./measure.mjs";
import { markdown } from "./report.mjs";

/**
 * @typedef {object} Subject
 * @property {string} name
 * @property {() => Promise<void>} prepare builds or installs it
 * @property {(options?: object) => Promise<object>} start starts its server on fresh storage
 * @property {(server: object) => Promise<Record<string, import("./measure.mjs").Scenario>>} scenarios people and clients are made, and
 *   what can be measured
 * @property {string} firstRequest what a fresh server is asked
 * @property {() => string} [version]
 * @property {boolean} [durable] of a peer: whether what it answered survives a power cut
 */

/** @type {Subject[]} */
export const SUBJECTS = [floor, grantry, workersOauthProvider, openauth, oidcProvider];

const CONNECTIONS = [1, 16, 64];

/** How many steps on so many connections; a sign-in computes for twenty milliseconds. */
const STEPS = { 1: 250, 16: 1_000, 64: 1_500 };
const SIGN_INS = { 1: 20, 16: 48, 64: 64 };

const FULL = { rounds: 7, share: 1, coldStarts: 20, requestsBeforeMemory: 10_000 };
const QUICK = { rounds: 1, share: 0.05, coldStarts: 2, requestsBeforeMemory: 200 };

/** Where the whole run goes, and where any other does, which is no result. */
const RESULTS = "bench/results";
const ASIDE = "target/bench/results";

export default async function compare({ quick, rounds, subjects: wanted, scenarios: only, commit }) {
  const plan = { ...FULL, ...(quick && QUICK), ...(rounds && { rounds }) };
  const folder = quick || rounds || wanted || only ? ASIDE : RESULTS;
  const subjects = chosen(wanted);
  for (const subject of subjects) await subject.prepare();
  const results = {
    date: new Date().toISOString(),
    commit,
    machine: { processor: cpus()[0].model, cores: cpus().length, kernel: release(), node: process.version, workerd: workerdVersion(), load: loadavg()[0] },
    rounds: plan.rounds,
    subjects: Object.fromEntries(subjects.map(({ name, version, durable }) => [name, { version: version?.(), durable }])),
    sizes: sizes(subjects),
    coldStarts: await coldStarts(subjects, plan),
    ...(await inRounds(subjects, only, plan)),
  };
  const file = inRoot(folder, `${results.date.slice(0, 10)}`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(`${file}.json`, `${JSON.stringify(results, undefined, 1)}\n`);
  writeFileSync(`${file}.md`, markdown(results));
  console.log(`\n${markdown(results)}\nWritten to ${path.relative(inRoot(), file)}.md and .json.`);
}

function chosen(names) {
  const unknown = names?.find((name) => !SUBJECTS.some((subject) => subject.name === name));
  if (unknown) throw new Failure(`There is no subject ${unknown}. There are: ${SUBJECTS.map(({ name }) => name).join(", ")}.`);
  return names ? SUBJECTS.filter(({ name }) => names.includes(name)) : SUBJECTS;
}

/** How long the first request to a fresh server takes, in milliseconds, and all of it from the start of the process. */
async function coldStarts(subjects, { coldStarts: times }) {
  const found = Object.fromEntries(subjects.map(({ name }) => [name, { firstRequest: [], fromStart: [] }]));
  for (let time = 0; time < times; time++) {
    for (const subject of subjects) {
      const server = await subject.start({ log: "ignore" });
      const connection = await listening(server.port);
      const asked = performance.now();
      (await connection.send(request("GET", subject.firstRequest))).expect(200);
      const answered = performance.now();
      found[subject.name].firstRequest.push(answered - asked);
      found[subject.name].fromStart.push(answered - server.began);
      connection.close();
      await server.stop();
    }
    progress(`cold starts ${time + 1}/${times}`);
  }
  return found;
}

/** Connects as soon as a server lets one. */
async function listening(port) {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    try {
      return await Connection.open(port);
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }
  throw new Error("a server does not start");
}

async function inRounds(subjects, only, { rounds, share, requestsBeforeMemory }) {
  const running = [];
  try {
    for (const subject of subjects) {
      const server = await subject.start({ log: "ignore" });
      running.push({ name: subject.name, server, scenarios: await subject.scenarios(server) });
      progress(`${subject.name} is there`);
    }
    const names = Object.keys(FLOOR_OF).filter((name) => !only || only.includes(name));
    const operations = names.map((name) => ({ name, all: measurements(running, name) })).filter(({ all }) => all.length > 0);
    const figures = {};
    // Round 0 warms everything up and is forgotten.
    for (let round = 0; round <= rounds; round++) {
      for (const { name, all } of operations) {
        for (const connections of CONNECTIONS) {
          for (const { subject, server, what, scenario } of inTurn(all, round)) {
            const count = Math.max(connections, Math.ceil((what === "sign-in" ? SIGN_INS : STEPS)[connections] * (round === 0 ? Math.min(share, 0.2) : share)));
            const found = await measure(server, scenario, connections, count).catch((error) => {
              throw new Error(`${subject}, ${what}, ${connections} connections: ${error.message}`);
            });
            if (round > 0) keep(((figures[subject] ??= {})[what] ??= {})[connections] ??= {}, found);
          }
        }
        progress(`round ${round}/${rounds}: ${name}`);
      }
    }
    return { figures, memory: await memory(running, requestsBeforeMemory) };
  } finally {
    for (const { server } of running) await server.stop();
  }
}

/** What is measured at the same time: an operation of each subject that has it, and what of the floor it is compared to. */
function measurements(running, operation) {
  return running.flatMap(({ name: subject, server, scenarios }) => {
    const ways = subject === floor.name ? FLOOR_OF[operation].map((what) => [beside(operation, what), scenarios[what]]) : [[operation, scenarios[operation]]];
    return ways.filter(([, scenario]) => scenario).map(([what, scenario]) => ({ subject, server, what, scenario }));
  });
}

/**
 * Another one begins each second round, so that none is always the one that runs on what its neighbour left; between these they go
 * backwards, so that a machine that becomes slower or faster does so for none more than for another.
 */
function inTurn(all, round) {
  const first = (round >> 1) % all.length;
  const forwards = [...all.slice(first), ...all.slice(0, first)];
  return round % 2 === 0 ? forwards : forwards.reverse();
}

function keep(place, found) {
  for (const [what, value] of Object.entries(found)) (place[what] ??= []).push(value);
}

/** Resident memory after so many refreshes, which all of them have; of the floor, as many rows. */
async function memory(running, count) {
  const found = {};
  for (const { name, server, scenarios } of running) {
    await measure(server, scenarios["refresh, rotating, no ID token"] ?? scenarios.row, 16, count);
    found[name] = residentMemory(server.pid);
  }
  return { requests: count, bytes: found };
}

function sizes(subjects) {
  const files = subjects.filter(({ wasm }) => wasm).map(({ name, wasm }) => [name, readFileSync(wasm)]);
  return Object.fromEntries(files.map(([name, bytes]) => [name, { raw: bytes.length, gzipped: gzipSync(bytes, { level: 9 }).length }]));
}

const workerdVersion = () => JSON.parse(readFileSync(inRoot("node_modules/workerd/package.json"), "utf8")).version;

function progress(text) {
  console.log(`  ${text}`);
}
