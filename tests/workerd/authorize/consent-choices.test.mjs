// Scopes that users decline one by one, over HTTP: the page, the answer, the token, what the API is told, and the next request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API = "https://rooms.example";
const SCOPE = "openid email rooms.read rooms.write";
const server = await startServer({
  vars: { API_DEMO: JSON.stringify({ audience: API, scopes: { "rooms.read": "See your rooms", "rooms.write": "Change your rooms" }, introspection_clients: ["rooms"] }) },
});
const { introspect } = relyingParty(server);
const { authorizeUrl, redeem, refresh, userinfo } = connection(server.url);
const rooms = await newClient(server.url, { client_id: "rooms", client_name: "Rooms", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "rooms.read" });
const app = await newClient(server.url, { scope: `${SCOPE} offline_access`, optional_scope: "email rooms.write" });

/** Signs in and comes to the consent page. */
async function asked(more = {}) {
  const person = await newPerson(server.url);
  const visitor = new Visitor(server.url);
  const proof = pkce();
  const login = await visitor.open(authorizeUrl(app, proof, { scope: `${SCOPE} offline_access`, ...more }));
  const consent = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
  assert.match(consent.html, /id="consent-optional"/);
  return { person, visitor, proof, consent };
}

// spec: RFC 6749 section 3.3 - the answer says which scope was granted where it is not all that was asked for
test("what is ticked is granted: token, refreshed token, introspection and userinfo know nothing of the rest", async () => {
  const { visitor, proof, consent } = await asked();
  const { left } = await visitor.submit(consent, "consent-form", { decision: "allow", "allow:rooms.write": "yes", "allow:clients": "yes" });
  const { status, body } = await redeem(app, new URL(left), proof.verifier);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.scope, "openid rooms.read rooms.write offline_access");
  assert.equal((await introspect(rooms, body.access_token)).body.scope, "rooms.read rooms.write");
  assert.equal((await (await userinfo(body.access_token)).json()).email, undefined);
  const wider = await refresh(app, body.refresh_token, { scope: "openid email" });
  assert.deepEqual([wider.status, wider.body.error], [400, "invalid_scope"]);
});

test("a declined scope is not asked for again unless the app says so, and then the boxes are as they were left", async () => {
  const { visitor, consent } = await asked();
  await visitor.submit(consent, "consent-form", { decision: "allow", "allow:email": "yes" });
  const proof = pkce();
  const silent = await visitor.open(authorizeUrl(app, proof, { scope: SCOPE, prompt: "none" }));
  const { body } = await redeem(app, new URL(silent.left), proof.verifier);
  assert.equal(body.scope, "openid email rooms.read");
  const again = await visitor.open(authorizeUrl(app, pkce(), { scope: SCOPE, prompt: "consent" }));
  const boxes = [...again.html.matchAll(/<input type="checkbox"[^>]*name="allow:([^"]+)"[^>]*?( checked)?>/g)].map(([tag, scope]) => [scope, tag.includes(" checked")]);
  assert.deepEqual(boxes, [["email", true], ["rooms.write", false]]);
});

test("a registration says what can be declined, and RFC 7592 changes it", async () => {
  const read = await administer(server.url, "GET", `/register/${app.client_id}`, undefined, 200);
  assert.equal(read.optional_scope, "email rooms.write");
  const own = await newClient(server.url, { scope: SCOPE, optional_scope: "email" });
  const headers = { authorization: `Bearer ${own.registration_access_token}`, "content-type": "application/json" };
  const changed = { client_id: own.client_id, client_name: own.client_name, client_uri: own.client_uri, redirect_uris: own.redirect_uris, scope: SCOPE, optional_scope: "rooms.write" };
  const answer = await fetch(own.registration_client_uri, { method: "PUT", headers, body: JSON.stringify(changed) });
  assert.deepEqual([answer.status, (await answer.json()).optional_scope], [200, "rooms.write"]);
  const refused = await administer(server.url, "POST", "/register", { client_name: "Strict", redirect_uris: ["https://strict.example.com/cb"], scope: "openid email", optional_scope: "openid" }, 400);
  assert.equal(refused.error, "invalid_client_metadata");
});

test("the consent page says who asks, what is new since last time, and for how long", async () => {
  const party = await newClient(server.url, { scope: `${SCOPE} offline_access` });
  const person = await newPerson(server.url);
  const visitor = new Visitor(server.url);
  const login = await visitor.open(authorizeUrl(party, pkce(), { scope: "openid rooms.read" }));
  const first = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
  for (const words of ["Harbour Reports", "reports.example.com", "Verified", "See your rooms", "Ada Lovelace", "Not you?"]) {
    assert.ok(first.html.includes(words), words);
  }
  assert.ok(first.html.replaceAll(/<[^>]*>/g, "").includes("Access lasts 12 hours."), "as long as the session");
  assert.ok(!first.html.includes("badge fresh"), "at the first consent no scope is marked as new");
  await visitor.submit(first, "consent-form", { decision: "allow" });
  const second = await visitor.open(authorizeUrl(party, pkce(), { scope: "openid rooms.read rooms.write offline_access" }));
  assert.ok(second.html.includes("Access lasts until you disconnect the app"));
  const isNew = (sentence) => second.html.match(new RegExp(`${sentence}</bdi></b>( <span class="badge fresh">)?`))[1] !== undefined;
  assert.deepEqual([isNew("See your rooms"), isNew("Change your rooms")], [false, true]);
});
