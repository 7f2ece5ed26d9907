// The keys are rotated while apps get, refresh and verify tokens: no app sees a signature by a key that it could not have fetched.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { newMasterKey, newSigningKeys, rotate } from "../../../scripts/lib/keys.mjs";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { secrets } from "../../support/secrets.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const persistTo = mkdtempSync(path.join(tmpdir(), "grantry-rotation-"));
after(() => rmSync(persistTo, { recursive: true, force: true }));

/** Every state that two rotations bring: the keys that sign, one step after the other. */
async function phases() {
  const all = [secrets];
  for (let step = 0; step < 4; step++) {
    const now = Math.floor(Date.now() / 1000);
    all.push(rotate(all.at(-1), { now, masterKey: newMasterKey(0), signingKeys: await newSigningKeys() }));
  }
  return all;
}

// spec: OpenID Connect Core section 10.1.1 - keys are published before they sign and after, so that verification never fails
// spec: OpenID Connect Discovery section 3 - every key of the JWK Set has a kid of its own
test("keys rotate under load without one failed verification", async () => {
  const port = await freePort();
  let server = await startServer({ persistTo, port });
  const { authorizeUrl, redeem, refresh, userinfo } = connection(server.url);
  const ada = await newPerson(server.url);
  const app = await newClient(server.url);
  const visitor = new Visitor(server.url);
  await visitor.allow(authorizeUrl(app, pkce()), ada);

  /** The JWK Sets as they were published, one for each step. The last one is what a relying party has cached. */
  const sets = [];
  const issued = [];
  let running = true;

  async function verify({ id_token, access_token }, set) {
    await jwtVerify(id_token, createLocalJWKSet(set), { issuer: server.url, audience: app.client_id });
    await jwtVerify(access_token, createLocalJWKSet(set), { issuer: server.url, audience: server.url });
  }

  async function round() {
    const cached = sets.at(-1);
    const proof = pkce();
    const { left } = await visitor.open(authorizeUrl(app, proof, { prompt: "none" }));
    const { status, body } = await redeem(app, new URL(left), proof.verifier);
    assert.equal(status, 200, JSON.stringify(body));
    // The server may have gone on by one step since the keys were fetched.
    await verify(body, cached);
    const earlier = issued.findLast((tokens) => tokens.step < sets.length - 1) ?? body;
    issued.push({ step: sets.length - 1, ...body });
    for (const { access_token, refresh_token } of [body, earlier]) {
      assert.equal((await userinfo(access_token)).status, 200);
      assert.equal((await refresh(app, refresh_token)).status, 200);
    }
  }

  /** What a client does all the time. A server that restarts is no answer at all; every answer has to be right. */
  async function load() {
    while (running) {
      await round().catch((error) => {
        if (error.name !== "TypeError" || !/fetch failed|terminated/.test(error.message)) throw error;
      });
    }
  }

  const steps = await phases();
  const clients = [];
  try {
    for (const [index, keys] of steps.entries()) {
      if (index > 0) {
        await server.stop();
        server = await startServer({ persistTo, port, vars: keys });
      }
      const set = await (await fetch(`${server.url}/jwks`)).json();
      assert.equal(new Set(set.keys.map(({ kid }) => kid)).size, set.keys.length, "each key has a kid of its own");
      sets.push(set);
      if (index === 0) clients.push(load(), load());
      const before = issued.length;
      const enough = (async () => {
        while (issued.length < before + 6) await new Promise((resolve) => setTimeout(resolve, 50));
      })();
      await Promise.race([enough, Promise.all(clients)]);
    }
  } finally {
    running = false;
  }
  await Promise.all(clients);

  // An app that fetched the keys one step later verifies tokens that were issued before.
  for (const { step, ...tokens } of issued) await verify(tokens, sets[step + 1] ?? sets[step]);
  const kids = new Set(issued.map(({ id_token }) => decodeProtectedHeader(id_token).kid));
  assert.equal(kids.size, 3, "the keys of three generations signed");
  const [first, last] = [sets[0].keys.map(({ kid }) => kid), sets.at(-1).keys.map(({ kid }) => kid)];
  assert.ok(first.every((kid) => !last.includes(kid)), "the first generation is gone in the end");
});
