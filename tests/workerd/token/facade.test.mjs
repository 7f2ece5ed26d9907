// The JSON facade over HTTP, where its Python run (tests/third-party) needs what not every machine has: bodies of GET
// requests, and that whatever ends a connection ends it for the facade at the next call.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { after, test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const demo = { audience: "https://rooms.example", scopes: { "rooms.read": "See your rooms" }, facade: "rooms" };
const persistTo = mkdtempSync(path.join(tmpdir(), "grantry-facade-"));
after(() => rmSync(persistTo, { recursive: true, force: true }));
const server = await startServer({ persistTo, vars: { API_DEMO: JSON.stringify(demo) } });
const { cost, post } = relyingParty(server);
const METHODS = ["GET", "POST"];
const SCOPE = "openid offline_access rooms.read";
const INVALID = [400, "invalid_grant"];
const app = await newClient(server.url, { token_endpoint_auth_method: "client_secret_post", require_pkce: false, scope: SCOPE });
const { client_id, client_secret, redirect_uris: [redirect_uri] } = app;

/** Sends JSON by either method; fetch sends no body with GET. */
async function send(method, path, members) {
  const body = JSON.stringify(members);
  const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
  const sent = request(`${server.url}/rooms/oauth2${path}`, { method, headers });
  sent.end(body);
  const [response] = await once(sent, "response");
  return { status: response.statusCode, headers: new Headers(response.headers), body: JSON.parse(await text(response)) };
}

const said = ({ status, body }) => [status, body.error];
const token = (identity, more, method = "POST") => send(method, "/token", { client_id, client_secret, client_user_identity: identity, ...more });
const address = async (identity, more, method = "POST") =>
  (await send(method, "/provider/authorize", { client_id, client_user_identity: identity, ...more })).body.authorization_url;

/** A user who allowed the app as its user of this name, and their browser. */
async function connected(identity, more) {
  const [person, visitor] = [await newPerson(server.url), new Visitor(server.url)];
  const back = await visitor.allow(await address(identity, more), person);
  const redeemed = await token(identity, { code: back.searchParams.get("code"), redirect_uri });
  assert.equal(redeemed.status, 200, JSON.stringify(redeemed.body));
  return { person, visitor, back, tokens: redeemed.body };
}

for (const method of METHODS) {
  test(`${method} with a JSON body: address, token and revocation`, async () => {
    const identity = `${method} user`;
    const made = await send(method, "/provider/authorize", { client_id, client_user_identity: identity, state: "a state" });
    assert.equal(made.status, 200);
    assert.deepEqual(await cost(made), [0, 0], "to build an address asks nobody and writes nothing");
    const url = new URL(made.body.authorization_url);
    assert.ok(!decodeURIComponent(url.href).includes(identity));
    const back = await new Visitor(server.url).allow(url.href, await newPerson(server.url));
    assert.deepEqual([...back.searchParams.keys()].sort(), ["code", "iss", "state"]);
    const code = back.searchParams.get("code");

    assert.deepEqual(said(await token(identity, {}, method)), INVALID, "a consent alone links nothing");
    assert.equal((await token(identity, { code, redirect_uri }, method)).status, 200);
    const now = Math.floor(Date.now() / 1000);
    const renewed = await token(identity, {}, method);
    const { expires_in, expires_at } = renewed.body;
    assert.deepEqual(Object.keys(renewed.body).sort(), ["access_token", "expires_at", "expires_in", "id_token", "scope", "token_type"]);
    assert.ok(expires_in > 0 && expires_at >= now + expires_in && expires_at <= Math.floor(Date.now() / 1000) + expires_in);
    assert.deepEqual(await cost(renewed), [2, 0]);

    const revoked = await send(method, "/revoke", { client_id, client_secret, client_user_identity: identity });
    assert.deepEqual([revoked.status, revoked.body], [200, { revoked: true }]);
    assert.deepEqual(said(await token(identity, {}, method)), INVALID);
  });
}

// spec: RFC 6749 section 5.2 - invalid_client with 401, and how to authenticate
test("without a secret, token and revocation say what to send, and do nothing", async () => {
  const { tokens } = await connected("guarded");
  const members = { client_id, client_user_identity: "guarded" };
  for (const path of ["/token", "/revoke"]) {
    for (const method of METHODS) {
      const refused = await send(method, path, members);
      assert.deepEqual(said(refused), [401, "invalid_client"]);
      assert.match(refused.headers.get("www-authenticate"), /^Basic /);
      for (const way of ["client_secret", "client_assertion", "HTTP Basic"]) assert.ok(refused.body.error_description.includes(way), way);
      assert.deepEqual(await cost(refused), [0, 0]);
    }
    assert.deepEqual(said(await send("POST", path, { ...members, client_secret: client_secret.replace(/.$/, (last) => (last === "A" ? "B" : "A")) })), [401, "invalid_client"]);
  }
  assert.equal((await token("guarded")).status, 200);
  assert.equal((await refreshed(tokens)).status, 200);
});

const refreshed = ({ refresh_token }) => post("/token", undefined, { grant_type: "refresh_token", refresh_token, client_id, client_secret });

// spec: OpenID Connect Core section 11 - access while the user is away needs offline_access
test("without offline_access there is a token for the code, and none for the user", async () => {
  const { tokens } = await connected("online", { scope: "openid rooms.read" });
  assert.ok(tokens.access_token && !tokens.refresh_token);
  assert.deepEqual(said(await token("online")), INVALID);
});

test("what a client calls its users is nowhere in what is stored, nor in the log", async () => {
  const identity = "captain-nemo@nautilus.example";
  const { person } = await connected(identity);
  assert.equal((await token(identity)).status, 200);
  const stored = (words) => readdirSync(persistTo, { recursive: true, withFileTypes: true }).some((file) => file.isFile() && readFileSync(path.join(file.parentPath, file.name)).includes(words));
  assert.ok(stored(person.userName), "the name of the user at the server can be found");
  for (const form of [identity, encodeURIComponent(identity), btoa(identity), Buffer.from(identity).toString("hex")]) {
    assert.ok(!stored(form) && !server.logs().includes(form), form);
  }
});

test("a user who is sent to an address is asked, also where consent is remembered", async () => {
  const { visitor } = await connected("first");
  const page = await visitor.open(await address("second"));
  assert.match(page.html, /id="consent-form"/);
  const back = new URL((await visitor.submit(page, "consent-form", { decision: "deny" })).left);
  assert.equal(back.searchParams.get("error"), "access_denied");
  assert.deepEqual(said(await token("second")), INVALID);
});

test("the code links the user whom the address named, at the client that the address was made for", async () => {
  const other = await newClient(server.url, { token_endpoint_auth_method: "client_secret_post", require_pkce: false, scope: SCOPE });
  const url = new URL(await address("mallory"));
  url.searchParams.set("client_id", other.client_id);
  const person = await newPerson(server.url);
  const refused = await new Visitor(server.url).allow(url.href, person);
  assert.equal(refused.searchParams.get("error"), "invalid_request");
  const back = await new Visitor(server.url).allow(await address("mallory"), person);
  const code = back.searchParams.get("code");
  assert.deepEqual(said(await token("victim", { code, redirect_uri })), INVALID);
  assert.equal((await token("mallory", { code, redirect_uri })).status, 200, "and the code was not spent by that");
  assert.deepEqual(said(await token("victim")), INVALID);
});

const setActive = (active) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "active", value: active }] });
const ENDS = {
  "a disconnect on /account": async ({ visitor }) => {
    const home = await visitor.open(`${server.url}/account`);
    assert.match((await visitor.submit(home, "apps-form", { target: client_id })).html, /id="account-notice"/);
  },
  "a person who is disabled": ({ person }) => administer(server.url, "PATCH", `/scim/v2/Users/${person.id}`, setActive(false), 200),
  "a person who is deleted": ({ person }) => administer(server.url, "DELETE", `/scim/v2/Users/${person.id}`, undefined, 204),
  "a revocation of the refresh token": ({ tokens }) => post("/revoke", undefined, { token: tokens.refresh_token, client_id, client_secret }),
  "a revocation through the facade": async (_, identity) => send("POST", "/revoke", { client_id, client_secret, client_user_identity: identity }),
};
for (const [what, end] of Object.entries(ENDS)) {
  // spec: RFC 6749 section 5.2 - what was revoked is invalid_grant
  test(`${what} ends it at the next call, refresh token included`, async () => {
    const one = await connected(what);
    assert.equal((await token(what)).status, 200);
    await end(one, what);
    assert.deepEqual(said(await token(what)), INVALID);
    assert.deepEqual(said(await refreshed(one.tokens)), INVALID);
  });
}

test("the documentation for developers says where the facade is", async () => {
  const page = await (await fetch(`${server.url}/developer/docs`)).text();
  for (const place of ["provider/authorize", "token", "revoke"]) assert.ok(page.includes(`${server.url}/rooms/oauth2/${place}<`), place);
});
