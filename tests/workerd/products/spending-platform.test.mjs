// What a spending platform does for its API (docs/products.md), from outside.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as library from "openid-client";
import { newClient, newPerson } from "../../support/administration.mjs";
import { startExample } from "../../support/example.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";
import { freePort } from "../../../scripts/lib/wrangler.mjs";

const API = "https://api.example.com";
const EXPENSES = "https://expenses.example";
const server = await startServer({
  vars: {
    API_DEMO: JSON.stringify({ audience: API, scopes: { "reservations.read": "See your reservations" } }),
    API_EXPENSES: JSON.stringify({ audience: EXPENSES, scopes: { "expenses.read": "See your expenses" }, introspection_clients: ["expenses-api"] }),
  },
});
const { connect, introspect, post, send } = relyingParty(server);
const SCOPE = "openid offline_access reservations.read expenses.read";

// spec: RFC 7591 section 3 - a registration with an access token
// spec: RFC 7592 section 2.1 - the app reads its own registration
test("a developer partner registers an application and receives credentials that work", async () => {
  const portal = await newClient(server.url, { client_name: "Portal", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "clients" });
  const { body: { access_token } } = await post("/token", portal, { grant_type: "client_credentials", scope: "clients" });
  const json = (token, method, body) => ({ method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body: body && JSON.stringify(body) });
  const application = { client_name: "Card Sync", redirect_uris: ["https://cards.example.com/callback"], grant_types: ["authorization_code", "refresh_token"], scope: SCOPE };
  const { status, headers, body: made } = await send("/register", json(access_token, "POST", application));
  assert.deepEqual([status, headers.get("cache-control")], [201, "no-store"]);
  const own = await send(new URL(made.registration_client_uri).pathname, json(made.registration_access_token, "GET"));
  assert.deepEqual([own.status, own.body.client_name, own.body.redirect_uris], [200, "Card Sync", application.redirect_uris]);
  const other = await newClient(server.url, { scope: SCOPE });
  assert.equal((await send(`/register/${other.client_id}`, json(made.registration_access_token, "GET"))).status, 401, "and nobody else's");
  const { status: redeemed, body } = await connect(made, await newPerson(server.url), SCOPE, { resources: [API] });
  assert.deepEqual([redeemed, body.token_type], [200, "Bearer"]);
});

// spec: OpenID Connect Discovery section 4 - a library needs the issuer, and nothing else of the server
// spec: RFC 8414 section 3 - the same under the name of OAuth
test("an OAuth client library is configured from the published metadata alone", async () => {
  const [app, person] = [await newClient(server.url, { scope: SCOPE }), await newPerson(server.url)];
  for (const algorithm of ["oidc", "oauth2"]) {
    // The one check that is off is for https, which a test on loopback has no need of.
    const config = await library.discovery(new URL(server.url), app.client_id, undefined, library.ClientSecretBasic(app.client_secret), { algorithm, execute: [library.allowInsecureRequests] });
    const pkceCodeVerifier = library.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [library.randomState(), library.randomNonce()];
    const url = library.buildAuthorizationUrl(config, {
      redirect_uri: app.redirect_uris[0],
      scope: SCOPE,
      resource: API,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await library.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
    });
    const back = await new Visitor(server.url).allow(url.href, person);
    const tokens = await library.authorizationCodeGrant(config, back, { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true });
    assert.equal(tokens.claims().sub, person.id);
    assert.equal((await library.fetchUserInfo(config, tokens.access_token, person.id)).sub, person.id);
    const refreshed = await library.refreshTokenGrant(config, tokens.refresh_token);
    await library.tokenRevocation(config, refreshed.refresh_token ?? tokens.refresh_token);
    await assert.rejects(library.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
  }
});

// spec: RFC 9068 section 4 - an API refuses a token whose audience it is not
// spec: RFC 8707 section 2 - the resource decides the audience
test("the API accepts only tokens that are meant for it", async () => {
  const port = await freePort();
  const api = await startExample("resource-server", `http://localhost:${port}`, { args: ["--port", String(port), "--var", `ISSUER:${server.url}`] });
  const call = async (token) => {
    const response = await fetch(`${api.url}/reservations`, { headers: { authorization: `Bearer ${token}` } });
    return [response.status, response.headers.get("www-authenticate")?.includes('error="invalid_token"')];
  };
  const [app, person] = [await newClient(server.url, { scope: SCOPE }), await newPerson(server.url)];
  const expensesApi = await newClient(server.url, { client_id: "expenses-api", client_name: "Expenses", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "expenses.read" });
  const of = async (resource) => (await connect(app, person, SCOPE, { resources: [resource] })).body;
  const [ours, theirs] = [await of(API), await of(EXPENSES)];
  assert.deepEqual(await call(ours.access_token), [200, undefined]);
  for (const foreign of [theirs.access_token, ours.id_token, ours.refresh_token, "garbage"]) assert.deepEqual(await call(foreign), [401, true]);
  const active = async (token) => (await introspect(expensesApi, token)).body.active;
  assert.deepEqual([await active(theirs.access_token), await active(ours.access_token), await active(ours.id_token)], [true, false, false], "the same where the API asks");
});
