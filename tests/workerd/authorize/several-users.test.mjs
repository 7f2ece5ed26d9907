// Several users in one browser: which of them continues, and which is asked.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const server = await startServer();
const { authorizeUrl, redeem } = connection(server.url);
const ada = await newPerson(server.url);
const bob = await newPerson(server.url);
const app = await newClient(server.url);

/** The claims of the ID token that an answer is redeemed for. */
async function claims(answer, proof) {
  const { body } = await redeem(app, answer, proof.verifier);
  return { ...JSON.parse(Buffer.from(body.id_token.split(".")[1], "base64url")), id_token: body.id_token };
}

/** A browser in which first Ada and then Bob signed in and allowed the app. */
async function bothSignedIn() {
  const visitor = new Visitor(server.url);
  const tokens = [];
  for (const person of [ada, bob]) {
    const proof = pkce();
    const login = await visitor.open(authorizeUrl(app, proof, { prompt: "login" }));
    const next = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
    const { left } = next.left ? next : await visitor.submit(next, "consent-form", { decision: "allow" });
    tokens.push(await claims(new URL(left), proof));
  }
  return { visitor, tokens };
}

const choices = (page) => [...page.html.matchAll(/<button class="plain" name="account" value="([^"]+)">[\s\S]*?<\/button>/g)].map(([html, value]) => ({ html, value }));

test("the account that signed in last goes on in silence", async () => {
  const { visitor, tokens } = await bothSignedIn();
  const proof = pkce();
  const { left } = await visitor.open(authorizeUrl(app, proof, { prompt: "none" }));
  assert.equal((await claims(new URL(left), proof)).sub, tokens[1].sub);
});

// spec: OpenID Connect Core section 3.1.2.1 - prompt=select_account lets the user choose
test("select_account shows all users who are signed in, and continues with the one that is picked", async () => {
  const { visitor, tokens } = await bothSignedIn();
  const proof = pkce();
  const page = await visitor.open(authorizeUrl(app, proof, { prompt: "select_account" }));
  assert.match(page.html, /id="choose-form"/);
  assert.equal(choices(page).length, 2);
  const { left } = await visitor.submit(page, "choose-form", { account: choices(page)[1].value });
  assert.equal((await claims(new URL(left), proof)).sub, tokens[0].sub, "Ada was the second in the list");

  const silent = pkce();
  const again = await visitor.open(authorizeUrl(app, silent, { prompt: "none" }));
  assert.equal((await claims(new URL(again.left), silent)).sub, tokens[0].sub, "who was picked stays the current one");
});

test("the chooser leads to the sign-in form for a user who is not listed", async () => {
  const { visitor } = await bothSignedIn();
  const carl = await newPerson(server.url);
  const page = await visitor.open(authorizeUrl(app, pkce(), { prompt: "select_account" }));
  const other = page.html.match(/<a class="button plain" href="([^"]+)"/)[1].replaceAll("&amp;", "&");
  const login = await visitor.open(new URL(other, server.url).href);
  const consent = await visitor.submit(login, "login-form", { username: carl.userName, password: carl.password });
  assert.match(consent.html, /id="consent-form"/);
  const three = await visitor.open(authorizeUrl(app, pkce(), { prompt: "select_account" }));
  assert.equal(choices(three).length, 3);
});

test("what was not on the list picks nobody", async () => {
  const { visitor } = await bothSignedIn();
  const page = await visitor.open(authorizeUrl(app, pkce(), { prompt: "select_account" }));
  const again = await visitor.submit(page, "choose-form", { account: "A".repeat(22) });
  assert.match(again.html, /id="choose-form"/);
});

// spec: OpenID Connect Core section 3.1.2.1 - id_token_hint picks the session of its person
test("a hint picks the session it was issued in", async () => {
  const { visitor, tokens } = await bothSignedIn();
  if (!tokens[0].sid) assert.fail("ID tokens name their session");
  for (const { id_token, sub } of tokens) {
    const proof = pkce();
    const { left } = await visitor.open(authorizeUrl(app, proof, { prompt: "none", id_token_hint: id_token }));
    assert.equal((await claims(new URL(left), proof)).sub, sub);
  }
});

// spec: OpenID Connect Core section 3.1.2.1 - an id_token_hint of another user is login_required
test("a hint at a user who is not signed in asks that user to sign in, and accepts no other user", async () => {
  const { tokens } = await bothSignedIn();
  const visitor = new Visitor(server.url);
  const silent = await visitor.open(authorizeUrl(app, pkce(), { prompt: "none", id_token_hint: tokens[0].id_token }));
  assert.equal(new URL(silent.left).searchParams.get("error"), "login_required");
  const login = await visitor.open(authorizeUrl(app, pkce(), { id_token_hint: tokens[0].id_token }));
  const { left } = await visitor.submit(login, "login-form", { username: bob.userName, password: bob.password });
  assert.equal(new URL(left).searchParams.get("error"), "login_required", "Bob is not Ada");
});

// spec: OpenID Connect Core section 3.1.2.1 - an id_token_hint of another user than the one who signs in is login_required
test("a user who signs in although the hint names another user is not asked again and again", async () => {
  const { visitor, tokens } = await bothSignedIn();
  for (const [hinted, other] of [[0, 1], [1, 0]]) {
    const request = authorizeUrl(app, pkce(), { id_token_hint: tokens[hinted].id_token, prompt: "login" });
    const login = await visitor.open(request);
    const person = [ada, bob][other];
    const { left } = await visitor.submit(login, "login-form", { username: person.userName, password: person.password });
    assert.equal(new URL(left).searchParams.get("error"), "login_required");
  }
});

// spec: OpenID Connect Core section 3.1.2.1 - an id_token_hint that the server did not issue to the client is refused
test("a hint that this server did not issue, or issued to another client, is refused", async () => {
  const { visitor, tokens } = await bothSignedIn();
  const other = await newClient(server.url);
  const [header, payload, signature] = tokens[0].id_token.split(".");
  const forged = [Buffer.from('{"alg":"none","typ":"JWT"}').toString("base64url"), payload, ""].join(".");
  for (const [client, hint] of [[other, tokens[0].id_token], [app, forged], [app, `${header}.${payload}.${signature.slice(4)}AAAA`], [app, "x"]]) {
    const { left } = await visitor.open(authorizeUrl(client, pkce(), { id_token_hint: hint }));
    assert.equal(new URL(left).searchParams.get("error"), "invalid_request");
  }
});

// spec: Invariant 7 - a consent page allows nothing in the name of another user
test("an expired page for one account cannot be allowed by another", async () => {
  const visitor = new Visitor(server.url);
  const fresh = await newClient(server.url);
  const login = await visitor.open(authorizeUrl(fresh, pkce()));
  const shownToAda = await visitor.submit(login, "login-form", { username: ada.userName, password: ada.password });
  const again = await visitor.open(authorizeUrl(fresh, pkce(), { prompt: "login" }));
  await visitor.submit(again, "login-form", { username: bob.userName, password: bob.password });
  const page = await visitor.submit(shownToAda, "consent-form", { decision: "allow" });
  assert.equal(page.left, undefined);
  assert.match(page.html, /id="consent-form"/, "the page is shown again, to Bob");
});
