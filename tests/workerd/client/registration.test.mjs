// Clients registered and managed over HTTP (RFC 7591, RFC 7592) in workerd, and their way into KV by the object's alarm.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { startObjects } from "../../support/objects.mjs";
import { secrets } from "../../support/secrets.mjs";
import { ask as askObject } from "../../support/wire.mjs";

const ISSUER = "http://localhost:8787";
const { miniflare, registryStub } = await startObjects({ vars: { ISSUER } });
const kv = await miniflare.getKVNamespace("CLIENTS");

const ADMIN = `Bearer ${secrets.ADMIN_TOKEN}`;
const CALLBACK = "https://app.example.com/callback";
const fresh = (name) => `${name}-${randomBytes(6).toString("hex")}`;
const keyOf = (clientId) => `t0/client/1/${clientId}`;

/** One request through the Worker. */
async function send(method, path, { authorization = ADMIN, body } = {}) {
  const headers = { ...(authorization && { authorization }), ...(body && { "content-type": "application/json" }) };
  const url = path.startsWith(ISSUER) ? path : ISSUER + path;
  const response = await miniflare.dispatchFetch(url, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, json: text.startsWith("{") ? JSON.parse(text) : undefined };
}

async function register(more = {}) {
  const answer = await send("POST", "/register", { body: { client_name: "App", redirect_uris: [CALLBACK], ...more } });
  assert.equal(answer.status, 201, JSON.stringify(answer.json));
  return answer.json;
}

/** What KV holds for a client as soon as `wanted` is true of it. */
async function inKv(clientId, wanted = (value) => value !== null) {
  for (let tries = 0; tries < 100; tries++) {
    const value = await kv.get(keyOf(clientId));
    if (wanted(value)) return value;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`KV does not get there for ${clientId}`);
}

// spec: RFC 7591 section 3.2.1 - the answer to a registration
// spec: RFC 7592 section 2 - read, update and delete with the registration access token
test("a client is registered, read, changed and deleted", async () => {
  const made = await register();
  assert.match(made.client_id, /^c_[\w-]{30}$/);
  assert.match(made.client_secret, /^gr_secret_[\w-]{43}$/);
  assert.match(made.registration_access_token, /^gr_rat_/);
  assert.equal(made.registration_client_uri, `${ISSUER}/register/${made.client_id}`);

  const own = { authorization: `Bearer ${made.registration_access_token}` };
  const read = await send("GET", made.registration_client_uri, own);
  assert.deepEqual([read.status, read.json.client_name, read.json.client_secret], [200, "App", undefined]);
  assert.equal(read.headers.get("cache-control"), "no-store");

  const body = { client_id: made.client_id, client_name: "Renamed", redirect_uris: [CALLBACK] };
  const changed = await send("PUT", made.registration_client_uri, { ...own, body });
  assert.deepEqual([changed.status, changed.json.client_name], [200, "Renamed"]);

  assert.equal((await send("DELETE", made.registration_client_uri, own)).status, 204);
  assert.equal((await send("GET", made.registration_client_uri, own)).status, 401);
  assert.equal((await send("GET", made.registration_client_uri)).status, 404);
});

// spec: Invariant 6 - a deletion reaches KV as a record of its own
test("what takes something away reaches KV at once, sealed; a deleted client leaves a tombstone", async () => {
  const made = await register({ client_name: "Visible Name" });
  const first = await inKv(made.client_id);
  assert.match(first, /^gr_client_[\w-]+$/);
  assert.ok(!Buffer.from(first.slice("gr_client_".length), "base64url").includes("Visible Name"), "it is sealed");

  const body = { client_id: made.client_id, client_name: "Other", redirect_uris: [CALLBACK] };
  await send("PUT", made.registration_client_uri, { body: { ...body, scope: made.scope } });
  await new Promise((resolve) => setTimeout(resolve, 500));
  assert.equal(await kv.get(keyOf(made.client_id)), first, "a name waits a minute after the last put");
  await send("PUT", made.registration_client_uri, { body: { ...body, scope: "openid" } });
  const second = await inKv(made.client_id, (value) => value !== first);

  await send("DELETE", made.registration_client_uri);
  const third = await inKv(made.client_id, (value) => value !== second);
  assert.match(third, /^gr_client_/);
  assert.ok(third.length < second.length, "a tombstone says less");
});

test("changes at the same time are made one after the other, or refused", async () => {
  const made = await register();
  const names = Array.from({ length: 10 }, (_, number) => `Name ${number}`);
  const answers = await Promise.all(
    names.map((client_name) => {
      const body = { client_id: made.client_id, client_name, redirect_uris: [CALLBACK] };
      return send("PUT", made.registration_client_uri, { body });
    }),
  );
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.every((status) => status === 200 || status === 409), String(statuses));
  const accepted = answers.filter(({ status }) => status === 200).map(({ json }) => json.client_name);
  const now = (await send("GET", made.registration_client_uri)).json.client_name;
  assert.ok(accepted.includes(now), now);
});

test("a client is imported and listed", async () => {
  const client_id = fresh("hotel");
  const client_secret = randomBytes(24).toString("base64url");
  const made = await register({ client_id, client_secret });
  assert.deepEqual([made.client_id, made.client_secret], [client_id, client_secret]);
  const found = [];
  let next = "/register?limit=1";
  while (next) {
    const page = await send("GET", next);
    assert.equal(page.status, 200);
    found.push(...page.json.clients.map((client) => client.client_id));
    next = page.json.next;
  }
  assert.ok(found.includes(client_id));
  assert.deepEqual(found, [...new Set(found)].sort(), "each once, in order");
});

// spec: RFC 7591 section 3 - a bad initial access token is 401
// spec: RFC 7592 section 2 - a registration access token is good for its client alone
test("no other caller registers, reads or changes clients", async () => {
  const made = await register();
  const other = await register();
  const body = { client_name: "App", redirect_uris: [CALLBACK] };
  for (const authorization of [undefined, "Bearer wrong", `Bearer ${made.registration_access_token}`, `Basic ${btoa("a:b")}`]) {
    const answer = await send("POST", "/register", { authorization: authorization ?? "", body });
    assert.deepEqual([answer.status, answer.json.error], [401, "invalid_token"], authorization);
    assert.match(answer.headers.get("www-authenticate"), /^Bearer/);
    assert.equal((await send("GET", "/register", { authorization: authorization ?? "" })).status, 401);
    assert.equal((await send("GET", other.registration_client_uri, { authorization: authorization ?? "" })).status, 401);
  }
});

// spec: RFC 7591 section 3.2.2 - invalid_redirect_uri and invalid_client_metadata
test("what is wrong is named by the codes of RFC 7591", async () => {
  const cases = [
    [{ redirect_uris: ["javascript:alert(1)"] }, "invalid_redirect_uri"],
    [{ redirect_uris: ["http://app.example.com/"] }, "invalid_redirect_uri"],
    [{ client_name: "\u202eppA" }, "invalid_client_metadata"],
    [{ grant_types: ["implicit"] }, "invalid_client_metadata"],
    [{ scope: "openid nothing" }, "invalid_client_metadata"],
  ];
  for (const [more, error] of cases) {
    const answer = await send("POST", "/register", { body: { client_name: "App", redirect_uris: [CALLBACK], ...more } });
    assert.deepEqual([answer.status, answer.json.error], [400, error], JSON.stringify(more));
  }
});

test("what each command costs in rows", async () => {
  const stub = await registryStub(fresh("registry"));
  const ask = (command) => askObject(stub, "registry", command);
  const id = () => randomBytes(16).toString("base64url");
  const client = {
    ...{ id: fresh("costly"), version: 0, registered_at: 0, voucher: "administrator", name: "Costly", redirect_uris: [CALLBACK] },
    ...{ authentication: "none", secrets: [], grant_types: ["authorization_code"], scopes: "openid", require_pkce: true },
    ...{ rotates_refresh_tokens: true, id_token_algorithm: "RS256" },
  };
  const first = await ask({ read: { id: client.id } });
  assert.equal(first.reply, "never");
  assert.ok(first.rows_written > 0, "the first question makes the tables");
  const never = await ask({ read: { id: client.id } });
  assert.deepEqual([never.reply, never.rows_written], ["never", 0]);
  const registered = await ask({ register: { attempt: id(), client, access: id() } });
  assert.equal(registered.reply.Ok.client.version, 1);
  await inKv(client.id);
  const updated = await ask({ update: { attempt: id(), client, access: null, expected_version: 1 } });
  assert.equal(updated.reply.Ok.client.version, 2);
  assert.equal(updated.rows_written, 4, "the client, the mark for KV and when it is due, the alarm");
  const read = await ask({ read: { id: client.id } });
  assert.deepEqual([read.reply.registered.client.version, read.rows_written], [2, 0]);
  const deleted = await ask({ delete: { attempt: id(), id: client.id } });
  assert.deepEqual([deleted.reply.Ok, deleted.rows_written], [3, 4]);
});
