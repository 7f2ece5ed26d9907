// KV has a thousand free writes a day: only a changed client costs one, no traffic does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { startObjects } from "../../support/objects.mjs";
import { Visitor } from "../../support/visitor.mjs";

const port = await freePort();
const url = `http://localhost:${port}`;
const { miniflare } = await startObjects({ port });
const kv = await miniflare.getKVNamespace("CLIENTS");
const { authorizeUrl, post, redeem, refresh, userinfo } = connection(url);

/** Everything that is stored. Each put seals with another nonce, so the same text means that nothing was put. */
async function stored() {
  const { keys, list_complete } = await kv.list();
  assert.ok(list_complete);
  return Object.fromEntries(await Promise.all(keys.map(async ({ name }) => [name, await kv.get(name)])));
}

async function untilStored(clientId) {
  for (let tries = 0; tries < 100; tries++) {
    const now = await stored();
    const key = Object.keys(now).find((key) => key.endsWith(`/${clientId}`));
    if (key) return { key, now };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail(`KV does not get ${clientId}`);
}

test("a whole flow and requests of strangers write nothing to KV; a change of a client does", async () => {
  const ada = await newPerson(url);
  const app = await newClient(url, { rotate_refresh_tokens: true });
  await untilStored(app.client_id);
  const service = await newClient(url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const { now: before } = await untilStored(service.client_id);

  const visitor = new Visitor(url);
  const proof = pkce();
  const answer = await visitor.allow(authorizeUrl(app, proof), ada);
  const tokens = await redeem(app, answer, proof.verifier);
  assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
  assert.equal((await redeem(app, answer, pkce().verifier)).status, 400);
  const refreshed = await refresh(app, tokens.body.refresh_token);
  assert.equal(refreshed.status, 200);
  assert.equal((await userinfo(refreshed.body.access_token)).status, 200);
  assert.equal((await post("/token", service, { grant_type: "client_credentials" })).status, 200);
  assert.equal((await post("/introspect", app, { token: refreshed.body.access_token })).status, 200);
  assert.equal((await post("/revoke", app, { token: refreshed.body.refresh_token })).status, 200);
  for (const client_id of ["c_nobody", "nobody", service.client_id.replace(/.$/, "0")]) {
    assert.equal((await fetch(authorizeUrl({ ...app, client_id }, proof), { redirect: "manual" })).status, 400);
    assert.equal((await post("/token", undefined, { client_id, grant_type: "refresh_token", refresh_token: "gr_rt_x" })).status, 401);
  }
  await administer(url, "PATCH", `/scim/v2/Users/${ada.id}`, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "active", value: false }] }, 200);
  await visitor.open(`${url}/logout?${new URLSearchParams({ id_token_hint: tokens.body.id_token })}`);

  // The registry puts in the order of identifiers: whatever it had to put has been put when this one is there.
  const last = await newClient(url, { client_id: "zz-last" });
  const { key, now } = await untilStored(last.client_id);
  delete now[key];
  assert.deepEqual(now, before);
});
