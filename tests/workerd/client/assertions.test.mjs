// Clients that prove themselves with what they sign (private_key_jwt), with real keys, and the servers that publish those.
import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { after, test } from "node:test";
import * as client from "openid-client";
import { assertion, newKey, TYPE } from "../../support/assertions.mjs";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { startObjects } from "../../support/objects.mjs";
import { secrets } from "../../support/secrets.mjs";
import { requestLine, startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";
import { ask } from "../../support/wire.mjs";

/** A server elsewhere: each path has a handler, and the times that it was asked. */
const handlers = new Map();
const asked = new Map();
const elsewhere = createServer((request, response) => {
  asked.set(request.url, (asked.get(request.url) ?? 0) + 1);
  const handler = handlers.get(request.url);
  if (handler) handler(response);
  else response.writeHead(404).end();
});
await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
after(() => {
  elsewhere.closeAllConnections();
  elsewhere.close();
});
const ELSEWHERE = `http://127.0.0.1:${elsewhere.address().port}`;

/** Publishes JSON under a path of its own and returns its address. */
function publish(value, path = `/${randomBytes(6).toString("hex")}`) {
  handlers.set(path, (response) => response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value())));
  return ELSEWHERE + path;
}

const server = await startServer({ vars: { OUTBOUND_EXCEPTIONS: ELSEWHERE } });
const SIGNS = { token_endpoint_auth_method: "private_key_jwt" };
const MACHINE = { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" };

const newMachine = (more) => newClient(server.url, { ...MACHINE, ...SIGNS, ...more });

async function post(path, fields) {
  const response = await fetch(server.url + path, { method: "POST", body: new URLSearchParams(fields) });
  const text = await response.text();
  return { status: response.status, requestId: response.headers.get("x-request-id"), body: text && JSON.parse(text) };
}

/** Asks for a token with this assertion. */
const token = (client_assertion, more) => post("/token", { grant_type: "client_credentials", client_assertion_type: TYPE, client_assertion, ...more });

async function refused(promise) {
  const { status, body } = await promise;
  assert.deepEqual([status, body.error], [401, "invalid_client"], JSON.stringify(body));
}

// spec: RFC 7523 section 2.2 - ES256, EdDSA, PS256 and RS256 assertions authenticate a client
test("keys of each algorithm authenticate their client, once for each assertion", async () => {
  for (const alg of ["ES256", "Ed25519", "EdDSA", "PS256", "RS256"]) {
    const key = await newKey(alg);
    const { client_id, client_secret } = await newMachine({ jwks: { keys: [key.jwk] } });
    assert.equal(client_secret, undefined);
    const signed = await assertion(server.url, client_id, key);
    const answer = await token(signed);
    assert.equal(answer.status, 200, `${alg}: ${JSON.stringify(answer.body)}`);
    await refused(token(signed));
    assert.equal((await token(await assertion(server.url, client_id, key), { client_id })).status, 200);
  }
});

// spec: Invariant 2 - of many uses at once of one assertion, one succeeds
// spec: RFC 7523 section 3 - a jti is good once
test("of many requests at once with one assertion, exactly one succeeds", async () => {
  const key = await newKey("ES256");
  const { client_id } = await newMachine({ jwks: { keys: [key.jwk] } });
  for (let round = 0; round < 5; round++) {
    const signed = await assertion(server.url, client_id, key);
    const answers = await Promise.all(Array.from({ length: 20 }, () => token(signed)));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, ...Array(19).fill(401)]);
  }
});

// spec: RFC 7515 section 5.2 - a signature is verified with the client's key
test("signatures that are not the client's", async () => {
  const [key, stranger] = [await newKey("RS256", "one"), await newKey("RS256", "one")];
  const { client_id } = await newMachine({ jwks: { keys: [key.jwk] } });
  const good = await assertion(server.url, client_id, key);
  const [header, claims, signature] = good.split(".");
  const changed = Buffer.from(signature, "base64url").map((byte, at) => (at === 9 ? byte ^ 1 : byte));
  const hs256 = Buffer.from(JSON.stringify({ alg: "HS256", kid: "one" })).toString("base64url");
  const secret = JSON.stringify(key.jwk);
  const mac = createHmac("sha256", secret).update(`${hs256}.${claims}`).digest("base64url");
  for (const bad of [
    await assertion(server.url, client_id, stranger),
    `${header}.${claims}.${Buffer.from(changed).toString("base64url")}`,
    `${header}.${claims}.${signature.slice(0, -4)}`,
    `${header}.${claims}.`,
    `${hs256}.${claims}.${mac}`,
    await assertion(server.url, client_id, key, { header: { alg: "PS256" } }),
    await assertion("https://other.example.com", client_id, key),
    await assertion(server.url, client_id, key, { claims: { aud: [server.url] } }),
  ]) {
    await refused(token(bad));
  }
  assert.equal((await token(good)).status, 200, "the good one was not used up by the bad ones");
});

test("one RSA key serves two clients by two algorithms", async () => {
  const rs = await newKey("RS256", "shared");
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", rs.privateKey);
  const privateKey = await crypto.subtle.importKey("pkcs8", pkcs8, { name: "RSA-PSS", hash: "SHA-256" }, false, ["sign"]);
  const ps = { ...rs, alg: "PS256", privateKey, jwk: { ...rs.jwk, alg: "PS256" } };
  for (const key of [rs, ps, rs]) {
    const { client_id } = await newMachine({ jwks: { keys: [key.jwk] } });
    assert.equal((await token(await assertion(server.url, client_id, key))).status, 200, key.alg);
  }
});

test("a key that cannot be used is refused when it is registered", async () => {
  const { jwk } = await newKey("ES256");
  const offCurve = { ...jwk, y: jwk.x };
  const metadata = { client_name: "Machine", ...MACHINE, ...SIGNS, jwks: { keys: [offCurve] } };
  const answer = await administer(server.url, "POST", "/register", metadata, 400);
  assert.equal(answer.error, "invalid_client_metadata");
});

test("openid-client: the whole flow of an app that signs, and revocation", async () => {
  const ada = await newPerson(server.url);
  const key = await newKey("ES256");
  const app = await newClient(server.url, { ...SIGNS, jwks: { keys: [key.jwk] } });
  const method = client.PrivateKeyJwt({ key: key.privateKey, kid: key.kid });
  const config = await client.discovery(new URL(server.url), app.client_id, undefined, method, { execute: [client.allowInsecureRequests] });
  const metadata = config.serverMetadata();
  for (const endpoint of ["token", "revocation"]) {
    assert.ok(metadata[`${endpoint}_endpoint_auth_methods_supported`].includes("private_key_jwt"));
    assert.deepEqual(metadata[`${endpoint}_endpoint_auth_signing_alg_values_supported`].sort(), ["ES256", "Ed25519", "EdDSA", "PS256", "RS256"]);
  }
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: app.redirect_uris[0],
    scope: "openid offline_access",
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const answer = await new Visitor(server.url).allow(url.href, ada);
  const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier, idTokenExpected: true });
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  await client.tokenRevocation(config, refreshed.refresh_token ?? tokens.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, refreshed.refresh_token ?? tokens.refresh_token), (error) => error.error === "invalid_grant");
});

// spec: OpenID Connect Core section 10.1.1 - a new key of the client is picked up
test("published keys are fetched once; a new one is picked up", async () => {
  const [first, second] = [await newKey("ES256"), await newKey("RS256")];
  const keys = [first.jwk];
  const jwks_uri = publish(() => ({ keys }));
  const path = new URL(jwks_uri).pathname;
  const { client_id } = await newMachine({ jwks_uri });
  // At once, before anything is remembered: one of them asks, the others wait for what it learns.
  const signed = await Promise.all(Array.from({ length: 10 }, () => assertion(server.url, client_id, first)));
  for (const { status, body } of await Promise.all(signed.map((one) => token(one)))) assert.equal(status, 200, JSON.stringify(body));
  assert.equal(asked.get(path), 1);
  keys.splice(0, 1, second.jwk);
  assert.equal((await token(await assertion(server.url, client_id, second))).status, 200, "the client's new key");
  assert.equal(asked.get(path), 2);
  await refused(token(await assertion(server.url, client_id, first)));
  for (let tries = 0; tries < 5; tries++) await refused(token(await assertion(server.url, client_id, await newKey("ES256"))));
  assert.equal(asked.get(path), 2, "keys that nobody has are not sought again and again");
});

// spec: Invariant 13 - no redirect, three seconds, 64 KB
test("servers that redirect, say too much, nothing, or something else", async () => {
  const key = await newKey("ES256");
  const good = publish(() => ({ keys: [key.jwk] }));
  const json = { "content-type": "application/json" };
  const large = JSON.stringify({ keys: [key.jwk], x: "x".repeat(70_000) });
  const cases = {
    redirect: [(response) => response.writeHead(302, { location: good }).end(), /another status/],
    "large at once": [(response) => response.writeHead(200, json).end(large), /too long/],
    "large in pieces": [
      (response) => {
        response.writeHead(200, json);
        for (let at = 0; at < large.length; at += 1000) response.write(large.slice(at, at + 1000));
        response.end();
      },
      /too long/,
    ],
    silence: [() => {}, /in time/],
    "an answer that never ends": [(response) => response.writeHead(200, json).write('{"keys":['), /in time/],
    "a broken answer": [(response) => response.writeHead(200, { ...json, "content-length": "100" }).write("{", () => response.destroy()), /not reached/],
    html: [(response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"), /else than JSON/],
    "no key set": [(response) => response.writeHead(200, json).end("{}"), /no good key set/],
  };
  for (const [name, [handler, cause]] of Object.entries(cases)) {
    const path = `/${randomBytes(6).toString("hex")}`;
    handlers.set(path, handler);
    const { client_id } = await newMachine({ jwks_uri: ELSEWHERE + path });
    const answer = await token(await assertion(server.url, client_id, key));
    assert.deepEqual([answer.status, answer.body.error], [401, "invalid_client"], name);
    assert.match((await requestLine(server.logs, answer.requestId)).cause, cause, name);
  }
  assert.equal(asked.get(new URL(good).pathname), undefined, "a redirect is not followed");
});

test("the cost of a use, and the answer of the object to a second use", async () => {
  const { replayStub } = await startObjects({ vars: { ISSUER: "http://localhost:8787" } });
  const stub = await replayStub(`test-${secrets.ADMIN_TOKEN.slice(-6)}`);
  const id = () => randomBytes(16).toString("base64url");
  const spend = (key, attempt) => ask(stub, "replay", { spend: { attempt, key, expires_at: Math.floor(Date.now() / 1000) + 60 } });
  await spend(id(), id());
  const [key, attempt] = [id(), id()];
  const first = await spend(key, attempt);
  assert.deepEqual([first.reply, first.rows_written], ["first", 1]);
  const again = await spend(key, attempt);
  assert.deepEqual([again.reply, again.rows_written], ["first", 0], "the same attempt, whose answer was lost");
  const replayed = await spend(key, id());
  assert.deepEqual([replayed.reply, replayed.rows_written], ["repeated", 0]);
  const many = id();
  const at = await Promise.all(Array.from({ length: 20 }, () => spend(many, id())));
  assert.equal(at.filter(({ reply }) => reply === "first").length, 1);
});
