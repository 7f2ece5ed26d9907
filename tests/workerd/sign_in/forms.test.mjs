// What requests and forms may ask of a browser that is signed in: forms of other sites, hints, ages, and signing out.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { claims, relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const server = await startServer();
const [ada, bob] = [await newPerson(server.url), await newPerson(server.url)];
const app = await newClient(server.url);
const { authorizeUrl, redeem, refresh } = connection(server.url);
const { cost } = relyingParty(server);

/** Signs a user in, beside the users who are signed in, and returns the tokens. */
async function connected(visitor, person, client = app) {
  const proof = pkce();
  const login = await visitor.open(authorizeUrl(client, proof, { prompt: "login" }));
  const next = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
  const { left } = next.left ? next : await visitor.submit(next, "consent-form", { decision: "allow" });
  const { status, body } = await redeem(client, new URL(left), proof.verifier);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

/** The subject of the user who is signed in, as an app can learn it; undefined when there is none. */
async function signedIn(visitor, more) {
  const proof = pkce();
  const { left } = await visitor.open(authorizeUrl(app, proof, { prompt: "none", ...more }));
  const answer = new URL(left);
  if (["login_required", "account_selection_required"].includes(answer.searchParams.get("error"))) return undefined;
  assert.ok(answer.searchParams.has("code"), answer.href);
  return claims((await redeem(app, answer, proof.verifier)).body.id_token).sub;
}

/** Forms of other sites, as a browser would send them if it sent our cookies along. */
const FOREIGN = [
  { origin: "https://evil.example" },
  { origin: "https://evil.example", "sec-fetch-site": "same-origin" },
  { origin: "null", "sec-fetch-site": "cross-site" },
  { "sec-fetch-site": "same-site" },
  {},
];

const send = (visitor, action, body, headers) =>
  fetch(action, { method: "POST", redirect: "manual", body, headers: { cookie: visitor.cookies, ...headers } });

// spec: RFC 9700 section 4.7 - a form that another site sends signs nobody in
test("a sign-in form from elsewhere signs nobody in", async () => {
  const visitor = new Visitor(server.url);
  const page = await visitor.open(authorizeUrl(app, pkce()));
  const { action, body } = visitor.form(page, "login-form");
  body.set("username", ada.userName);
  body.set("password", ada.password);
  for (const headers of FOREIGN) {
    const refused = await send(visitor, action, body, headers);
    assert.equal(refused.status, 403, JSON.stringify(headers));
    assert.deepEqual(refused.headers.getSetCookie(), []);
  }
  assert.equal((await send(visitor, action, body, { origin: server.url })).status, 303, "our own does");
});

test("a chooser from elsewhere picks nobody", async () => {
  const visitor = new Visitor(server.url);
  await connected(visitor, ada);
  await connected(visitor, bob);
  const page = await visitor.open(authorizeUrl(app, pkce(), { prompt: "select_account" }));
  const { action, body } = visitor.form(page, "choose-form");
  body.set("account", [...page.html.matchAll(/name="account" value="([^"]+)"/g)][1][1]);
  for (const headers of FOREIGN) {
    const refused = await send(visitor, action, body, headers);
    assert.equal(refused.status, 403, JSON.stringify(headers));
    assert.deepEqual(refused.headers.getSetCookie(), []);
  }
  assert.equal(await signedIn(visitor), bob.id, "who signed in last is still the current one");
  assert.equal((await send(visitor, action, body, { origin: server.url })).status, 303, "our own does");
});

// spec: OpenID Connect RP-Initiated Logout section 6 - another site cannot sign a user out
test("a confirmed sign-out from elsewhere signs nobody out", async () => {
  const visitor = new Visitor(server.url);
  await connected(visitor, ada);
  const page = await visitor.open(`${server.url}/logout`);
  const { action, body } = visitor.form(page, "logout-form");
  body.set("decision", "confirm");
  for (const headers of FOREIGN) {
    const answer = await send(visitor, action, body, headers);
    assert.equal(answer.status, 303);
    const next = await visitor.open(new URL(answer.headers.get("location"), server.url).href);
    assert.match(next.html, /id="logout-form"/, "the person is asked again");
    assert.equal(await signedIn(visitor), ada.id, JSON.stringify(headers));
  }
  assert.equal((await send(visitor, action, body, { origin: server.url })).status, 303);
  assert.equal(await signedIn(visitor), undefined, "our own does");
});

// spec: OpenID Connect Core section 3.1.2.1 - login_hint is what the user may be known by
test("login_hint is filled in, as text", async () => {
  for (const [hint, value] of [[ada.userName, ada.userName], ["ada@example.com", "ada@example.com"], ['"><b>x', "&#34;&#62;&#60;b&#62;x"]]) {
    const page = await new Visitor(server.url).open(authorizeUrl(app, pkce(), { login_hint: hint }));
    const input = page.html.match(/<input id="username"[^>]*>/)[0];
    assert.ok(input.includes(` value="${value}"`), input);
  }
  const page = await new Visitor(server.url).open(authorizeUrl(app, pkce()));
  assert.match(page.html, /<input id="username" name="username" value=""/);
});

// spec: OpenID Connect Registration section 2 - default_max_age is the max_age of requests that have none
test("default_max_age asks for the password again, unless the request says otherwise", async () => {
  const visitor = new Visitor(server.url);
  await connected(visitor, ada);
  const errorOf = async (client, more) => {
    const { left } = await visitor.open(authorizeUrl(client, pkce(), { prompt: "none", ...more }));
    return new URL(left).searchParams.get("error");
  };
  const strict = await newClient(server.url, { client_name: "Strict", default_max_age: 0 });
  const patient = await newClient(server.url, { client_name: "Patient", default_max_age: 3600 });
  // A client that is allowed nothing is told of no sign-in, however fresh.
  for (const client of [strict, patient]) await visitor.allow(authorizeUrl(client, pkce(), { scope: "openid", max_age: "3600" }), ada);
  assert.equal(await errorOf(strict), "login_required");
  assert.equal(await errorOf(strict, { max_age: "3600" }), "consent_required", "the sign-in is fresh enough");
  assert.equal(await errorOf(patient), "consent_required");
  assert.equal(await errorOf(patient, { max_age: "0" }), "login_required");

  const page = await visitor.open(authorizeUrl(strict, pkce()));
  assert.match(page.html, /id="login-form"/);
  const tokens = await connected(visitor, ada, strict);
  assert.ok(Number.isInteger(claims(tokens.id_token).auth_time), "the ID token says when");
});

// spec: OpenID Connect RP-Initiated Logout section 2 - client_id has to be that of the hint
test("a hint with another client's id is no hint: the user is asked", async () => {
  const visitor = new Visitor(server.url);
  const { id_token } = await connected(visitor, ada);
  const other = await newClient(server.url);
  const address = (client_id) => `${server.url}/logout?${new URLSearchParams({ id_token_hint: id_token, client_id })}`;
  for (const client_id of [other.client_id, "nobody"]) {
    const page = await visitor.open(address(client_id));
    assert.match(page.html, /id="logout-form"/, client_id);
    assert.equal(await signedIn(visitor), ada.id);
  }
  const page = await visitor.open(address(app.client_id));
  assert.match(page.html, /id="logged-out"/);
  assert.equal(await signedIn(visitor), undefined);
});

// spec: OpenID Connect RP-Initiated Logout section 2 - the hint names the session that ends
test("of two accounts in one browser a hint ends its own; a user who confirms ends both", async () => {
  const visitor = new Visitor(server.url);
  const { id_token: ofAda } = await connected(visitor, ada);
  const { id_token: ofBob } = await connected(visitor, bob);
  await visitor.open(`${server.url}/logout?${new URLSearchParams({ id_token_hint: ofBob })}`);
  assert.equal(await signedIn(visitor, { id_token_hint: ofBob }), undefined, "Bob is gone");
  assert.equal(await signedIn(visitor, { id_token_hint: ofAda }), ada.id, "Ada is not");
  const unasked = await visitor.open(authorizeUrl(app, pkce(), { prompt: "none" }));
  assert.equal(new URL(unasked.left).searchParams.get("error"), "account_selection_required", "Ada does not take Bob's place without a choice");

  await connected(visitor, bob);
  const page = await visitor.open(`${server.url}/logout`);
  await visitor.submit(page, "logout-form", { decision: "confirm" });
  assert.equal(await signedIn(visitor), undefined);
  const login = await visitor.open(authorizeUrl(app, pkce(), { prompt: "select_account" }));
  assert.match(login.html, /id="login-form"/, "there is no user to choose");
});

test("a confidential client that is registered so has rotating refresh tokens, at one row each", async () => {
  const careful = await newClient(server.url, { client_name: "Careful", rotate_refresh_tokens: true });
  const seen = [(await connected(new Visitor(server.url), ada, careful)).refresh_token];
  for (let turn = 0; turn < 3; turn++) {
    const answer = await refresh(careful, seen.at(-1));
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.ok(answer.body.refresh_token && !seen.includes(answer.body.refresh_token), "each has a successor");
    assert.deepEqual(await cost(answer), [1, 1]);
    seen.push(answer.body.refresh_token);
  }
  const usual = await connected(new Visitor(server.url), ada);
  const kept = await refresh(app, usual.refresh_token);
  assert.deepEqual([kept.status, kept.body.refresh_token], [200, undefined]);
});
