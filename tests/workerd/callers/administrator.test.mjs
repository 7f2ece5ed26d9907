// Clients that administer with access tokens of their own: what each scope opens, and every token that opens nothing.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { accessToken } from "../../support/access-tokens.mjs";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { claims, relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";

const server = await startServer();
const { post, send, connect } = relyingParty(server);
const ada = await newPerson(server.url);
const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const ALL = "clients people:read people:write";

const newAdministrator = (scope, more) =>
  newClient(server.url, { client_name: "Administration", redirect_uris: undefined, grant_types: ["client_credentials"], scope, ...more });

async function tokenOf(client, fields) {
  const { status, body } = await post("/token", client, { grant_type: "client_credentials", ...fields });
  assert.equal(status, 200, JSON.stringify(body));
  return body.access_token;
}

const bearer = (token) => ({ authorization: `Bearer ${token}` });

function ask(token, method, path, body) {
  const type = path.startsWith("/scim") ? "application/scim+json" : "application/json";
  return send(path, { method, headers: { ...bearer(token), ...(body && { "content-type": type }) }, body: body && JSON.stringify(body) });
}

const app = () => ({ client_name: "Made by a client", redirect_uris: ["https://made.example.com/callback"] });
const person = () => ({ schemas: [USER], userName: `eve-${randomBytes(6).toString("hex")}`, password: randomBytes(12).toString("base64url"), displayName: "Eve", active: true });

/** One call for each scope that the scope opens, and no other does. */
const OPENS = {
  clients: (token) => ask(token, "GET", "/register"),
  "people:read": (token) => ask(token, "GET", `/scim/v2/Users/${ada.id}`),
  "people:write": (token) => ask(token, "PATCH", `/scim/v2/Users/${ada.id}`, { schemas: [PATCH_OP], Operations: [{ op: "replace", path: "displayName", value: "Ada L." }] }),
};

/** The lines of the log about calls of the administration for which this client answers, once there are as many as expected. */
async function administrationBy(clientId, expected) {
  for (let tries = 0; tries < 50; tries++) {
    const lines = server.logs().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    const found = lines.filter(({ event, who }) => event === "administration" && who === clientId);
    if (found.length >= expected) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.fail(`the log has no ${expected} lines of administration by ${clientId}`);
}

async function assertRefused(answer, what) {
  assert.equal(answer.status, 401, what);
  assert.match(answer.headers.get("www-authenticate"), /^Bearer error="invalid_token"/, what);
}

test("with the scope clients, a client registers, reads, lists, changes and deletes clients; the log names it", async () => {
  const administrator = await newAdministrator("clients");
  const token = await tokenOf(administrator);
  assert.deepEqual([claims(token).aud].flat(), [server.url]);
  const made = await ask(token, "POST", "/register", app());
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const { client_id } = made.body;
  assert.equal((await ask(token, "GET", `/register/${client_id}`)).body.client_name, "Made by a client");
  assert.equal((await ask(token, "GET", "/register?limit=100")).status, 200);
  const changed = await ask(token, "PUT", `/register/${client_id}`, { ...app(), client_id, client_name: "Changed by a client" });
  assert.deepEqual([changed.status, changed.body.client_name], [200, "Changed by a client"]);
  assert.equal((await ask(token, "DELETE", `/register/${client_id}`)).status, 204);
  assert.equal((await ask(token, "GET", `/register/${client_id}`)).status, 404);

  const lines = await administrationBy(administrator.client_id, 5);
  const aboutTheClient = lines.filter(({ target }) => target === client_id).map(({ what }) => what);
  assert.deepEqual(aboutTheClient, ["register a client", "read a client", "update a client", "delete a client"]);
  assert.equal(lines.length, 5, "the list is the fifth, and what was refused is none");
});

test("with people:write a client makes, changes and deletes users; with people:read it sees them", async () => {
  const writer = await newAdministrator("people:write");
  const reader = await newAdministrator("people:read");
  const [writes, reads] = [await tokenOf(writer), await tokenOf(reader)];
  const sent = person();
  const made = await ask(writes, "POST", "/scim/v2/Users", sent);
  assert.equal(made.status, 201, JSON.stringify(made.body));
  const path = `/scim/v2/Users/${made.body.id}`;
  assert.equal((await ask(reads, "GET", path)).body.userName, sent.userName);
  const found = await ask(reads, "GET", `/scim/v2/Users?filter=${encodeURIComponent(`userName eq "${sent.userName}"`)}`);
  assert.equal(found.body.totalResults, 1);
  const disabled = await ask(writes, "PATCH", path, { schemas: [PATCH_OP], Operations: [{ op: "replace", path: "active", value: false }] });
  assert.deepEqual([disabled.status, Object.keys(disabled.body).sort()], [200, ["id", "meta", "schemas"]], "writing is not reading");
  assert.equal((await ask(reads, "GET", path)).body.active, false);
  assert.equal((await ask(writes, "DELETE", path)).status, 204);
  assert.equal((await ask(reads, "GET", path)).status, 404);

  const whats = async ({ client_id }, expected) => (await administrationBy(client_id, expected)).map(({ what, target }) => [what, target]);
  assert.deepEqual(await whats(writer, 3), [["create a person", made.body.id], ["change a person", made.body.id], ["delete a person", made.body.id]]);
  assert.deepEqual((await whats(reader, 3)).map(([what]) => what), ["read a person", "list people", "read a person"]);
});

// spec: RFC 6750 section 3.1 - a token without the scope is 403 with insufficient_scope, and names the scope
test("each scope permits its own calls and no others", async () => {
  for (const held of Object.keys(OPENS)) {
    const token = await tokenOf(await newAdministrator(held));
    for (const [needed, call] of Object.entries(OPENS)) {
      const { status, headers } = await call(token);
      assert.equal(status, held === needed ? 200 : 403, `${held} where ${needed} is needed`);
      if (held === needed) continue;
      assert.equal(headers.get("www-authenticate"), `Bearer error="insufficient_scope", scope="${needed}"`);
    }
  }
});

test("a token may ask for less than its client has, and is then good for less", async () => {
  const token = await tokenOf(await newAdministrator(ALL), { scope: "people:read" });
  assert.equal((await OPENS["people:read"](token)).status, 200);
  for (const scope of ["clients", "people:write"]) assert.equal((await OPENS[scope](token)).status, 403, scope);
});

test("an opaque token administers like a signed one, and one for another audience does not", async () => {
  const administrator = await newAdministrator(`${ALL} reservations.read`, { access_token_format: "opaque" });
  const forUs = await tokenOf(administrator, { scope: ALL });
  assert.ok(!forUs.includes("."), "it is opaque");
  const forTheApi = await tokenOf(administrator, { resource: "https://api.example.com" });
  for (const call of Object.values(OPENS)) {
    assert.equal((await call(forUs)).status, 200);
    await assertRefused(await call(forTheApi), "of another audience");
  }
});

// spec: RFC 9068 section 4 - tokens of another audience or type are refused
test("a user's token, an ID token and a signed token of another audience administer nothing", async () => {
  const web = await newClient(server.url);
  const { body: tokens } = await connect(web, ada, "openid offline_access reservations.read");
  const { client_id } = await newAdministrator(ALL);
  const machine = { aud: server.url, client_id, sub: client_id, scope: ALL, auth_time: undefined };
  // The same claims without a fault are good: each of the others has one fault.
  const good = await accessToken(server.url, machine);
  const faulty = {
    "a person's access token": tokens.access_token,
    "a person's access token with every scope": await accessToken(server.url, { ...machine, gr: claims(tokens.access_token).gr }),
    "an ID token": tokens.id_token,
    "a refresh token": tokens.refresh_token,
    "of another type": await accessToken(server.url, machine, { typ: "JWT" }),
    "of another audience": await accessToken(server.url, { ...machine, aud: "https://api.example.com" }),
    "of another issuer": await accessToken("https://elsewhere.example.com", machine),
    expired: await accessToken(server.url, { ...machine, exp: Math.floor(Date.now() / 1000) - 60 }),
    "of a client that never existed": await accessToken(server.url, { ...machine, client_id: `nobody-${randomBytes(6).toString("hex")}` }),
    "of a client that may not administer": await accessToken(server.url, { ...machine, client_id: web.client_id }),
  };
  assert.ok(claims(tokens.access_token).gr, "a person's token has a place in a family");
  for (const [scope, call] of Object.entries(OPENS)) {
    assert.equal((await call(good)).status, 200, scope);
    for (const [what, token] of Object.entries(faulty)) await assertRefused(await call(token), `${scope}: ${what}`);
  }
});

// spec: RFC 6750 section 3 - a value that is not a token of this server is 401, and never treated like a missing one
test("a request with a bad bearer token is not served as anonymous, even where anonymous requests are", async () => {
  for (const token of ["wrong", "gr_at_AAAA", "a.b.c", `${"x".repeat(5000)}`]) {
    for (const call of Object.values(OPENS)) await assertRefused(await call(token), token.slice(0, 20));
    await assertRefused(await ask(token, "POST", "/register", app()), token.slice(0, 20));
    await assertRefused(await ask(token, "GET", "/health"), token.slice(0, 20));
  }
});

/** Isolates keep what they know of clients for thirty seconds. */
async function refusedInTheEnd(call) {
  const deadline = Date.now() + 60_000;
  let answer = await call();
  while (answer.status === 200 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    answer = await call();
  }
  return answer;
}

test("the tokens of a client that lost the scope, was deleted, or was registered again since, administer nothing", async () => {
  const losing = await newAdministrator(ALL);
  const losingToken = await tokenOf(losing);
  assert.equal((await OPENS.clients(losingToken)).status, 200);
  const { client_id, client_name, grant_types } = losing;
  await administer(server.url, "PUT", `/register/${client_id}`, { client_id, client_name, grant_types, scope: "people:read" }, 200);
  const lost = await refusedInTheEnd(() => OPENS.clients(losingToken));
  assert.deepEqual([lost.status, lost.body.error], [403, "insufficient_scope"]);
  assert.equal((await OPENS["people:read"](losingToken)).status, 200, "the scope that it kept");

  const name = `operator-${randomBytes(6).toString("hex")}`;
  const earlier = await newAdministrator(ALL, { client_id: name });
  // From a minute ago, because times are whole seconds.
  const iat = Math.floor(Date.now() / 1000) - 60;
  const token = await accessToken(server.url, { aud: server.url, client_id: name, sub: name, scope: ALL, auth_time: undefined, iat });
  assert.equal((await OPENS.clients(token)).status, 200);
  await administer(server.url, "DELETE", `/register/${earlier.client_id}`, undefined, 204);
  await assertRefused(await refusedInTheEnd(() => OPENS.clients(token)), "it was deleted");

  const again = await newAdministrator(ALL, { client_id: name });
  // Times are whole seconds: what is issued in the second of the deletion counts as older.
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.equal((await OPENS.clients(await tokenOf(again))).status, 200, "the new one administers");
  await assertRefused(await OPENS.clients(token), "the old one's token does not come back to life");
});
