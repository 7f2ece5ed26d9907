// The main job over HTTP: an app connects, a user signs in and consents, tokens flow and end.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { basic, connection, pkce, SCOPE } from "../../support/connection.mjs";
import { requestLine, startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const server = await startServer();
const ada = await newPerson(server.url);
const app = await newClient(server.url);
const { authorizeUrl, post, redeem, refresh, userinfo } = connection(server.url);

/** A new browser in which Ada signed in, and the tokens that a client got. */
async function connected(client = app, person = ada) {
  const visitor = new Visitor(server.url);
  const proof = pkce();
  const answer = await visitor.allow(authorizeUrl(client, proof), person);
  const tokens = await redeem(client, answer, proof.verifier);
  assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
  return { visitor, answer, proof, ...tokens.body };
}

// spec: RFC 6749 section 4.1.2 - the answer has the code and the state that was sent
// spec: RFC 9207 section 2 - the answer names the issuer
test("the answer carries code, state, scope, session_state and iss, and nothing else", async () => {
  const { answer } = await connected();
  assert.equal(`${answer.origin}${answer.pathname}`, app.redirect_uris[0]);
  assert.deepEqual([...answer.searchParams.keys()].sort(), ["code", "iss", "scope", "session_state", "state"]);
  assert.equal(answer.searchParams.get("state"), "a state");
  assert.equal(answer.searchParams.get("iss"), server.url);
  assert.equal(answer.searchParams.get("scope"), SCOPE);
  assert.match(answer.searchParams.get("code"), /^gr_code_[\w-]{100,992}$/);
});

// spec: RFC 6749 section 5.1 - the members of the answer, and that it may not be stored
// spec: OpenID Connect Core section 3.1.3.3 - an ID token comes along
// spec: OpenID Connect Core section 2 - iss, aud, sub and nonce of the ID token
// spec: RFC 9068 section 2.2 - aud and client_id of the access token
test("the token response is that of RFC 6749 and OpenID Connect", async () => {
  const { visitor, proof } = await connected();
  const answer = await visitor.allow(authorizeUrl(app, proof), ada);
  const { headers, body } = await redeem(app, answer, proof.verifier);
  assert.equal(headers.get("cache-control"), "no-store");
  assert.deepEqual(Object.keys(body).sort(), ["access_token", "expires_in", "id_token", "refresh_token", "scope", "token_type"]);
  assert.deepEqual([body.expires_in, body.token_type, body.scope], [3600, "Bearer", SCOPE]);
  const claims = JSON.parse(Buffer.from(body.id_token.split(".")[1], "base64url"));
  assert.deepEqual([claims.iss, claims.aud, claims.nonce], [server.url, app.client_id, "a nonce"]);
  assert.equal(claims.sub, ada.id);
  const access = JSON.parse(Buffer.from(body.access_token.split(".")[1], "base64url"));
  assert.deepEqual(access.aud, ["https://api.example.com", server.url]);
  assert.equal(access.client_id, app.client_id);
});

// spec: OpenID Connect Core section 11 - a refresh token is issued for offline_access alone
test("offline_access decides about a refresh token", async () => {
  const proof = pkce();
  const answer = await new Visitor(server.url).allow(authorizeUrl(app, proof, { scope: "openid identity:account-users.read" }), ada);
  const { body } = await redeem(app, answer, proof.verifier);
  assert.equal(body.refresh_token, undefined);
  assert.equal(body.scope, "openid identity:account-users.read");
});

// spec: OpenID Connect Core section 5.3.2 - sub, and the claims of the granted scopes
test("userinfo answers what the scopes ask for", async () => {
  const { access_token } = await connected();
  const response = await userinfo(access_token);
  assert.equal(response.status, 200);
  const claims = await response.json();
  assert.equal(claims.sub, ada.id);
  assert.equal(claims.email, `${ada.userName}@example.com`);
  assert.equal(claims.name, undefined, "profile was not asked for");
});

// spec: RFC 6749 section 4.1.2 - a code is used once, and its replay revokes access and refresh tokens
test("a code is good once; its replay takes the tokens with it", async () => {
  const { answer, proof, access_token, refresh_token } = await connected();
  const again = await redeem(app, answer, proof.verifier);
  assert.deepEqual([again.status, again.body.error], [400, "invalid_grant"]);
  assert.equal((await userinfo(access_token)).status, 401);
  assert.equal((await refresh(app, refresh_token)).body.error, "invalid_grant");
});

// spec: RFC 6749 section 4.1.2 - a code is used once, also by many requests at once
test("of many parallel redemptions of one code, one at most is answered with tokens", async () => {
  const visitor = new Visitor(server.url);
  const proof = pkce();
  const answer = await visitor.allow(authorizeUrl(app, proof), ada);
  const answers = await Promise.all(Array.from({ length: 12 }, () => redeem(app, answer, proof.verifier)));
  assert.equal(answers.filter(({ status }) => status === 200).length, 1);
  assert.ok(answers.every(({ status, body }) => status === 200 || body.error === "invalid_grant"));
});

// spec: RFC 6749 section 4.1.3 - a code is bound to its client and redirect URI
// spec: RFC 7636 section 4.6 - a missing or wrong verifier is invalid_grant
// spec: RFC 8707 section 2.2 - a resource that was not granted is invalid_target
// spec: Invariant 3 - a request without a part of the proof does not spend the code
test("a request without a part of the proof neither spends nor revokes the code", async () => {
  const other = await newClient(server.url, { client_name: "Other" });
  const proof = pkce();
  const answer = await new Visitor(server.url).allow(authorizeUrl(app, proof), ada);
  const attempts = [
    await redeem(other, answer, proof.verifier, { redirect_uri: app.redirect_uris[0] }),
    await redeem(app, answer, pkce().verifier),
    await redeem(app, answer, "short"),
    await redeem(app, answer, proof.verifier, { redirect_uri: "https://reports.example.com/callback2" }),
    await post("/token", app, { grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: app.redirect_uris[0] }),
    await redeem(app, answer, proof.verifier, { code: answer.searchParams.get("code").replace(/.{8}$/, "AAAAAAAA") }),
    await redeem(app, answer, proof.verifier, { code: "gr_code_garbage" }),
  ];
  for (const { status, body } of attempts) assert.deepEqual([status, body.error], [400, "invalid_grant"]);
  const wrongTarget = await redeem(app, answer, proof.verifier, { resource: "https://elsewhere.example.com" });
  assert.equal(wrongTarget.body.error, "invalid_target");
  assert.equal((await redeem(app, answer, proof.verifier)).status, 200, "the code is still good");
});

// spec: RFC 9700 section 2.1.1 - a verifier for a code that was asked for without a challenge is refused: an attacker may have removed the challenge
test("a confidential client may be registered to do without PKCE, and is refused if it then sends a verifier", async () => {
  const without = await newClient(server.url, { client_name: "Without PKCE", require_pkce: false });
  const visitor = new Visitor(server.url);
  const answer = await visitor.allow(authorizeUrl(without, {}, { code_challenge_method: undefined }), ada);
  const refused = await redeem(without, answer, pkce().verifier);
  assert.deepEqual([refused.status, refused.body.error], [400, "invalid_grant"]);
  const form = { grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: without.redirect_uris[0] };
  const answered = await post("/token", without, form);
  assert.equal(answered.status, 200, JSON.stringify(answered.body));
  assert.ok(answered.body.access_token && answered.body.refresh_token);
  const proof = pkce();
  const proven = await visitor.allow(authorizeUrl(without, proof), ada);
  assert.equal((await redeem(without, proven, pkce().verifier)).body.error, "invalid_grant", "a client that sends a challenge has to prove it");
  assert.equal((await redeem(without, proven, proof.verifier)).status, 200);
  const strict = new URL((await visitor.open(authorizeUrl(app, {}, { code_challenge_method: undefined }))).left);
  assert.equal(strict.searchParams.get("error"), "invalid_request", "a client that is not registered without PKCE has to use it");
});

// spec: RFC 9700 section 2.2.2 - refresh tokens of public clients rotate
// spec: OpenID Connect Core section 12.2 - a refresh may come with a new ID token
test("a confidential client's refresh token stays; a public one's rotates and parallel uses converge", async () => {
  const first = await connected();
  const kept = await refresh(app, first.refresh_token);
  assert.equal(kept.status, 200);
  assert.equal(kept.body.refresh_token, undefined);
  assert.ok(kept.body.id_token && kept.body.access_token);

  const spa = await newClient(server.url, { client_name: "Single page", token_endpoint_auth_method: "none" });
  const proof = pkce();
  const answer = await new Visitor(server.url).allow(authorizeUrl(spa, proof), ada);
  const publicly = (fields) => post("/token", undefined, { client_id: spa.client_id, ...fields });
  const tokens = await publicly({ grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: spa.redirect_uris[0], code_verifier: proof.verifier });
  assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
  const uses = await Promise.all(Array.from({ length: 8 }, () => publicly({ grant_type: "refresh_token", refresh_token: tokens.body.refresh_token })));
  assert.ok(uses.every(({ status, body }) => status === 200 && body.refresh_token && body.refresh_token !== tokens.body.refresh_token));
  const next = await publicly({ grant_type: "refresh_token", refresh_token: uses[3].body.refresh_token });
  assert.equal(next.status, 200, "each of the answers is the one successor");
  for (const { body } of uses) {
    assert.equal((await publicly({ grant_type: "refresh_token", refresh_token: body.refresh_token })).status, 200);
  }
});

// spec: RFC 6749 section 6 - a refresh asks for no scope that was not granted
test("a refresh can ask for less, never for more", async () => {
  const { refresh_token } = await connected();
  const less = await refresh(app, refresh_token, { scope: "openid" });
  assert.equal(less.body.scope, "openid");
  const more = await refresh(app, refresh_token, { scope: "openid reservations.create" });
  assert.deepEqual([more.status, more.body.error], [400, "invalid_scope"]);
  assert.equal((await refresh(app, refresh_token)).body.scope, SCOPE, "what was granted stays");
});

// spec: RFC 7009 section 2.1 - a refresh token is revoked with its access tokens, an access token alone, a foreign one not at all
// spec: RFC 7009 section 2.1 - a wrong token_type_hint does no harm
// spec: RFC 7009 section 2.2 - an invalid token is answered with 200
test("RFC 7009: a refresh token takes its family along, an access token itself, and foreign ones are untouched", async () => {
  const one = await connected();
  const other = await newClient(server.url, { client_name: "Stranger" });
  assert.equal((await post("/revoke", other, { token: one.refresh_token })).status, 400);
  assert.equal((await userinfo(one.access_token)).status, 200);
  assert.equal((await post("/revoke", app, { token: one.access_token, token_type_hint: "refresh_token" })).status, 200);
  assert.equal((await userinfo(one.access_token)).status, 401);
  const refreshed = await refresh(app, one.refresh_token);
  assert.equal(refreshed.status, 200, "the family lives");
  assert.equal((await post("/revoke", app, { token: one.refresh_token })).status, 200);
  assert.equal((await userinfo(refreshed.body.access_token)).status, 401);
  assert.equal((await refresh(app, one.refresh_token)).body.error, "invalid_grant");
  assert.equal((await post("/revoke", app, { token: "garbage" })).status, 200);
});

const patch = (operation) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [operation] });
for (const [what, method, body, status] of [
  ["a disabled person", "PATCH", patch({ op: "replace", path: "active", value: false }), 200],
  ["a changed password", "PATCH", patch({ op: "replace", path: "password", value: "another long password" }), 200],
  ["a deleted person", "DELETE", undefined, 204],
]) {
  test(`${what}: the next redeem, refresh, userinfo and authorize refuse, codes in flight included`, async () => {
    const bob = await newPerson(server.url);
    const one = await connected(app, bob);
    const proof = pkce();
    const inFlight = await one.visitor.allow(authorizeUrl(app, proof), bob);
    await administer(server.url, method, `/scim/v2/Users/${bob.id}`, body, status);
    assert.equal((await redeem(app, inFlight, proof.verifier)).body.error, "invalid_grant");
    assert.equal((await refresh(app, one.refresh_token)).body.error, "invalid_grant");
    assert.equal((await userinfo(one.access_token)).status, 401);
    const page = await one.visitor.open(authorizeUrl(app, pkce()));
    assert.ok(page.html.includes('id="login-form"'), "the session is over");
    const again = await one.visitor.submit(page, "login-form", { username: bob.userName, password: bob.password });
    assert.ok(again.html?.includes('id="error-message"'), "the old password opens nothing");
  });
}

// spec: RFC 7592 section 2.3 - a deleted client can no longer authenticate
test("a deleted client gets nothing any more", async () => {
  const gone = await newClient(server.url, { client_name: "Going" });
  const one = await connected(gone);
  await administer(server.url, "DELETE", `/register/${gone.client_id}`, undefined, 204);
  // Isolates keep clients in memory for thirty seconds; a look-up in the registry sees a change at once.
  const deadline = Date.now() + 60_000;
  let refused = await refresh(gone, one.refresh_token);
  while (refused.status === 200 && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    refused = await refresh(gone, one.refresh_token);
  }
  assert.deepEqual([refused.status, refused.body.error], [401, "invalid_client"]);
});

// spec: OpenID Connect Core section 3.1.2.6 - login_required and consent_required
test("remembered consent answers in silence, and prompt=none says why it cannot", async () => {
  const { visitor } = await connected();
  const silent = await visitor.open(authorizeUrl(app, pkce(), { prompt: "none" }));
  assert.ok(new URL(silent.left).searchParams.get("code"));
  const stranger = await new Visitor(server.url).open(authorizeUrl(app, pkce(), { prompt: "none" }));
  assert.equal(new URL(stranger.left).searchParams.get("error"), "login_required");
  const unseen = await newClient(server.url, { client_name: "Unseen" });
  const asked = await visitor.open(authorizeUrl(unseen, pkce(), { prompt: "none" }));
  assert.equal(new URL(asked.left).searchParams.get("error"), "login_required", "a client that the user allowed nothing does not learn that they are signed in");
  await visitor.allow(authorizeUrl(unseen, pkce(), { scope: "openid" }), ada);
  const more = await visitor.open(authorizeUrl(unseen, pkce(), { prompt: "none" }));
  assert.equal(new URL(more.left).searchParams.get("error"), "consent_required");
});

// spec: RFC 6749 section 4.1.2.1 - the answer of a user who declines is access_denied, with the state
test("a user who declines is sent back with access_denied", async () => {
  const unseen = await newClient(server.url, { client_name: "Curious" });
  const { visitor } = await connected();
  const page = await visitor.open(authorizeUrl(unseen, pkce()));
  const { left } = await visitor.submit(page, "consent-form", { decision: "deny" });
  assert.equal(new URL(left).searchParams.get("error"), "access_denied");
  assert.equal(new URL(left).searchParams.get("state"), "a state");
});

// spec: RFC 9700 section 4.7 - a form that another site or browser sends allows nothing
// spec: Fetch Metadata - a form that came from another site is refused
// spec: Invariant 7 - a consent is recorded only in the session that it was shown to
test("a consent form from elsewhere, from another browser or without its ticket allows nothing", async () => {
  const unseen = await newClient(server.url, { client_name: "Sneaky" });
  const { visitor } = await connected();
  const page = await visitor.open(authorizeUrl(unseen, pkce()));
  const hidden = Object.fromEntries([...page.html.matchAll(/name="(interaction|ticket)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  const send = (headers, body) => fetch(`${server.url}/consent`, { method: "POST", redirect: "manual", headers, body: new URLSearchParams({ ...hidden, decision: "allow", ...body }) });
  const own = { cookie: visitor.cookies, origin: server.url };
  assert.equal((await send({ ...own, origin: "https://evil.example" })).status, 403);
  assert.equal((await send({ cookie: visitor.cookies })).status, 403);
  assert.equal((await send({ ...own, origin: "null", "sec-fetch-site": "cross-site" })).status, 403);
  const mallory = await connected();
  assert.equal((await send({ ...own, cookie: mallory.visitor.cookies })).status, 400, "another browser");
  assert.equal((await send({ origin: server.url })).status, 400, "no browser");
  const shownAgain = await send(own, { ticket: "gr_ct_x" });
  assert.equal(shownAgain.status, 200);
  assert.ok((await shownAgain.text()).includes('id="consent-form"'));
  assert.equal((await send(own)).status, 303, "and the right one does");
});

// spec: RFC 6749 section 4.1.2.1 - with a wrong client or redirect URI the user is told, and not redirected
// spec: Invariant 1 - every error before there is a VerifiedReturn is a page
test("client and redirect errors are pages at /authorize, never redirects", async () => {
  for (const [more, code] of [
    [{ client_id: "c_nobody" }, "invalid_client"],
    [{ client_id: undefined }, "invalid_request"],
    [{ redirect_uri: undefined }, "invalid_request"],
    [{ redirect_uri: "https://reports.example.com/callback/" }, "invalid_request"],
    [{ redirect_uri: "https://reports.example.com.evil.example/callback" }, "invalid_request"],
    [{ redirect_uri: "javascript:alert(1)", prompt: "none" }, "invalid_request"],
  ]) {
    const response = await fetch(authorizeUrl(app, pkce(), more), { redirect: "manual" });
    assert.equal(response.status, 400);
    const html = await response.text();
    assert.ok(html.includes('id="error-message"') && html.includes(code), JSON.stringify(more));
  }
  const doubled = await fetch(`${authorizeUrl(app, pkce())}&client_id=x`, { redirect: "manual" });
  assert.equal(doubled.status, 400);
});

// spec: OpenID Connect Core section 3.1.2.1 - authorization requests by GET and by POST
test("a request by POST is the same request", async () => {
  const { visitor } = await connected();
  const proof = pkce();
  const url = new URL(authorizeUrl(app, proof));
  const posted = await fetch(`${server.url}/authorize`, { method: "POST", redirect: "manual", body: url.searchParams });
  assert.equal(posted.status, 303);
  const { left } = await visitor.open(new URL(posted.headers.get("location"), server.url).href);
  assert.equal((await redeem(app, new URL(left), proof.verifier)).status, 200);
});

test("the aliases of product A answer like the endpoints", async () => {
  const { visitor } = await connected();
  const proof = pkce();
  const { left } = await visitor.open(authorizeUrl(app, proof).replace("/authorize", "/connect/authorize"));
  const fields = { grant_type: "authorization_code", code: new URL(left).searchParams.get("code"), redirect_uri: app.redirect_uris[0], code_verifier: proof.verifier };
  assert.equal((await post("/connect/token", app, fields)).status, 200);
});

// spec: Invariant 11 - what happens to anybody's security is a line of the log, under the id of its request
test("the log tells of each event, in the request in which it happened", async () => {
  const person = await newPerson(server.url);
  const rotating = await newClient(server.url, { rotate_refresh_tokens: true });
  const first = await connected(rotating, person);
  const second = await refresh(rotating, first.refresh_token);
  const third = await refresh(rotating, second.body.refresh_token);
  assert.equal(third.status, 200);
  await redeem(rotating, first.answer, first.proof.verifier);
  const other = await connected(rotating, person);
  await post("/revoke", rotating, { token: other.refresh_token });
  const lines = server.logs().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const told = (event, endpoint) => lines.some((line) => line.event === event && lines.some((request) => request.event === "request" && request.request_id === line.request_id && request.endpoint === endpoint));
  for (const [event, endpoint] of [["signed_in", "login"], ["consented", "consent"], ["code_replayed", "token"], ["revoked", "revoke"]]) {
    assert.ok(told(event, endpoint), event);
  }
  assert.ok(lines.some((line) => line.event === "signed_in" && line.sub === person.id), "whose sign-in it was");
});

test("what each request costs is what the design says", async () => {
  const { visitor, access_token, refresh_token } = await connected();
  const cost = async (response) => {
    const { object_calls, rows_written } = await requestLine(server.logs, response.headers.get("x-request-id"));
    return [object_calls, rows_written];
  };
  const remembered = await fetch(authorizeUrl(app, pkce()), { redirect: "manual", headers: { cookie: visitor.cookies } });
  assert.equal(remembered.status, 303);
  assert.deepEqual(await cost(remembered), [1, 0], "/authorize with a live session and remembered consent");
  const proof = pkce();
  const answer = await visitor.allow(authorizeUrl(app, proof), ada);
  assert.deepEqual(await cost(await redeem(app, answer, proof.verifier)), [1, 1], "code to tokens");
  assert.deepEqual(await cost(await refresh(app, refresh_token)), [1, 0], "refresh without rotation");
  assert.deepEqual(await cost(await userinfo(access_token)), [1, 0], "userinfo");
  for (const garbage of ["gr_code_AAAA", "x", "gr_rt_".padEnd(400, "A")]) {
    const refused = await post("/token", app, { grant_type: "authorization_code", code: garbage });
    assert.deepEqual(await cost(refused), [0, 0], "garbage");
  }
});

test("a sign-in costs three objects and one row", async () => {
  const carol = await newPerson(server.url);
  const visitor = new Visitor(server.url);
  const page = await visitor.open(authorizeUrl(app, pkce()));
  const interaction = new URL(page.address).searchParams.get("interaction");
  const fields = new URLSearchParams({ interaction, username: carol.userName, password: carol.password });
  const headers = { cookie: visitor.cookies, origin: server.url };
  const response = await fetch(`${server.url}/login`, { method: "POST", redirect: "manual", headers, body: fields });
  assert.equal(response.status, 303);
  const { object_calls, rows_written } = await requestLine(server.logs, response.headers.get("x-request-id"));
  // Two rows, because the account's first session also sets its daily alarm.
  assert.deepEqual([object_calls, rows_written], [3, 2]);
  const second = await fetch(`${server.url}/login`, { method: "POST", redirect: "manual", headers, body: fields });
  const again = await requestLine(server.logs, second.headers.get("x-request-id"));
  assert.deepEqual([again.object_calls, again.rows_written], [3, 1]);
});

test("a first consent costs one account, one registry and one row", async () => {
  const dora = await newPerson(server.url);
  const visitor = new Visitor(server.url);
  const login = await visitor.open(authorizeUrl(app, pkce()));
  const page = await visitor.submit(login, "login-form", { username: dora.userName, password: dora.password });
  const hidden = (name) => page.html.match(new RegExp(`name="${name}" value="([^"]+)"`))[1];
  const fields = new URLSearchParams({ interaction: hidden("interaction"), ticket: hidden("ticket"), decision: "allow" });
  const headers = { cookie: visitor.cookies, origin: server.url };
  const response = await fetch(`${server.url}/consent`, { method: "POST", redirect: "manual", headers, body: fields });
  assert.match(response.headers.get("location"), /[?&]code=gr_code_/);
  const { object_calls, rows_written } = await requestLine(server.logs, response.headers.get("x-request-id"));
  assert.deepEqual([object_calls, rows_written], [2, 1]);
});

// spec: RFC 6749 section 4.4.3 - client credentials give an access token and no refresh token
test("client credentials cost no object and no row", async () => {
  const service = await newClient(server.url, { client_name: "Nightly", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const token = await post("/token", service, { grant_type: "client_credentials" });
  assert.equal(token.status, 200, JSON.stringify(token.body));
  assert.deepEqual(Object.keys(token.body).sort(), ["access_token", "expires_in", "scope", "token_type"]);
  const again = await post("/token", service, { grant_type: "client_credentials" });
  const { object_calls, rows_written } = await requestLine(server.logs, again.headers.get("x-request-id"));
  assert.deepEqual([object_calls, rows_written], [0, 0]);
});

// spec: RFC 6749 section 5.2 - invalid_request, unsupported_grant_type and invalid_client with 401
// spec: RFC 6749 section 3.2 - parameters must not be included more than once
test("bad requests at the token endpoint get their code", async () => {
  const raw = (body, headers = {}) => fetch(`${server.url}/token`, { method: "POST", body, headers: { ...basic(app), ...headers } });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  for (const [response, status, error] of [
    [await raw("{}", { "content-type": "application/json" }), 400, "invalid_request"],
    [await raw("grant_type=a&grant_type=b", form), 400, "invalid_request"],
    [await raw("grant_type=%00", form), 400, "invalid_request"],
    [await raw("grant_type=%ff", form), 400, "invalid_request"],
    [await raw("", form), 400, "invalid_request"],
    [await raw("grant_type=password&username=a&password=b", form), 400, "unsupported_grant_type"],
    [await raw(`grant_type=${"x".repeat(70_000)}`, form), 400, "invalid_request"],
    [await raw("grant_type=refresh_token", { ...form, authorization: "Basic !!!" }), 401, "invalid_client"],
    [await raw("grant_type=refresh_token", { ...form, ...basic({ ...app, client_secret: "wrong" }) }), 401, "invalid_client"],
  ]) {
    assert.deepEqual([response.status, (await response.json()).error], [status, error]);
  }
});
