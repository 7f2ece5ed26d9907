// What an airline-operations suite does for its API (docs/products.md), from outside.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createRemoteJWKSet, jwtVerify } from "jose";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API = "https://flights.example";
const demo = { audience: API, scopes: { "flights.read": "See your flights", "crew.read": "See your crew" } };
const server = await startServer({ vars: { API_DEMO: JSON.stringify(demo) } });
const { connect, post, send } = relyingParty(server);
const { authorizeUrl, redeem } = connection(server.url);
const SCOPE = "openid flights.read crew.read";
const newApp = (more) => newClient(server.url, { scope: SCOPE, ...more });

// spec: RFC 7591 section 3.2.1 - client_id and client_secret are handed over
// spec: RFC 6749 section 5.2 - another secret than that is invalid_client
test("support registers a partner app and hands over client id and secret, with which the app proves itself", async () => {
  const registration = { client_name: "Crew Planner", redirect_uris: ["https://crew.example.com/callback"] };
  const asStranger = await send("/register", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(registration) });
  assert.ok([401, 403].includes(asStranger.status), "nobody else registers apps");
  const { client_id, client_secret } = await administer(server.url, "POST", "/register", registration, 201);
  const redemption = { grant_type: "authorization_code", code: "gr_code_garbage", redirect_uri: registration.redirect_uris[0] };
  const [theirs, anothers, nobodys] = [
    await post("/token", { client_id, client_secret }, redemption),
    await post("/token", { client_id, client_secret: (await newApp()).client_secret }, redemption),
    await post("/token", undefined, { ...redemption, client_id }),
  ];
  assert.deepEqual([theirs.status, theirs.body.error], [400, "invalid_grant"], "who it is was believed");
  for (const refused of [anothers, nobodys]) assert.deepEqual([refused.status, refused.body.error], [401, "invalid_client"]);
  const read = await administer(server.url, "GET", `/register/${client_id}`, undefined, 200);
  assert.deepEqual([read.client_name, read.client_secret], ["Crew Planner", undefined], "the secret is shown once");
});

// spec: RFC 6749 section 4.1 - the user authenticates at the server, and the client gets a code
// spec: RFC 9700 section 2.4 - the password grant is not there
test("the app gets a code by the user's consent, and never the user's password", async () => {
  const [app, person, proof] = [await newApp(), await newPerson(server.url), pkce()];
  const visitor = new Visitor(server.url);
  const login = await visitor.open(authorizeUrl(app, proof, { scope: SCOPE }));
  assert.equal(new URL(login.address).origin, server.url);
  assert.equal(new URL(visitor.form(login, "login-form").action).origin, server.url, "the password goes to the server alone");
  const consent = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
  assert.ok(!consent.left && consent.html.includes("Harbour Reports"), "before the user consents, the app gets nothing");
  const back = new URL((await visitor.submit(consent, "consent-form", { decision: "allow" })).left);
  assert.equal(back.origin + back.pathname, app.redirect_uris[0]);
  const { status, body } = await redeem(app, back, proof.verifier);
  assert.equal(status, 200);
  assert.ok(![back.href, JSON.stringify(body)].some((told) => told.includes(person.password)));
  const asked = await post("/token", app, { grant_type: "password", username: person.userName, password: person.password, scope: SCOPE });
  assert.deepEqual([asked.status, asked.body.error], [400, "unsupported_grant_type"]);
});

// spec: RFC 9068 section 2.2.3 - the scope of an access token
test("tokens carry the data scopes that were allowed, and no others", async () => {
  const [app, person, keys] = [await newApp(), await newPerson(server.url), createRemoteJWKSet(new URL(`${server.url}/jwks`))];
  const inToken = async (scope) => {
    const { body } = await connect(app, person, scope);
    const { payload } = await jwtVerify(body.access_token, keys, { issuer: server.url, audience: API, typ: "at+jwt" });
    assert.equal(payload.sub, person.id);
    return payload.scope.split(" ").sort();
  };
  assert.deepEqual(await inToken("flights.read"), ["flights.read"]);
  assert.deepEqual(await inToken("flights.read crew.read"), ["crew.read", "flights.read"]);
  assert.deepEqual(await inToken("crew.read"), ["crew.read"], "what another token may do is not in this one");
  const narrow = await newApp({ scope: "openid flights.read" });
  const refused = await new Visitor(server.url).allow(authorizeUrl(narrow, pkce(), { scope: "crew.read" }), person);
  assert.deepEqual([refused.searchParams.get("error"), refused.searchParams.get("code")], ["invalid_scope", null]);
});

// spec: Fetch - the product's panel, on its own site, may read the list
test("a registered app is in the add-ons panel for everybody at the next request", async () => {
  const people = [await newPerson(server.url), await newPerson(server.url)];
  const visitors = people.map(() => new Visitor(server.url));
  const already = await newApp({ published: true });
  for (const [index, visitor] of visitors.entries()) await visitor.allow(authorizeUrl(already, pkce(), { scope: SCOPE }), people[index]);
  const seen = () => Promise.all([
    send("/apps.json", { headers: { origin: "https://suite.example" } }).then(({ headers, body }) => {
      assert.equal(headers.get("access-control-allow-origin"), "*");
      return JSON.stringify(body);
    }),
    ...visitors.map(async (visitor) => (await visitor.open(`${server.url}/apps`)).html),
  ]);
  for (const panel of await seen()) assert.ok(!panel.includes("Night Crew"));
  await newApp({ client_name: "Night Crew", published: true });
  for (const panel of await seen()) assert.ok(panel.includes("Night Crew"));
});
