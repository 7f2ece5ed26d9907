// The JSON facade, driven by a Python program with requests, and the API behind it: see facade_client.py.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { ensurePython, hasPython } from "../../scripts/lib/python.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { assertion, newKey, TYPE } from "../support/assertions.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { startExample } from "../support/example.mjs";
import { relyingParty } from "../support/relying.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const skip = !(await hasPython()) && "there is no Python that can make environments";
const SCOPE = "openid offline_access reservations.read";
/** What an OAuth client of the facade gets once the user allowed it. */
const MEMBERS = ["access_token", "expires_at", "expires_in", "id_token", "refresh_token", "scope", "token_type"];
const INVALID = [400, "invalid_grant"];
const { server, api, ada, python } = skip ? {} : await arrange();

async function arrange() {
  const demo = { audience: "https://api.example.com", scopes: { "reservations.read": "See your reservations" }, facade: "reservations" };
  const [python, server] = await Promise.all([ensurePython(), startServer({ vars: { API_DEMO: JSON.stringify(demo) } })]);
  const port = await freePort();
  const api = await startExample("resource-server", `http://localhost:${port}`, { args: ["--port", String(port), "--var", `ISSUER:${server.url}`] });
  return { python, server, api, ada: await newPerson(server.url) };
}

/** A client that sends its secret in JSON, as all of the facade's first clients do, and cannot do PKCE. */
const newApp = (more) => newClient(server.url, { token_endpoint_auth_method: "client_secret_post", require_pkce: false, scope: SCOPE, ...more });

/** Runs a scenario, and is the user's browser when it asks for one. Gives what it found, and the client. */
async function run(scenario) {
  const [app, other] = [await newApp(), await newApp()];
  const settings = { ...app, issuer: server.url, facade: "reservations", api: api.url, identity: "ada@hotel", other };
  const program = spawn(python, [inRoot("tests/third-party/facade_client.py"), scenario, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(program, "exit");
  let last;
  for await (const line of createInterface({ input: program.stdout })) {
    last = line;
    if (line.startsWith("http")) program.stdin.write(`${(await new Visitor(server.url).allow(line, ada)).href}\n`);
  }
  const [status] = await ended;
  assert.equal(status, 0, `${scenario} failed`);
  return { app, found: JSON.parse(last) };
}

// spec: RFC 6749 section 4.1.1 - the address that the facade makes is an authorization request
test("an app that sends client and user as JSON, by GET or POST, gets an address for its user", { skip }, async () => {
  const { app, found } = await run("authorize");
  for (const address of found.addresses.map((address) => new URL(address))) {
    assert.equal(address.origin + address.pathname, `${server.url}/authorize`);
    const { gr_link, state, ...parameters } = Object.fromEntries(address.searchParams);
    assert.match(gr_link, /^gr_link_/);
    assert.deepEqual(parameters, { response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: SCOPE, resource: "https://api.example.com" });
  }
  assert.deepEqual(found.told, [false, false, false], "the identity is not in the address");
  assert.deepEqual([found.nobody, found.no_user], [[400, "invalid_client"], [400, "invalid_request"]]);
});

// spec: RFC 6749 section 5.1 - the answer to the code has all members of a token response
// spec: RFC 9207 section 2 - what comes back to the client is code, state and iss, and nothing else
test("what comes back is a code, and its redemption gives all token information", { skip }, async () => {
  const { found } = await run("tokens");
  assert.deepEqual(found, { before: INVALID, back: ["code", "iss", "state"], members: MEMBERS, scope: SCOPE, again: INVALID });
});

// spec: RFC 6749 section 3.2.1 - a confidential client authenticates: its identifiers alone are not enough
test("the client and the user are enough for a fresh access token, for the authenticated client alone", { skip }, async () => {
  const { advice, ...found } = (await run("renew")).found;
  const members = MEMBERS.filter((name) => name !== "refresh_token");
  const refused = { without: [401, "invalid_client"], wrong: [401, "invalid_client"], other: INVALID };
  assert.deepEqual(found, { members: [members, members], fresh: 3, calls: [200, 200], ...refused });
  assert.match(advice, /client_secret/);
});

// spec: RFC 7523 section 2.2 - a client with a key of its own sends its assertion in the JSON
test("a client that has a key instead of a secret proves itself by an assertion", { skip }, async () => {
  const key = await newKey("ES256");
  const app = await newApp({ token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [key.jwk] } });
  const send = async (path, members, method) => {
    const proof = { client_assertion_type: TYPE, client_assertion: await assertion(server.url, app.client_id, key) };
    const body = JSON.stringify({ client_user_identity: "ada@hotel", ...proof, ...members });
    const response = await fetch(`${server.url}/reservations/oauth2${path}`, { method, headers: { "content-type": "application/json" }, body });
    return { status: response.status, body: await response.json() };
  };
  const { body: made } = await send("/provider/authorize", { client_id: app.client_id }, "POST");
  const back = await new Visitor(server.url).allow(made.authorization_url, ada);
  const members = { code: back.searchParams.get("code"), redirect_uri: app.redirect_uris[0] };
  const { body: tokens } = await send("/token", members, "POST");
  assert.deepEqual(Object.keys(tokens).sort(), MEMBERS);
  assert.equal((await send("/token", {}, "POST")).status, 200);
  assert.deepEqual((await send("/revoke", {}, "POST")).body, { revoked: true });
  assert.equal((await send("/token", {}, "POST")).status, 400);
});

// spec: RFC 7009 section 2.1 - revocation takes the whole family along
test("revocation by client and user ends everything, and forgets the user", { skip }, async () => {
  const { app, found } = await run("revoke");
  const { refresh_token, ...rest } = found;
  assert.deepEqual(rest, { refused: [[401, "invalid_client"], 200], still: 200, done: [{ revoked: true }, { revoked: true }], after: INVALID });
  const refreshed = await relyingParty(server).post("/token", undefined, { grant_type: "refresh_token", refresh_token, client_id: app.client_id, client_secret: app.client_secret });
  assert.deepEqual([refreshed.status, refreshed.body.error], INVALID);
});

// spec: RFC 6750 section 3.1 - an invalid token is answered with 401 and invalid_token
test("the API is called with the token, refuses an invalid one, and the app asks again", { skip }, async () => {
  assert.deepEqual((await run("call")).found, { good: 200, challenge: "Bearer", error: true, again: 200 });
});
