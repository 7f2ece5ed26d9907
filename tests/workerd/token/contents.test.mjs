// Tokens in workerd, with real keys: what they say, who may ask about them, and when they end.
import assert from "node:assert/strict";
import { createPublicKey, verify } from "node:crypto";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { basic, connection, pkce } from "../../support/connection.mjs";
import { claims, relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";

const A = "https://a.example";
const B = "https://b.example";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const api = (audience, scopes, servers, more) => JSON.stringify({ audience, scopes, introspection_clients: servers, ...more });
const server = await startServer({
  vars: {
    API_DEMO: api(B, { "b.read": "See b" }, ["server-b"]),
    API_A: api(A, { "a.read": "See a", "a.write": "Change a" }, ["server-a"], { access_token_lifetime: 600 }),
    CLAIMS_ACME: JSON.stringify({ scope: "acme", sentence: "See where you work", claims: { dept: "department" } }),
  },
});
const { send, post, userinfo, introspect, refresh, connect, cost } = relyingParty(server);

const scope = "openid profile email offline_access acme a.read a.write b.read";
const ada = await newPerson(server.url, { [ENTERPRISE]: { department: "Yard" } });
const app = await newClient(server.url, { scope });
const sealed = await newClient(server.url, { client_name: "Sealed", access_token_format: "opaque", scope });
const resourceServer = (client_id) => newClient(server.url, { client_id, client_name: client_id, redirect_uris: undefined, grant_types: ["client_credentials"], scope: "a.read" });
const [serverA, serverB] = [await resourceServer("server-a"), await resourceServer("server-b")];
const jwks = (await send("/jwks")).body.keys;

/** Tokens for Ada. */
async function tokens(client, scope, more, person = ada) {
  const { status, body } = await connect(client, person, scope, more);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** Verifies a signature as a stranger would, by the published keys. */
function signedBy(token) {
  const [header, payload, signature] = token.split(".");
  const { kid, alg } = JSON.parse(Buffer.from(header, "base64url"));
  const key = createPublicKey({ key: jwks.find((key) => key.kid === kid), format: "jwk" });
  const options = alg === "ES256" ? { key, dsaEncoding: "ieee-p1363" } : key;
  assert.ok(verify("sha256", Buffer.from(`${header}.${payload}`), options, Buffer.from(signature, "base64url")));
  return alg;
}

test("an ID token names the session, and a refreshed one says the same without the nonce", async () => {
  const first = await tokens(app, "openid offline_access");
  assert.deepEqual([signedBy(first.id_token), signedBy(first.access_token)], ["RS256", "ES256"]);
  const said = claims(first.id_token);
  assert.match(said.sid, /^[\w-]{22}$/);
  assert.ok(said.acr && said.amr.includes("pwd"), JSON.stringify(said));
  assert.equal(claims(first.access_token).acr, said.acr);
  for (const name of ["name", "email"]) assert.equal(said[name], undefined, name);
  const again = claims((await refresh(app, first.refresh_token)).body.id_token);
  for (const name of ["iss", "sub", "aud", "auth_time", "sid", "acr", "amr"]) assert.deepEqual(again[name], said[name], name);
  assert.ok(again.iat >= said.iat);
  assert.equal(again.nonce, undefined);
  const elsewhere = claims((await tokens(app, "openid")).id_token);
  assert.notEqual(elsewhere.sid, said.sid, "another browser is another session");
});

// spec: OpenID Connect Core section 5.5 - claims are asked for by name, for the ID token or for userinfo
test("claims that are asked for by name are told where they were asked for, at the price of any redemption", async () => {
  const asked = { userinfo: { name: { essential: true }, dept: null, nonsense: null }, id_token: { email: null, birthdate: null } };
  const answer = await connect(app, ada, "openid offline_access", { request: { claims: JSON.stringify(asked) } });
  assert.deepEqual(await cost(answer), [1, 1]);
  const { access_token, id_token, refresh_token } = answer.body;
  const refreshed = (await refresh(app, refresh_token)).body;
  for (const token of [id_token, refreshed.id_token]) {
    const said = claims(token);
    assert.deepEqual([said.email, said.name, "birthdate" in said], [`${ada.userName}@example.com`, undefined, false]);
  }
  for (const token of [access_token, refreshed.access_token]) {
    assert.deepEqual((await userinfo(token)).body, { sub: ada.id, name: "Ada Lovelace", dept: "Yard" });
  }
});

// spec: RFC 8707 section 2.2 - resources narrow at the token endpoint, and never widen
test("scopes go to the API that owns them, and resources narrow", async () => {
  const target = ({ access_token, scope, expires_in }) => [claims(access_token).aud, scope, expires_in];
  const first = await tokens(app, "openid a.read b.read offline_access", { resources: [A, B] });
  assert.deepEqual(target(first), [[A, server.url], "openid a.read offline_access", 600], "a token is for one API");
  const one = await tokens(app, "openid a.read b.read offline_access", { resources: [A, B], redemption: { resource: B } });
  assert.deepEqual(target(one), [[B, server.url], "openid b.read offline_access", 3600]);
  assert.deepEqual(target((await refresh(app, one.refresh_token, { resource: A, scope: "a.read" })).body), [A, "a.read", 600]);
  for (const resource of ["https://c.example", `${A}#x`, "/a"]) {
    const refused = await refresh(app, one.refresh_token, { resource });
    assert.deepEqual([refused.status, refused.body.error], [400, "invalid_target"], resource);
  }
  assert.deepEqual(claims((await tokens(app, "a.read")).access_token).aud, A, "the API that owns the scope");
  const address = connection(server.url).authorizeUrl(app, pkce(), { scope: "a.read b.read" });
  const answer = await fetch(address, { redirect: "manual" });
  const refused = new URL(answer.headers.get("location")).searchParams;
  assert.equal(refused.get("error"), "invalid_target");
  for (const api of [A, B]) assert.ok(refused.get("error_description").includes(api), "the refusal names the APIs");
});

test("a scope of the deployment is registered, asked for in its words, and opens its claims", async () => {
  const { access_token } = await tokens(app, "openid acme");
  assert.deepEqual((await userinfo(access_token)).body, { sub: ada.id, dept: "Yard" });
  const { body: metadata } = await send("/.well-known/openid-configuration");
  assert.ok(metadata.scopes_supported.includes("acme") && metadata.claims_supported.includes("dept"));
  assert.equal(metadata.introspection_endpoint, `${server.url}/introspect`);
  assert.ok(!metadata.introspection_endpoint_auth_methods_supported.includes("none"));
  const { visitor } = await connect(app, ada, "openid");
  const unseen = await newClient(server.url, { client_name: "Unseen", scope });
  const address = connection(server.url).authorizeUrl(unseen, pkce(), { scope: "openid acme" });
  assert.ok((await visitor.open(address)).html.includes("See where you work"));
});

for (const client of [app, sealed]) {
  test(`of a token of ${client.client_name}, each API learns its part, and other callers learn nothing`, async () => {
    const { access_token, refresh_token, id_token } = await tokens(client, "openid email offline_access a.read a.write b.read", { resources: [A, B] });
    assert.equal(access_token.startsWith("gr_op_"), client === sealed);
    const active = await introspect(serverA, access_token);
    assert.deepEqual(await cost(active), [1, 0]);
    const { jti, iat, exp, auth_time, acr, ...rest } = active.body;
    assert.ok(jti && acr && exp - iat === 600 && auth_time <= iat);
    assert.deepEqual(rest, { active: true, iss: server.url, sub: ada.id, aud: A, client_id: client.client_id, scope: "a.read a.write", token_type: "Bearer" });
    assert.deepEqual([active.headers.get("cache-control"), active.headers.get("access-control-allow-origin")], ["no-store", null]);
    const forB = (await refresh(client, refresh_token, { resource: B })).body.access_token;
    const ofB = (await introspect(serverB, forB)).body;
    assert.deepEqual([ofB.aud, ofB.scope], [B, "b.read"]);
    for (const [caller, token] of [[client, access_token], [serverB, access_token], [serverA, forB], [serverA, refresh_token], [serverA, id_token], [serverA, "x"]]) {
      const answer = await introspect(caller, token);
      assert.deepEqual([answer.status, answer.body], [200, { active: false }]);
      assert.deepEqual(await cost(answer), [0, 0]);
    }
    const info = await userinfo(access_token);
    assert.equal(info.body.email, `${ada.userName}@example.com`);
    assert.deepEqual(await cost(info), [1, 0]);
  });

  test(`what ends a token of ${client.client_name} ends it at the next question`, async () => {
    const bob = await newPerson(server.url);
    const revoked = await tokens(client, "openid a.read offline_access", {}, bob);
    assert.equal((await post("/revoke", app === client ? sealed : app, { token: revoked.access_token })).status, 400, "a foreign token");
    assert.equal((await introspect(serverA, revoked.access_token)).body.active, true);
    assert.equal((await post("/revoke", client, { token: revoked.access_token, token_type_hint: "refresh_token" })).status, 200);
    assert.deepEqual((await introspect(serverA, revoked.access_token)).body, { active: false });
    const { body: next } = await refresh(client, revoked.refresh_token);
    assert.equal((await introspect(serverA, next.access_token)).body.active, true, "the family lives");
    assert.equal((await post("/revoke", client, { token: revoked.refresh_token })).status, 200);
    assert.deepEqual((await introspect(serverA, next.access_token)).body, { active: false });

    const disabled = await tokens(client, "openid a.read", {}, bob);
    assert.equal((await introspect(serverA, disabled.access_token)).body.active, true);
    const operation = { op: "replace", path: "active", value: false };
    await administer(server.url, "PATCH", `/scim/v2/Users/${bob.id}`, { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [operation] }, 200);
    assert.deepEqual((await introspect(serverA, disabled.access_token)).body, { active: false });
    assert.equal((await userinfo(disabled.access_token)).status, 401);
  });
}

test("tokens of a client itself are in no object, opaque or not", async () => {
  for (const access_token_format of ["jwt", "opaque"]) {
    const service = await newClient(server.url, { client_name: "Service", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "a.read b.read", access_token_format });
    await post("/token", service, { grant_type: "client_credentials" });
    const issued = await post("/token", service, { grant_type: "client_credentials", resource: A });
    assert.equal(issued.body.scope, "a.read");
    assert.deepEqual(await cost(issued), [0, 0]);
    const active = await introspect(serverA, issued.body.access_token);
    assert.deepEqual([active.body.active, active.body.sub, active.body.auth_time], [true, service.client_id, undefined]);
    assert.deepEqual(await cost(active), [0, 0]);
    assert.deepEqual((await introspect(serverB, issued.body.access_token)).body, { active: false });
    assert.equal((await post("/revoke", service, { token: issued.body.access_token })).body.error, "unsupported_token_type");
  }
});

test("the tokens of a deleted client are inactive", async () => {
  const gone = await newClient(server.url, { client_name: "Going", scope });
  const { access_token } = await tokens(gone, "openid a.read");
  assert.equal((await introspect(serverA, access_token)).body.active, true);
  await administer(server.url, "DELETE", `/register/${gone.client_id}`, undefined, 204);
  // Isolates keep what they know of clients for thirty seconds.
  const deadline = Date.now() + 60_000;
  let answer = await introspect(serverA, access_token);
  while (answer.body.active && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    answer = await introspect(serverA, access_token);
  }
  assert.deepEqual(answer.body, { active: false });
  assert.equal((await userinfo(access_token)).status, 401);
});

// spec: RFC 7515 section 5.2 - a signature is of one key and one text
test("a verified signature counts for its own token only, and not after a revocation", async () => {
  const [mine, other] = [await tokens(app, "openid offline_access"), await tokens(app, "openid")];
  const [header, payload, signature] = mine.access_token.split(".");
  const [, otherPayload, otherSignature] = other.access_token.split(".");
  const known = async () => {
    for (const token of [mine.access_token, mine.access_token, other.access_token]) assert.equal((await userinfo(token)).status, 200);
  };
  await known();
  const flipped = (text, at) => text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
  const { kid } = jwks.find((key) => key.alg === "RS256");
  const otherHeader = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(header, "base64url")), kid })).toString("base64url");
  const forged = [
    [header, payload, otherSignature],
    [header, otherPayload, signature],
    [otherHeader, payload, signature],
    [header, flipped(payload, payload.length >> 1), signature],
    ...[0, 20, 43, 84].map((at) => [header, payload, flipped(signature, at)]),
    [header, payload, signature.slice(0, -2)],
    [header, payload, ""],
  ];
  for (const parts of forged) {
    assert.deepEqual([parts, (await userinfo(parts.join("."))).status], [parts, 401]);
  }
  await known();
  await post("/revoke", app, { token: mine.refresh_token });
  assert.equal((await userinfo(mine.access_token)).status, 401, "revoked");
  assert.equal((await userinfo(other.access_token)).status, 200);
});

// spec: RFC 7662 section 2.3 - wrong credentials are answered as at the token endpoint
test("a client that asks about tokens has to authenticate", async () => {
  const { access_token: token } = await tokens(app, "a.read");
  const spa = await newClient(server.url, { client_name: "Public", token_endpoint_auth_method: "none", scope });
  const raw = (fields, headers = {}) => send("/introspect", { method: "POST", headers, body: new URLSearchParams(fields) });
  for (const [answer, status, error, challenge] of [
    [await raw({ token, client_id: spa.client_id }), 401, "invalid_client", null],
    [await raw({ token }), 401, "invalid_client", null],
    [await raw({ token }, basic({ ...serverA, client_secret: "wrong" })), 401, "invalid_client", 'Basic realm="clients"'],
    [await raw({}, basic(serverA)), 400, "invalid_request", null],
  ]) {
    assert.deepEqual([answer.status, answer.body.error, answer.headers.get("www-authenticate")], [status, error, challenge]);
  }
  assert.equal((await send(`/introspect?token=${token}`, { headers: basic(serverA) })).status, 405);
});

// spec: RFC 6750 section 3 - challenges name the realm, and an error only where there was a token
test("RFC 6750 section 3: userinfo says what it wants", async () => {
  const { access_token: good } = await tokens(app, "openid");
  const bearer = { authorization: `Bearer ${good}` };
  const form = (fields, headers) => send("/userinfo", { method: "POST", headers, body: new URLSearchParams(fields) });
  const realm = `Bearer realm="${server.url}"`;
  for (const [what, answer, status, challenge] of [
    ["no token", await send("/userinfo"), 401, realm],
    ["another scheme", await send("/userinfo", { headers: basic(app) }), 401, realm],
    ["garbage", await userinfo("x"), 401, `${realm}, error="invalid_token"`],
    ["not for us", await userinfo((await tokens(app, "a.read")).access_token), 401, `${realm}, error="invalid_token"`],
    ["twice", await form({ access_token: good }, bearer), 400, `${realm}, error="invalid_request"`],
    ["in the query", await send(`/userinfo?access_token=${good}`), 400, `${realm}, error="invalid_request"`],
  ]) {
    assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [status, challenge], what);
  }
  const administrator = await newClient(server.url, { client_name: "Administrator", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "people:read" });
  const machine = (await post("/token", administrator, { grant_type: "client_credentials" })).body.access_token;
  const insufficient = await userinfo(machine);
  assert.deepEqual([insufficient.status, insufficient.headers.get("www-authenticate")], [403, `${realm}, error="insufficient_scope", scope="openid"`]);
  assert.equal((await form({ access_token: good })).body.sub, ada.id);
  assert.equal((await form({}, bearer)).body.sub, ada.id);
});
