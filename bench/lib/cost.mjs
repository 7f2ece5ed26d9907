// npm run bench -- cost: what the platform bills for, counted on instrumented runs, times its published prices.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { grantry } from "../subjects/grantry.mjs";
import { openauth } from "../subjects/openauth.mjs";
import { workersOauthProvider } from "../subjects/workers-oauth-provider.mjs";
import { Connection } from "./http.mjs";
import { measure } from "./measure.mjs";
import { table } from "./report.mjs";
import { ready } from "./workerd.mjs";

/** Dollars for a million, beyond what a plan includes. */
const PRICES = {
  requests: 0.3,
  cpu: 0.02,
  objectRequests: 0.15,
  rowsRead: 0.001,
  rowsWritten: 1,
  kvReads: 0.5,
  kvWrites: 5,
  kvDeletes: 5,
  kvLists: 5,
};
const DOLLARS_PER_GB_SECOND = 12.5 / 1e6;

/** An object is billed for 128 MB as long as it works; how long that is in production is not known here. */
const ASSUMED_SECONDS_PER_OBJECT_REQUEST = 0.01;

/** What the free plan has for a day. */
const FREE = { requests: 100_000, objectRequests: 100_000, rowsRead: 5_000_000, rowsWritten: 100_000, kvReads: 100_000, kvWrites: 1_000, kvDeletes: 1_000, kvLists: 1_000 };

const SOURCES = [
  ["Workers and KV", "https://developers.cloudflare.com/workers/platform/pricing/"],
  ["Durable Objects", "https://developers.cloudflare.com/durable-objects/platform/pricing/"],
  ["KV", "https://developers.cloudflare.com/kv/platform/pricing/"],
];
const READ_ON = "22 November 2026";

/** What is reported, of which operations each consists: a login of somebody who is signed in is to authorize and to redeem. */
const REPORTED = {
  "login, signed in, RS256 ID token": ["authorize, remembered", "code exchange, RS256 ID token"],
  "login, signed in, no ID token": ["authorize, remembered", "code exchange, no ID token"],
  "login through the pages": ["login through the pages"],
  "refresh, rotating, RS256 ID token": ["refresh, rotating, RS256 ID token"],
  "refresh, rotating, no ID token": ["refresh, rotating, no ID token"],
  "refresh, not rotating": ["refresh, not rotating"],
  "API check: userinfo": ["userinfo"],
  "API check: introspection": ["introspection"],
  "client credentials": ["client credentials"],
};

/** Rows whose deletion is billed when they have expired: a family for each login, a session too where one was opened. */
const DELETED_LATER = { grantry: { "login, signed in, RS256 ID token": 1, "login, signed in, no ID token": 1, "login through the pages": 2 } };

const COUNTED = 20;

export default async function cost({ quick, commit }) {
  const found = {};
  for (const subject of [grantry, workersOauthProvider, openauth]) {
    await subject.prepare();
    const counts = await counted(subject);
    const cpu = await computed(subject, quick ? 32 : 1_000);
    found[subject.name] = Object.fromEntries(Object.keys(counts).map((name) => [name, { ...counts[name], cpu: cpu[name] }]));
    console.log(`  ${subject.name} is counted`);
  }
  const file = inRoot(quick ? "target/bench/results/cost.md" : "bench/cost.md");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, page(found, commit));
  console.log(`\n${page(found, commit)}\nWritten to ${path.relative(inRoot(), file)}.`);
}

/** What one of each operation costs the platform. */
async function counted(subject) {
  const kvPort = await freePort();
  const start = subject.startCounting ?? subject.start;
  const server = await start({ log: "ignore", kvPort });
  try {
    const scenarios = await subject.scenarios(server);
    const through = await subject.loginThroughPages?.(server);
    const found = {};
    for (const [name, { prepare, step }] of Object.entries(scenarios)) {
      const prepared = await prepare?.(2 * COUNTED, 1);
      found[name] = await between(server, kvPort, subject, async (connection, number) => step(connection, { place: 0, number, prepared }));
    }
    if (through) found["login through the pages"] = await between(server, kvPort, subject, through);
    return found;
  } finally {
    await server.stop();
  }
}

async function between(server, kvPort, subject, step) {
  const connection = await Connection.open(server.port);
  const take = async () => {
    const kv = await (await fetch(`http://localhost:${kvPort}/`, { method: "POST" })).json();
    const own = subject.startCounting ? await (await fetch(`${server.url}/counts`, { method: "POST" })).json() : {};
    return { ...own, ...kv };
  };
  // The first ones make what is made once.
  for (let number = 0; number < COUNTED; number++) await step(connection, number);
  await take();
  for (let number = COUNTED; number < 2 * COUNTED; number++) await step(connection, number);
  const counts = await take();
  connection.close();
  return Object.fromEntries(Object.entries(counts).map(([what, count]) => [what, count / COUNTED]));
}

/** Milliseconds of CPU of each operation, without the counters. */
async function computed(subject, count) {
  const server = await subject.start({ log: "ignore" });
  try {
    const scenarios = await subject.scenarios(server);
    const found = {};
    for (const [name, scenario] of Object.entries(scenarios)) {
      const steps = name === "sign-in" ? Math.ceil(count / 10) : count;
      await measure(server, scenario, 16, Math.ceil(steps / 4));
      found[name] = (await measure(server, scenario, 16, steps)).cpu;
    }
    if (subject.loginThroughPages) {
      const step = await subject.loginThroughPages(await ready(server));
      found["login through the pages"] = (await measure(server, { step }, 1, Math.ceil(count / 20))).cpu;
    }
    return found;
  } finally {
    await server.stop();
  }
}

/** The costs of what is reported, or nothing if the subject cannot do all of it. */
function costsOf(subject, found, name) {
  const parts = REPORTED[name].map((operation) => found[operation]);
  if (parts.includes(undefined)) return undefined;
  const sum = {};
  for (const [place, part] of parts.entries()) {
    // Where the Worker is not asked itself: one request for each operation, but two to authorize at OpenAuth.
    const requests = part.requests ?? (subject === openauth.name && REPORTED[name][place] === "authorize, remembered" ? 2 : 1);
    for (const [what, count] of Object.entries({ ...part, requests })) sum[what] = (sum[what] ?? 0) + count;
  }
  sum.rowsWritten = (sum.rowsWritten ?? 0) + (DELETED_LATER[subject]?.[name] ?? 0);
  return sum;
}

function dollarsForAMillion(costs) {
  const priced = Object.entries(PRICES).reduce((sum, [what, price]) => sum + (costs[what] ?? 0) * price, 0);
  return priced + (costs.objectRequests ?? 0) * ASSUMED_SECONDS_PER_OBJECT_REQUEST * 0.128 * DOLLARS_PER_GB_SECOND * 1e6;
}

/** How often a day, and what ends first. */
function freePerDay(costs) {
  const [what, times] = Object.entries(FREE)
    .filter(([what]) => costs[what] > 0)
    .map(([what, limit]) => [what, Math.floor(limit / costs[what])])
    .sort(([, a], [, b]) => a - b)[0];
  return `${times.toLocaleString("en")} (${WORDS[what]})`;
}

const WORDS = { requests: "requests", objectRequests: "object requests", rowsRead: "rows read", rowsWritten: "rows written", kvReads: "KV reads", kvWrites: "KV writes", kvDeletes: "KV deletes", kvLists: "KV lists" };

function page(found, commit) {
  const number = (value) => (value === undefined || value === 0 ? "0" : Number(value.toFixed(2)).toString());
  const rows = Object.keys(REPORTED).flatMap((name) =>
    Object.keys(found).flatMap((subject) => {
      const costs = costsOf(subject, found[subject], name);
      if (!costs) return [];
      const kv = [costs.kvReads, costs.kvWrites, costs.kvDeletes, costs.kvLists].map(number).join(" / ");
      return [[name, subject, number(costs.requests), number(costs.objectRequests), number(costs.rowsRead), number(costs.rowsWritten), kv, costs.cpu.toFixed(2), `$${dollarsForAMillion(costs).toFixed(2)}`, freePerDay(costs)]];
    }),
  );
  const prices = Object.entries(PRICES).map(([what, price]) => [what === "cpu" ? "milliseconds of CPU" : WORDS[what], `$${price}`]);
  return `# Cost

Written by \`npm run bench -- cost\` at commit ${commit}. Operations are counted in an instrumented run of each subject, ${COUNTED} of each after as
many for warming up. Rows include alarms and, for logins, the later deletion of what they wrote. CPU is that of the whole process on
the measuring machine, including its objects. Amounts that the paid plan ($5 a month) includes are not subtracted.

Operations follow one another at once, so caches are filled: the client and, for an API check, the signature in the isolate; sessions and
grants in the user's object. With empty caches a login of Grantry reads seven rows more, which is $0.007 for a million, and the client
from KV.

${table(["operation", "subject", "requests", "object requests", "rows read", "rows written", "KV reads / writes / deletes / lists", "CPU ms", "a million", "a day on the free plan"], rows)}

The cost of a password is the CPU of a login through the pages. The free plan allows 10 ms for a request, which is not enough for
argon2id, so the last column of that row is about storage only. Workers KV guarantees no order: with peers that redeem codes in KV, two
clients that redeem the same code in two places may both get tokens.

## Prices

Published prices for a million, beyond what a plan includes, read on ${READ_ON}: ${SOURCES.map(([name, url]) => `[${name}](${url})`).join(", ")}.

${table(["what", "a million"], [...prices, ["GB-seconds of objects", "$12.5"]])}

Objects are billed for 128 MB while they work. How long that is can be seen only in production; the table assumes ${ASSUMED_SECONDS_PER_OBJECT_REQUEST * 1000} ms for each request
to an object, $${(ASSUMED_SECONDS_PER_OBJECT_REQUEST * 0.128 * 12.5).toFixed(3)} for a million.
`;
}
