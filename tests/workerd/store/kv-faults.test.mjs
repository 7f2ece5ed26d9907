// A KV that refuses every write, or never answers: what was deleted or rotated is over in the isolate that did it, what administers is
// judged by the registry, and what could not be put is put later.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { administer, newClient } from "../../support/administration.mjs";
import { connection } from "../../support/connection.mjs";
import { startObjects } from "../../support/objects.mjs";
import { secrets } from "../../support/secrets.mjs";

const port = await freePort();
const url = `http://localhost:${port}`;
const { miniflare } = await startObjects({ port, around: ["tests/support/faulty-kv.mjs"] });
const kv = await miniflare.getKVNamespace("CLIENTS");
const { post } = connection(url);

/** KV behaves so from now on. */
const kvIs = (faults) => fetch(`${url}/kv`, { method: "POST", body: JSON.stringify(faults) });
const newService = (more) => newClient(url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read", ...more });
const token = (client) => post("/token", client, { grant_type: "client_credentials" });
const health = async () => {
  const response = await fetch(`${url}/health`, { headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` } });
  const { parts } = await response.json();
  return [response.status, ...parts.filter(({ status }) => status !== "ok").map(({ part }) => part)];
};

async function inKv({ client_id }, seconds) {
  for (const until = Date.now() + seconds * 1_000; Date.now() < until; ) {
    if ((await kv.get(`t0/client/1/${client_id}`)) !== null) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`KV does not get ${client_id}`);
}

/** Puts that are refused, and puts that are never answered. */
for (const put of ["refuses", "hangs"]) {
  // spec: Invariant 6 - a deletion is in force although KV still has the client
  test(`what was deleted or rotated is over at once when a put ${put}`, async () => {
    await kvIs({});
    const [deleted, rotated] = [await newService(), await newService()];
    for (const client of [deleted, rotated]) {
      await inKv(client, 5);
      assert.equal((await token(client)).status, 200);
    }
    await kvIs({ put });
    await administer(url, "DELETE", `/register/${deleted.client_id}`, undefined, 204);
    const { client_id, client_secret, registration_access_token, registration_client_uri, client_id_issued_at, client_secret_expires_at, ...metadata } = rotated;
    const { client_secret: secret } = await administer(url, "PUT", `/register/${client_id}`, { ...metadata, client_id, rotate_client_secret: { overlap_seconds: 0 } }, 200);
    assert.notEqual(secret, client_secret);
    for (let times = 0; times < 20; times++) {
      assert.equal((await token(deleted)).status, 401);
      assert.equal((await token(rotated)).status, 401, "the earlier secret");
      assert.equal((await token({ ...rotated, client_secret: secret })).status, 200);
    }
    await kvIs({});
  });

  test(`a client made while a put ${put} works, and is put once KV is well again`, async () => {
    await kvIs({ put });
    const client = await newService();
    assert.equal((await token(client)).status, 200);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    assert.equal(await kv.get(`t0/client/1/${client.client_id}`), null);
    await kvIs({});
    await inKv(client, 60);
  });
}

test("what administers is over at the next request, whatever KV says", async () => {
  await kvIs({});
  const client = await newService({ scope: "people:read" });
  await inKv(client, 60);
  const { body } = await token(client);
  const list = () => fetch(`${url}/scim/v2/Users`, { headers: { authorization: `Bearer ${body.access_token}` } });
  assert.equal((await list()).status, 200);
  await kvIs({ put: "refuses" });
  await administer(url, "DELETE", `/register/${client.client_id}`, undefined, 204);
  assert.equal((await list()).status, 401);
  assert.equal((await token(client)).status, 401);
  await kvIs({});
});

test("a read that hangs has a deadline, then the registry answers", async () => {
  await kvIs({});
  const client = await newService();
  await inKv(client, 60);
  await kvIs({ get: "hangs" });
  const began = Date.now();
  assert.equal((await token(client)).status, 200);
  assert.ok(Date.now() - began < 5_000, `${Date.now() - began} ms`);
  const again = Date.now();
  assert.deepEqual(await health(), [503, "kv"]);
  assert.ok(Date.now() - again < 5_000, `${Date.now() - again} ms`);
  await kvIs({});
});

test("the health check writes to KV, and says so when that fails", async () => {
  for (const put of ["refuses", "hangs"]) {
    await kvIs({ put });
    assert.deepEqual(await health(), [503, "kv"], put);
  }
  await kvIs({});
  assert.deepEqual(await health(), [200]);
  await kvIs({});
  await health();
  assert.deepEqual(await (await kvIs({})).json(), { puts: 0 }, "it writes once in half an hour");
});
