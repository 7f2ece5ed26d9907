// What a hotel platform does for its API (docs/products.md), from outside.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { startExample } from "../../support/example.mjs";
import { claims, relyingParty } from "../../support/relying.mjs";
import { secrets } from "../../support/secrets.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";
import { freePort } from "../../../scripts/lib/wrangler.mjs";

const server = await startServer();
const { connect, post, send } = relyingParty(server);
const { authorizeUrl } = connection(server.url);
const SENTENCES = { "identity:account-users.read": "See who has an account", "reservations.create": "Make reservations", "reservations.read": "See your reservations" };
const SCOPE = "openid reservations.read";
/** A client of this platform: it sends its secret in the form. */
const newApp = (more) => newClient(server.url, { token_endpoint_auth_method: "client_secret_post", ...more });
const secretOf = ({ client_id, client_secret }) => ({ client_id, client_secret });
const exchange = (app, { searchParams }, { verifier }, more) =>
  post("/token", undefined, { grant_type: "authorization_code", code: searchParams.get("code"), redirect_uri: app.redirect_uris[0], code_verifier: verifier, ...secretOf(app), ...more });

// spec: RFC 6749 section 3 - endpoints are where the server says
test("the endpoints answer at /connect/authorize and /connect/token, or where the deployment says", async () => {
  const moved = await startServer({ vars: { ALIAS_AUTHORIZE: "/oauth/start", ALIAS_TOKEN: "/oauth/finish" } });
  for (const [{ url }, authorize, token] of [[server, "/connect/authorize", "/connect/token"], [moved, "/oauth/start", "/oauth/finish"]]) {
    const [app, person, proof] = [await newClient(url), await newPerson(url), pkce()];
    const { post, authorizeUrl } = connection(url);
    const back = await new Visitor(url).allow(authorizeUrl(app, proof).replace("/authorize", authorize), person);
    const fields = { grant_type: "authorization_code", code: back.searchParams.get("code"), redirect_uri: app.redirect_uris[0], code_verifier: proof.verifier };
    const { status, body } = await post(token, app, fields);
    assert.deepEqual([status, body.token_type], [200, "Bearer"], token);
    assert.equal((await post(token, app, { grant_type: "refresh_token", refresh_token: body.refresh_token })).status, 200);
  }
  assert.equal((await fetch(`${moved.url}/connect/token`, { method: "POST" })).status, 404, "where it was moved, it is not at the old place");
});

// spec: RFC 7592 section 2.2 - the developer's update is in force at the next request
test("a developer registers redirect URIs and scopes, and edits them at any time; the administrator who verifies the app adds scopes", async () => {
  const [before, after] = ["https://reports.example.com/callback", "https://reports.example.com/back"];
  const both = `${SCOPE} reservations.create`;
  const [app, person] = [await newApp({ redirect_uris: [before], scope: both }), await newPerson(server.url)];
  const edit = (token, more) => {
    const { client_id, client_name, client_uri, grant_types, token_endpoint_auth_method } = app;
    const body = JSON.stringify({ client_id, client_name, client_uri, grant_types, token_endpoint_auth_method, redirect_uris: [after], ...more });
    return send(`/register/${client_id}`, { method: "PUT", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body });
  };
  const answer = (redirect_uri, scope) => new Visitor(server.url).goThrough(authorizeUrl({ ...app, redirect_uris: [redirect_uri] }, pkce(), { scope }), person);
  const query = ({ left }) => left && Object.fromEntries(new URL(left).searchParams);
  assert.ok(query(await answer(before, both)).code);
  assert.equal((await answer(after, both)).status, 400);

  const edited = await edit(app.registration_access_token, { scope: SCOPE });
  assert.deepEqual([edited.status, edited.body.redirect_uris, edited.body.scope], [200, [after], SCOPE], JSON.stringify(edited.body));
  assert.equal((await answer(before, SCOPE)).status, 400, "what was taken out leads nowhere");
  assert.ok(query(await answer(after, SCOPE)).code);
  assert.equal(query(await answer(after, both)).error, "invalid_scope");

  // An app that could give itself scopes would not need an approval for them.
  const own = edited.body.registration_access_token ?? app.registration_access_token;
  assert.deepEqual(await edit(own, { scope: both }).then(({ status, body }) => [status, body.error]), [400, "invalid_client_metadata"]);
  assert.equal((await edit(secrets.ADMIN_TOKEN, { scope: both })).status, 200);
  assert.ok(query(await answer(after, both)).code);
});

// spec: RFC 6749 section 4.1.2 - code and state
// spec: RFC 6749 section 4.1.2.1 - access_denied where the user declines
test("the user signs in, sees the requested scopes, and goes back with code, scope, state and session_state, or with an error", async () => {
  const [app, person, visitor] = [await newApp(), await newPerson(server.url), new Visitor(server.url)];
  const address = authorizeUrl(app, pkce(), { scope: "openid reservations.read reservations.create", state: "a state & more" });
  const consent = await visitor.submit(await visitor.open(address), "login-form", { username: person.userName, password: person.password });
  for (const words of ["Harbour Reports", SENTENCES["reservations.read"], SENTENCES["reservations.create"]]) assert.ok(consent.html.includes(words), words);
  assert.ok(!consent.html.includes(SENTENCES["identity:account-users.read"]), "what was not asked for is not shown");
  const back = async (decision) => Object.fromEntries(new URL((await visitor.submit(consent, "consent-form", { decision })).left).searchParams);
  const denied = await back("deny");
  assert.deepEqual([denied.error, denied.state, denied.code], ["access_denied", "a state & more", undefined]);
  const { code, session_state, ...allowed } = await back("allow");
  assert.deepEqual(allowed, { scope: "openid reservations.read reservations.create", state: "a state & more", iss: server.url });
  assert.match(code, /^gr_code_/);
  assert.match(session_state, /^[^ .]+\.[^ .]+$/);
});

// spec: RFC 6749 section 4.1.2 - a code is used once
// spec: RFC 6749 section 3.1.2.3 - redirect URIs are compared as they are
// spec: RFC 6749 section 2.3.1 - client_id and client_secret in the form
test("the code is good once, for the very same redirect URI, to the client id and secret in the form", async () => {
  const [app, person, proof] = [await newApp(), await newPerson(server.url), pkce()];
  const [uri] = app.redirect_uris;
  for (const other of [`${uri}/`, `${uri}?a=b`, uri.toUpperCase(), uri.replace("https", "http"), uri.replace("reports.", "www.reports."), `${uri}/../callback`]) {
    const page = await new Visitor(server.url).open(authorizeUrl({ ...app, redirect_uris: [other] }, proof));
    assert.deepEqual([page.status, page.left], [400, undefined], other);
  }
  const back = await new Visitor(server.url).allow(authorizeUrl(app, proof), person);
  const wrong = {
    "another redirect URI": [400, { redirect_uri: `${uri}/` }],
    "another secret": [401, { client_secret: (await newApp()).client_secret }],
    "no secret": [401, { client_secret: "" }],
  };
  for (const [what, [status, more]] of Object.entries(wrong)) assert.equal((await exchange(app, back, proof, more)).status, status, what);
  assert.equal((await exchange(app, back, proof)).status, 200, "none of that spent the code");
  const again = await exchange(app, back, proof);
  assert.deepEqual([again.status, again.body.error], [400, "invalid_grant"]);
});

// spec: RFC 6749 section 5.1 - the members of the answer
// spec: OpenID Connect Core section 11 - a refresh token for offline_access alone
test("the answer has id_token, access_token, expires_in, token_type and scope, and refresh_token with offline_access alone", async () => {
  const [app, person] = [await newApp(), await newPerson(server.url)];
  const answerTo = async (scope) => {
    const proof = pkce();
    const back = await new Visitor(server.url).allow(authorizeUrl(app, proof, { scope }), person);
    const { status, body } = await exchange(app, back, proof);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  };
  const online = await answerTo(SCOPE);
  assert.deepEqual(Object.keys(online).sort(), ["access_token", "expires_in", "id_token", "scope", "token_type"]);
  assert.deepEqual([online.expires_in, online.token_type, online.scope], [3600, "Bearer", SCOPE]);
  assert.deepEqual([claims(online.id_token).aud, claims(online.id_token).sub], [app.client_id, person.id]);
  assert.equal(claims(online.access_token).exp - claims(online.access_token).iat, 3600);
  const { refresh_token, ...offline } = await answerTo(`${SCOPE} offline_access`);
  assert.deepEqual(Object.keys(offline).sort(), Object.keys(online).sort());
  const refreshed = await post("/token", undefined, { grant_type: "refresh_token", refresh_token, ...secretOf(app) });
  assert.deepEqual([refreshed.status, refreshed.body.expires_in], [200, 3600]);
  const unable = await newApp({ scope: SCOPE });
  const refused = await new Visitor(server.url).allow(authorizeUrl(unable, pkce(), { scope: `${SCOPE} offline_access` }), person);
  assert.equal(refused.searchParams.get("error"), "invalid_scope", "an app that is not registered for offline_access is not granted it");
});

// spec: RFC 6749 section 3.3 - scope values with colons, dots and hyphens
test("scopes are called identity:account-users.read and reservations.create, and each is one", async () => {
  const [app, person] = [await newApp(), await newPerson(server.url)];
  const visitor = new Visitor(server.url);
  for (const scope of ["identity:account-users.read", "reservations.create", "identity:account-users.read reservations.create"]) {
    const proof = pkce();
    const back = await visitor.allow(authorizeUrl(app, proof, { scope }), person);
    const { body } = await exchange(app, back, proof);
    assert.deepEqual([body.scope, claims(body.access_token).scope], [scope, scope]);
  }
  for (const scope of ["identity", "identity:account-users", "account-users.read", "reservations.*", "reservations.create2", "Reservations.create"]) {
    const refused = await visitor.allow(authorizeUrl(app, pkce(), { scope }), person);
    assert.equal(refused.searchParams.get("error"), "invalid_scope", scope);
  }
});

// spec: RFC 6750 section 2.1 - the token in the Authorization header
// spec: RFC 6750 section 3.1 - insufficient_scope, invalid_token
test("the resource server returns the data of the token's user only", async () => {
  const port = await freePort();
  const api = await startExample("resource-server", `http://localhost:${port}`, { args: ["--port", String(port), "--var", `ISSUER:${server.url}`] });
  const app = await newClient(server.url);
  const call = async (token, method = "GET") => {
    const response = await fetch(`${api.url}/reservations`, { method, headers: token ? { authorization: `Bearer ${token}` } : {} });
    return { status: response.status, person: (await response.json()).person };
  };
  for (const person of [await newPerson(server.url), await newPerson(server.url)]) {
    const { body: { access_token } } = await connect(app, person, SCOPE);
    assert.deepEqual(await call(access_token), { status: 200, person: person.id });
    assert.equal((await call(access_token, "POST")).status, 403, "without the scope for that");
    const { body: more } = await connect(app, person, "openid reservations.create");
    assert.deepEqual(await call(more.access_token, "POST"), { status: 201, person: person.id });
    assert.equal((await call(access_token.replace(/.{4}$/, "AAAA"))).status, 401);
  }
  assert.equal((await call()).status, 401);
});
