// How many clients register themselves, and how long they stay, over HTTP and across restarts on the same storage.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { ageStrangers } from "../../../bench/lib/seed.mjs";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { administer, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const persistTo = mkdtempSync(path.join(tmpdir(), "grantry-strangers-"));
after(() => rmSync(persistTo, { recursive: true, force: true }));
const port = await freePort();
const DAY = 86_400;
/** What one isolate lets through in its window, and one network in an hour. */
const [OF_AN_ISOLATE, OF_A_NETWORK] = [10, 20];

let server;
/** Starts the server, again on what it has stored: a new isolate, whose window is empty. */
async function restart(meanwhile = () => {}) {
  await server?.stop();
  meanwhile();
  server = await startServer({ persistTo, port, vars: { DYNAMIC_REGISTRATION: "open" } });
}

/** A registration from an address, which the platform passes in this header; a client on the network cannot set it. */
async function register(address) {
  const body = JSON.stringify({ client_name: "Stranger", redirect_uris: ["https://app.example.com/callback"], grant_types: ["authorization_code", "refresh_token"] });
  const response = await fetch(`${server.url}/register`, { method: "POST", headers: { "content-type": "application/json", "cf-connecting-ip": address }, body });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

const registered = async () => (await administer(server.url, "GET", "/register?limit=100", undefined, 200)).clients.map(({ client_id }) => client_id);
const registry = () => {
  const folder = path.join(persistTo, "v3/do/grantry-Registry");
  const [file] = readdirSync(folder).filter((name) => /^[0-9a-f]{64}\.sqlite$/.test(name));
  return path.join(folder, file);
};

/** An error as the RFC defines it: JSON that is not stored, and the time of the next attempt. */
function isRefused({ status, headers, json }, expected) {
  assert.deepEqual([status, json.error, Object.keys(json).sort()], [expected, "temporarily_unavailable", ["error", "error_description"]]);
  assert.match(headers.get("content-type"), /^application\/json/);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.match(headers.get("retry-after"), /^[1-9]\d*$/);
}

// spec: RFC 7591 section 3.2.2 - a refusal is JSON with error and error_description
test("strangers register a limited number of clients; a day later the unused ones are gone", async () => {
  await restart();
  const ada = await newPerson(server.url);
  const made = [];
  while (made.length < OF_A_NETWORK) {
    if (made.length > 0) await restart();
    for (let count = 0; count < OF_AN_ISOLATE; count++) {
      const one = await register(`2001:db8:1:22${made.length.toString(16).padStart(2, "0")}::1`);
      assert.equal(one.status, 201, JSON.stringify(one.json));
      made.push(one.json);
    }
  }
  await restart();
  const before = await registered();
  assert.equal(before.length, OF_A_NETWORK);
  isRefused(await register("2001:db8:1:22ff::1"), 429);
  assert.deepEqual(await registered(), before, "nothing was stored");
  assert.equal((await register("2001:db8:1:2300::1")).status, 201, "the network beside it is another");

  const [used, unused] = made;
  const { authorizeUrl, redeem, refresh } = connection(server.url);
  const proof = pkce();
  const answer = await new Visitor(server.url).allow(authorizeUrl(used, proof, { scope: "openid offline_access" }), ada);
  const { status, body } = await redeem(used, answer, proof.verifier);
  assert.equal(status, 200, JSON.stringify(body));
  await restart(() => ageStrangers(registry(), DAY));
  const end = Date.now() + 30_000;
  while ((await registered()).length > 1 && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.deepEqual(await registered(), [used.client_id], "what nobody used is gone, what was used stays");
  assert.equal((await refresh(used, body.refresh_token)).status, 200);
  const gone = await fetch(unused.registration_client_uri, { headers: { authorization: `Bearer ${unused.registration_access_token}` } });
  assert.equal(gone.status, 401);
  const page = await new Visitor(server.url).open(authorizeUrl(unused, pkce()));
  assert.deepEqual([page.left, page.status], [undefined, 400]);
  assert.equal((await register("2001:db8:1:22ff::1")).status, 201, "that network may register again");

  const crowd = await Promise.all(Array.from({ length: 4 * OF_AN_ISOLATE }, (_, number) => register(`198.51.${number}.1`)));
  const turnedAway = crowd.filter(({ status }) => status !== 201);
  assert.notEqual(turnedAway.length, 0, "from wherever they come");
  for (const one of turnedAway) isRefused(one, 503);
});
