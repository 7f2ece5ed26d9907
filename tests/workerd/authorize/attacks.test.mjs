// Attacks with a browser, with a registered app, or with neither.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const server = await startServer();
const { authorizeUrl } = connection(server.url);
const { connect, send, cost } = relyingParty(server);
const ada = await newPerson(server.url);
const app = await newClient(server.url);
const EVIL = { origin: "https://evil.example", "sec-fetch-site": "cross-site" };

const isSignedIn = async (visitor) => new URL((await visitor.open(authorizeUrl(app, pkce(), { prompt: "none" }))).left).searchParams.has("code");

/** The link that the answer to a request by POST leads to: it belongs to no browser yet. */
async function sentByPost(address) {
  const { headers } = await send("/authorize", { method: "POST", body: new URL(address).searchParams, redirect: "manual" });
  return new URL(headers.get("location"), server.url);
}

// spec: OpenID Connect Core section 3.1.2.1 - a request by POST that demands a new sign-in gets one, whatever its link is made of
test("a request that has begun in no browser leads past no sign-in and no choice", async () => {
  const { visitor } = await connect(app, ada, "openid");
  for (const [demand, form] of [[{ prompt: "login" }, "login-form"], [{ max_age: "0" }, "login-form"], [{ prompt: "select_account" }, "choose-form"]]) {
    const address = authorizeUrl(app, pkce(), { scope: "openid", ...demand });
    for (const step of ["/login", "/consent"]) {
      const link = await sentByPost(address);
      const begun = await visitor.open(link.href);
      assert.match(begun.html, new RegExp(`id="${form}"`));
      link.pathname = step;
      const page = await visitor.open(link.href);
      assert.deepEqual([page.left, page.status], [undefined, 400], `${JSON.stringify(demand)} at ${step}`);
    }
  }
});

// spec: OpenID Connect Core section 3.1.2.1 - a sign-in after the request, not a session that its cookie did not hold
test("attack: with a stolen cookie, an older one and a full one, no demand for a new sign-in is met without a password", async () => {
  const visitor = new Visitor(server.url);
  await visitor.open(authorizeUrl(app, pkce()));
  const older = visitor.copy();
  await visitor.allow(authorizeUrl(app, pkce()), ada);
  const stolen = () => visitor.copy();
  const full = visitor.copy();
  for (let number = 0; number < 4; number++) {
    const login = await full.open(authorizeUrl(app, pkce(), { prompt: "login" }));
    const { userName: username, password } = await newPerson(server.url);
    await full.submit(login, "login-form", { username, password });
  }
  await new Promise((done) => setTimeout(done, 11_000)); // longer than clocks may differ
  for (const demand of [{ prompt: "login" }, { max_age: "0" }]) {
    for (const begins of [stolen(), older.copy(), full.copy()]) {
      const page = await begins.open(authorizeUrl(app, pkce(), demand));
      const { body } = begins.form(page, "login-form");
      for (const step of ["authorize", "consent", "login"]) {
        const next = await stolen().open(`${server.url}/${step}?interaction=${body.get("interaction")}`);
        assert.equal(next.left, undefined, `${JSON.stringify(demand)} at /${step}`);
        assert.match(next.html, /id="login-form"/, `${JSON.stringify(demand)} at /${step}`);
      }
      const answered = await stolen().submit(page, "login-form", { username: ada.userName, password: ada.password });
      assert.ok(new URL(answered.left).searchParams.has("code"), "a password meets it");
    }
  }
  const { userName: username, password } = await newPerson(server.url);
  await full.submit(await full.open(authorizeUrl(app, pkce(), { prompt: "login" })), "login-form", { username, password });
  assert.equal(await isSignedIn(visitor), false, "the session that left the cookie as the sixth has ended");
});

// spec: Invariant 6 - nothing of a deleted client is restored with its identifier, not even a consent
test("a consent does not count for a new client with the identifier of a deleted one", async () => {
  const metadata = { client_id: `partner-${randomBytes(6).toString("hex")}` };
  const secret = () => ({ client_secret: randomBytes(32).toString("base64url") });
  const partner = await newClient(server.url, { ...metadata, ...secret() });
  const visitor = new Visitor(server.url);
  await visitor.allow(authorizeUrl(partner, pkce()), ada);
  const silent = () => visitor.open(authorizeUrl(partner, pkce(), { prompt: "none" }));
  assert.ok(new URL((await silent()).left).searchParams.has("code"));
  await administer(server.url, "DELETE", `/register/${partner.client_id}`, undefined, 204);
  await newClient(server.url, { ...metadata, ...secret() });
  assert.equal(new URL((await silent()).left).searchParams.get("error"), "login_required");
});

test("five users fit into the cookie, and the sixth takes the place of the first", async () => {
  const visitor = new Visitor(server.url);
  const people = [];
  for (let number = 0; number < 6; number++) {
    people.push(await newPerson(server.url));
    const login = await visitor.open(authorizeUrl(app, pkce(), { prompt: "login" }));
    await visitor.submit(login, "login-form", { username: people[number].userName, password: people[number].password });
  }
  assert.ok(visitor.cookies.length < 4_096, `${visitor.cookies.length} bytes of cookies`);
  const { html } = await visitor.open(authorizeUrl(app, pkce(), { prompt: "select_account" }));
  assert.equal(html.match(/name="account"/g).length, 5);
});

// spec: OpenID Connect RP-Initiated Logout section 6 - another site signs nobody out
test("a confirmation that another site sends, or that is in a link, signs nobody out", async () => {
  const { visitor } = await connect(app, ada, "openid email offline_access reservations.read");
  const { headers, status } = await send("/logout", {
    method: "POST",
    headers: { ...EVIL, cookie: visitor.cookies },
    body: new URLSearchParams({ decision: "confirm" }),
    redirect: "manual",
  });
  assert.equal(status, 303);
  const page = await visitor.open(new URL(headers.get("location"), server.url).href);
  assert.match(page.html, /id="logout-form"/);
  assert.match((await visitor.open(`${server.url}/logout?decision=confirm`)).html, /id="logout-form"/);
  assert.ok(await isSignedIn(visitor));
  await visitor.submit(page, "logout-form", { decision: "confirm" });
  assert.equal(await isSignedIn(visitor), false);
});

// spec: Invariant 3 - what a stranger sends to the pages of requests and logouts reaches no object
test("requests and logouts of strangers cost no object and no row", async () => {
  const forged = ["e30", "e30", "AAAA"].join(".");
  const request = new URL(authorizeUrl(app, pkce(), { id_token_hint: forged, claims: '{"id_token":{"sub":{"value":"x"}}}' }));
  const form = (fields) => ({ method: "POST", headers: EVIL, body: new URLSearchParams(fields), redirect: "manual" });
  await send("/authorize" + request.search, { redirect: "manual" });
  for (const [path, init] of [
    ["/authorize" + request.search, { redirect: "manual" }],
    ["/authorize", form(request.searchParams)],
    ["/login", form({ account: "x", username: "x", password: "x" })],
    ["/consent", form({ decision: "allow", ticket: "gr_ct_x" })],
    ["/consent", form({ decision: "deny" })],
    ["/logout", form({ decision: "confirm", id_token_hint: forged })],
    [`/logout?id_token_hint=${forged}&client_id=${app.client_id}&post_logout_redirect_uri=https://evil.example`, { redirect: "manual" }],
    ["/introspect", form({ token: forged, client_id: app.client_id, client_assertion: forged, client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" })],
  ]) {
    const answer = await send(path, init);
    assert.ok(answer.status < 500, `${path}: ${answer.status}`);
    assert.doesNotMatch(answer.headers.get("location") ?? "", /evil/, path);
    assert.deepEqual(await cost(answer), [0, 0], path);
  }
});
