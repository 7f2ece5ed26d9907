// npm run bench -- growth: whether what takes a moment today takes the same moment when there are many of everything.
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { newClient, newPerson } from "../../tests/support/administration.mjs";
import { basic, connection, pkce, SCOPE } from "../../tests/support/connection.mjs";
import { secrets } from "../../tests/support/secrets.mjs";
import { grantry, instrumented, login, signedIn, texts } from "../subjects/grantry.mjs";
import { request } from "./http.mjs";
import { cpuTime, measure, median, residentMemory, together } from "./measure.mjs";
import { table } from "./report.mjs";
import { always, asking, redeeming, rotating } from "./scenarios.mjs";
import { expireFamilies, growDirectory, growRegistry, rows } from "./seed.mjs";
import { ready, startWorkerd } from "./workerd.mjs";

const FULL = { rounds: 11, steps: 40, people: 1_000_000, fewPeople: 1_000, apps: 10_000, accounts: 10_000, grants: 1_000, families: 1_000, expired: 30_000 };
const QUICK = { rounds: 1, steps: 4, people: 20_000, fewPeople: 1_000, apps: 40, accounts: 40, grants: 12, families: 30, expired: 12_000 };
const FEW = { apps: 10 };

/** What may be lost at the most. */
const FLAT = 1.2;

export default async function growth({ quick, rounds, commit }) {
  const plan = { ...(quick ? QUICK : FULL), ...(rounds && { rounds }) };
  await grantry.prepare();
  const worlds = [];
  try {
    worlds.push(await grown("growth-small", { people: plan.fewPeople, apps: FEW.apps, accounts: 0 }));
    worlds.push(await grown("growth-large", plan));
    const [small, large] = worlds;
    const connected = await person(large);
    await connect(large, connected, plan.grants);
    // Measuring leaves families and sessions behind. A user whose account page is measured does nothing else, so only the named rows differ.
    const looking = { dozen: await person(large), grants: await person(large), hundred: await person(large), families: await person(large) };
    await connect(large, looking.dozen, 10);
    await connect(large, looking.grants, plan.grants);
    const busy = await person(large);
    for (const [one, families] of [[busy, plan.families], [looking.hundred, FULL_PAGE], [looking.families, plan.families]]) {
      await measure(large.server, redeeming(large.server.port, authorizing(large, one), redeem(large)), 1, families);
    }
    console.log("  all of them are there");

    // The account with few rows is a new one in each round, because measuring leaves families behind.
    const fresh = (world) => async () => own(world, await person(world));
    const known = (world, one, looking) => () => own(world, one, looking);
    const deployments = `${count(plan.fewPeople)} people and ${FEW.apps} apps → ${count(plan.people)} people, ${count(plan.apps)} apps and ${count(plan.accounts)} accounts`;
    const found = [
      [`${deployments}: what administrators and visitors do`, await compared(plan, small, everybodys, large, everybodys)],
      [`${deployments}: what one person does`, await compared(plan, small, fresh(small), large, fresh(large))],
      [`one account, 2 grants → ${count(plan.grants + 2)}`, await compared(plan, large, fresh(large), large, known(large, connected, looking.grants))],
      [`one account, 2 families → ${count(plan.families + 2)}`, await compared(plan, large, fresh(large), large, known(large, busy, looking.families))],
      [`one account, 12 grants → ${count(plan.grants + 2)}`, await compared(plan, large, lookingAt(looking.dozen), large, lookingAt(looking.grants))],
      [`one account, ${FULL_PAGE + 2} families → ${count(plan.families + 2)}`, await compared(plan, large, lookingAt(looking.hundred), large, lookingAt(looking.families))],
    ];
    const memory = worlds.map(({ server }) => residentMemory(server.pid));
    const cleanUp = await cleanedUp(large, busy, plan);
    await Promise.all(worlds.map(({ server }) => server.stop()));
    const text = page({ found, memory, bytes: bytes(small, large, plan, connected, cleanUp), cleanUp, plan, commit });
    const file = inRoot(quick ? "target/bench/results/growth.md" : "bench/results/growth.md");
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    console.log(`\n${text}\nWritten to ${path.relative(inRoot(), file)}.`);
  } finally {
    for (const { server } of worlds) await server.stop();
  }
}

const count = (number) => number.toLocaleString("en");

const start = (name, options) => startWorkerd({ ...instrumented, name }, texts, { log: "ignore", ...options });

/** A server with so many rows in its directory, apps, and accounts. */
async function grown(name, { people, apps, accounts }) {
  let server = await ready(await start(name));
  // The issuer contains the port, so a restarted server must keep it.
  const { port, url } = server;
  await newPerson(url);
  await newClient(url, { client_name: "The first of many", scope: SCOPE, published: true });
  // Until KV was told of it.
  while (rows(registry(server), "pending") > 0) await new Promise((resolve) => setTimeout(resolve, 50));
  await server.stop();
  growDirectory(directory(server), people);
  growRegistry(registry(server), apps - 1);
  server = await ready(await start(name, { port, keep: true }));
  const began = performance.now();
  await atATime(16, accounts, () => newPerson(url, { password: undefined }));
  console.log(`  ${name}: ${count(accounts)} accounts within ${((performance.now() - began) / 1000).toFixed(0)} s`);
  const app = await newClient(url, { scope: SCOPE });
  const single = await newClient(url, { scope: SCOPE, token_endpoint_auth_method: "none" });
  console.log(`  ${name}: ${count(people)} people, ${count(apps)} apps`);
  return { name, server, url, app, single };
}

async function atATime(many, all, make) {
  let next = 0;
  await Promise.all(Array.from({ length: many }, async () => {
    while (next < all) await make(next++);
  }));
}

const size = (file) => statSync(file).size;
const folderOf = (server, object) => path.join(server.folder, "storage", `${path.basename(server.folder)}-${object}`);
const databases = (server, object) => readdirSync(folderOf(server, object)).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name)).map((name) => path.join(folderOf(server, object), name));
const directory = (server) => databases(server, "Directory")[0];
const registry = (server) => databases(server, "Registry")[0];

/** A user who is signed in and allowed two apps, and the file of their account. */
async function person({ server, url, app, single }) {
  const before = new Set(databases(server, "Account"));
  const one = await signedIn(url, [app, single]);
  return { ...one, file: databases(server, "Account").find((file) => !before.has(file)) };
}

/** Makes the user allow so many apps. */
async function connect({ url }, { visitor, person }, many) {
  for (let made = 0; made < many; made++) {
    const app = await newClient(url, { client_name: `App ${made}`, scope: SCOPE });
    await visitor.allow(connection(url).authorizeUrl(app, pkce()), person);
  }
}

const proof = pkce();

function authorizing({ url, app }, { visitor }) {
  const asked = request("GET", connection(url).authorizeUrl(app, proof).slice(url.length), { cookie: visitor.cookies });
  return async (connection) => new URL((await connection.send(asked)).expect(303).header("location")).searchParams.get("code");
}

const redeem = ({ app }) => (code) => request("POST", "/token", basic(app), { grant_type: "authorization_code", code, redirect_uri: app.redirect_uris[0], code_verifier: proof.verifier });

/** So many families are looked through for the account page at most. */
const FULL_PAGE = 100;

/** The user opens the account page. */
const lookingAt = (one) => () => ({ "account page": always(request("GET", "/account", { cookie: one.visitor.cookies })) });

/** What a user does. First, while none of it exists, this user or another one opens the account page. */
async function own(world, one, looking = one) {
  const { url, app, single, server } = world;
  const authorize = authorizing(world, one);
  const newToken = async (connection) => (await connection.send(redeem(world)(await authorize(connection)))).expect(200).json().refresh_token;
  const signIn = await login(url, connection(url).authorizeUrl(app, proof), one.person);
  const logout = async (connection) => {
    const cookie = (await connection.send(signIn)).expect(303).cookies().join("; ");
    return request("POST", "/logout", { cookie, origin: url }, { decision: "confirm" });
  };
  one.rotating ??= rotating([one.tokens[1].refresh_token], (token) => request("POST", "/token", {}, { client_id: single.client_id, grant_type: "refresh_token", refresh_token: token }));
  return {
    ...lookingAt(looking)(),
    "authorize, remembered": asking(authorize),
    "code exchange": redeeming(server.port, authorize, redeem(world)),
    "refresh, rotating": one.rotating,
    "sign-in": always(signIn, 303),
    logout: {
      prepare: (count) => together(server.port, 1, Array.from({ length: count }, () => logout)),
      step: async (connection, { number, prepared }) => void (await connection.send(prepared[number])).expect(303),
    },
    revocation: {
      prepare: (count) => together(server.port, 1, Array.from({ length: count }, () => newToken)),
      step: async (connection, { number, prepared }) => void (await connection.send(request("POST", "/revoke", basic(app), { token: prepared[number] }))).expect(200),
    },
  };
}

/** An isolate searches a hundred times in ten seconds at most (decision 0042): this long apart, forty at a time are fewer. */
const BETWEEN_SEARCHES = 5_000;

/** What administrators and visitors do. */
function everybodys() {
  const administration = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
  const filter = new URLSearchParams({ filter: 'userName eq "grown-500"' });
  return {
    "list 100 people": always(request("GET", "/scim/v2/Users?count=100", administration)),
    "find a person": always(request("GET", `/scim/v2/Users?${filter}`, administration)),
    "list 10 apps": always(request("GET", "/register?limit=10", administration)),
    "first page of the catalogue": always(request("GET", "/apps.json")),
    "find one in the catalogue": { ...always(request("GET", "/apps.json?q=7+of+them")), prepare: () => pause(BETWEEN_SEARCHES) },
  };
}

/**
 * Each operation on one connection, there and here: rows read, which are the same at every run, and milliseconds, of which the
 * ratios of interleaved rounds are taken.
 */
async function compared({ rounds, steps }, there, before, here, after) {
  const found = {};
  // Round 0 warms up.
  for (let round = 0; round <= rounds; round++) {
    const [few, many] = [await before(), await after()];
    for (const name of Object.keys(few)) {
      const cost = [() => costs(there, few[name], steps), () => costs(here, many[name], steps)];
      const pair = [];
      // Another one first each time.
      for (const place of round % 2 ? [0, 1] : [1, 0]) pair[place] = await cost[place]();
      if (round > 0) (found[name] ??= []).push(pair);
    }
  }
  const middle = (all, what) => [0, 1].map((place) => median(all.map((pair) => pair[place][what])));
  return Object.entries(found).map(([name, all]) => ({
    name,
    rows: middle(all, "rows"),
    milliseconds: middle(all, "milliseconds"),
    ratio: median(all.map(([before, after]) => after.milliseconds / before.milliseconds)),
  }));
}

async function costs({ server }, { prepare, step }, steps) {
  const prepared = await prepare?.(steps, 1);
  const counts = async () => (await fetch(`${server.url}/counts`, { method: "POST" })).json();
  await counts();
  const { throughput } = await measure(server, { step: (connection, at) => step(connection, { ...at, prepared }) }, 1, steps);
  return { milliseconds: 1000 / throughput, rows: (await counts()).rowsRead / steps };
}

/** One run of the daily clean-up, on an account that has more to remove than one run may take. */
async function cleanedUp(world, { file }, { expired }) {
  const { port } = world.server;
  await world.server.stop();
  const [before, bytes] = [rows(file, "family"), size(file)];
  expireFamilies(file, expired);
  world.server = await ready(await start(world.name, { port, keep: true }));
  const began = performance.now();
  const cpuBefore = cpuTime(world.server.pid);
  let [left, since, done] = [before + expired, began, began];
  // It has had its turn when nothing has changed for some seconds.
  while (performance.now() - since < 5_000) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const found = rows(file, "family");
    if (found !== left) [left, since, done] = [found, performance.now(), performance.now()];
  }
  return { families: before, bytes, expired, removed: before + expired - left, seconds: (done - began) / 1000, cpu: cpuTime(world.server.pid) - cpuBefore };
}

/** What is on the disk, when nothing has it open. */
function bytes(small, large, plan, connected, cleanUp) {
  const account = Math.min(...databases(small.server, "Account").map(size));
  const login = (cleanUp.bytes - account) / cleanUp.families;
  const difference = (object, rows) => (size(databases(large.server, object)[0]) - size(databases(small.server, object)[0])) / rows;
  return {
    "an account at first": account,
    "a login in it": login,
    "a grant in it": (size(connected.file) - account - rows(connected.file, "family") * login) / plan.grants,
    "a person in the directory": difference("Directory", plan.people - plan.fewPeople),
    "a client in the registry": difference("Registry", plan.apps - FEW.apps + 2 * plan.grants + 10),
  };
}

function page({ found, memory, bytes, cleanUp, plan, commit }) {
  const rounded = (value) => value.toFixed(value < 10 ? 2 : 0);
  const comparison = ([title, rows]) => `## ${title[0].toUpperCase()}${title.slice(1)}\n\n${table(["operation", "rows read", "ms", "ratio of ms", ""], rows.map(({ name, rows, milliseconds, ratio }) => [name, rows.map(Math.round).map(count).join(" → "), milliseconds.map(rounded).join(" → "), ratio.toFixed(2), ratio <= FLAT ? "flat" : "**grows**"]))}`;
  return `# Growth

Made by \`npm run bench -- growth\` at commit ${commit}: one operation on one connection, with few and with many, in ${plan.rounds} interleaved
rounds of ${plan.steps}; the median ratio is shown, and up to ${FLAT} counts as flat. Rows read are exact.

${found.map(comparison).join("\n\n")}

With few apps, the first page of the catalogue is not full and a search ends sooner. With few grants, the account page lists two apps instead
of ten; with 12 grants or 100 families it has its full length.

## Memory

The server's process had ${memory.map((bytes) => `${(bytes / 1024 / 1024).toFixed(0)} MB`).join(" with few and ")} with many.

## Bytes on the disk

${table(["what", "bytes"], Object.entries(bytes).map(([what, number]) => [what, count(Math.round(number))]))}

## Clean-up

Of ${count(cleanUp.expired)} families of one account that could be removed, one run of its alarm removed ${count(cleanUp.removed)}, within ${cleanUp.seconds.toFixed(1)} s and ${(cleanUp.cpu / 1000).toFixed(1)} s of
CPU, including the start of the server. The rest is removed the next day, or two at a time by sign-ins and redemptions.
`;
}
