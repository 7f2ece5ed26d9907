// The developer portal over HTTP: from the form to tokens, and that a developer cannot reach another's app.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { FORM, approve, element, newDeveloper, notice } from "../../support/portal.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const { url, logs } = await startServer();
const { authorizeUrl, redeem, refresh, userinfo } = connection(url);
const SCOPE = "openid offline_access reservations.read";

/** A user allows the app, and it redeems the code. */
async function connected(app, more) {
  const proof = pkce();
  const visitor = new Visitor(url);
  const answer = await visitor.allow(authorizeUrl(app, proof, { scope: SCOPE, ...more }), await newPerson(url));
  return { answer, visitor, ...(await redeem(app, answer, proof.verifier, more?.redirect_uri && { redirect_uri: more.redirect_uri })) };
}

/** Asks until isolates and KV know of a change, which may take some seconds. */
async function soon(question) {
  for (let tries = 0; ; tries++) {
    const answer = await question();
    if (answer.good || tries === 100) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

test("a developer registers an app, sees its credentials once, and gets tokens with them", async () => {
  const ada = await newDeveloper(url);
  assert.match(ada.home.html, /id="apps-none"/);
  const app = await ada.made();
  assert.match(app.client_id, /^c_/);
  assert.match(app.client_secret, /^gr_secret_/);
  assert.equal(app.page.headers.get("cache-control"), "no-store");
  for (const again of [await ada.visitor.open(`${url}/developer`), await ada.open(app)]) {
    assert.ok(again.html.includes("Tide Tables") && !again.html.includes(app.client_secret));
  }
  assert.ok(!logs().includes(app.client_secret));

  const { status, body } = await connected(app);
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal((await userinfo(body.access_token)).status, 200);
  assert.equal((await refresh(app, body.refresh_token)).status, 200);
});

test("a public app has no secret, and redeems with PKCE alone", async () => {
  const ada = await newDeveloper(url);
  const { client_id, client_secret, redirect_uris } = await ada.made({ token_endpoint_auth_method: "none" });
  assert.equal(client_secret, "");
  const proof = pkce();
  const answer = await new Visitor(url).allow(authorizeUrl({ client_id, redirect_uris }, proof, { scope: SCOPE }), await newPerson(url));
  const body = new URLSearchParams({ grant_type: "authorization_code", client_id, code: answer.searchParams.get("code"), redirect_uri: redirect_uris[0], code_verifier: proof.verifier });
  assert.equal((await fetch(`${url}/token`, { method: "POST", body })).status, 200);
});

test("a developer registers redirect URIs and scopes, and edits them at any time", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made();
  const other = "https://tide.example.com/other";
  const before = await new Visitor(url).open(authorizeUrl(app, pkce(), { redirect_uri: other }));
  assert.equal(before.status, 400, "not registered yet");
  const saved = await ada.save(app, { redirect_uris: `${FORM.redirect_uris}\r\n${other}`, "scope:email": "on", client_name: "Ebb Tables" });
  assert.equal(notice(saved), "Your changes have been saved. They take effect everywhere within about a minute.");
  assert.ok(saved.html.includes(`${FORM.redirect_uris}\n${other}</textarea>`));
  const page = await soon(async () => {
    const page = await new Visitor(url).open(authorizeUrl(app, pkce(), { scope: `${SCOPE} email`, redirect_uri: other }));
    return { ...page, good: page.html?.includes("Ebb Tables") };
  });
  assert.match(page.html, /id="login-form"/);
  assert.ok(page.html.includes("Ebb Tables"));
  const { status, body } = await connected(app, { scope: `${SCOPE} email`, redirect_uri: other });
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(body.scope, `${SCOPE} email`);
});

test("site, privacy policy, terms and description are edited at any time, and users see them where they are asked", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made();
  const links = { client_uri: "https://ebb.example.com/app", policy_uri: "https://ebb.example.com/privacy", tos_uri: "https://ebb.example.com/terms" };
  const saved = await ada.save(app, { ...links, description: "Knows when the water comes" });
  for (const link of Object.values(links)) assert.ok(saved.html.includes(`value="${link}"`), link);
  assert.ok(saved.html.includes("Knows when the water comes"));
  const person = await newPerson(url);
  const page = await soon(async () => {
    const consent = await visitorAt(app, person);
    return { ...consent, good: consent.html.includes(links.policy_uri) };
  });
  for (const part of [`href="${links.policy_uri}"`, `href="${links.tos_uri}"`, "ebb.example.com"]) assert.ok(page.html.includes(part), part);
  const without = await ada.save(app, { policy_uri: "", tos_uri: "" });
  for (const link of [links.policy_uri, links.tos_uri]) assert.ok(!without.html.includes(link), "and taken away again");
  const { policy_uri, tos_uri, client_uri } = await administer(url, "GET", `/register/${app.client_id}`, undefined, 200);
  assert.deepEqual([policy_uri, tos_uri, client_uri], [undefined, undefined, FORM.client_uri]);
});

/** The consent page of an app, for a user in a new browser. */
async function visitorAt(app, { userName, password }) {
  const visitor = new Visitor(url);
  const login = await visitor.open(authorizeUrl(app, pkce(), { scope: SCOPE }));
  return visitor.submit(login, "login-form", { username: userName, password });
}

test("what is wrong is said beside its field, and what was typed is still there", async () => {
  const ada = await newDeveloper(url);
  const page = await ada.create({ redirect_uris: "https://tide.example.com/ok\r\nhttp://tide.example.com/bad", description: "Knows the <sea>" });
  assert.equal(page.status, 400);
  assert.match(page.html, /id="redirect_uris-problem"/);
  assert.ok(page.html.includes("<bdi>http://tide.example.com/bad</bdi>"));
  assert.ok(page.html.includes('value="Tide Tables"') && /value="Knows the &(lt|#60);sea&(gt|#62);"/.test(page.html));
  assert.match((await ada.visitor.open(`${url}/developer`)).html, /id="apps-none"/);
});

test("the secret is rotated with an overlap, and the old one ends when its developer says so", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made();
  const rotated = await ada.act(app, "secret-form", { action: "rotate" });
  const fresh = { ...app, client_secret: element(rotated, "client-secret") };
  assert.notEqual(fresh.client_secret, app.client_secret);
  const works = async (client) => (await soon(async () => ({ good: (await connected(client)).status === 200 }))).good;
  assert.ok(await works(fresh), "the new one");
  assert.ok(await works(app), "and the old one beside it");
  const ended = await ada.act(app, "secret-form", { action: "end-earlier" });
  assert.equal(notice(ended), "The previous secret no longer works.");
  const { status } = await soon(async () => {
    const answer = await connected(app);
    return { ...answer, good: answer.status === 401 };
  });
  assert.equal(status, 401);
  assert.ok(await works(fresh));
});

test("publication waits for the administrator, whose word a new name takes away", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made({ description: "When the water comes" });
  const listed = async () => (await (await fetch(`${url}/apps.json`)).json()).apps.some(({ client_id }) => client_id === app.client_id);
  assert.equal(notice(await ada.act(app, "catalogue-form", { action: "publish" })), "Your request has been sent. An administrator will review the app.");
  assert.equal(await listed(), false);
  const waiting = await administer(url, "GET", `/register/${app.client_id}`, undefined, 200);
  assert.deepEqual([waiting.publication_requested, waiting.owner, waiting.verified], [true, ada.person.id, false]);
  await approve(url, app, { published: true, verified: true });
  assert.equal(await listed(), true, "at once");
  assert.match((await ada.open(app)).html, /Verified/);

  const renamed = await ada.save(app, { client_name: "Your Bank", description: "When the water comes" });
  assert.match(notice(renamed), /is waiting for approval again/);
  assert.equal(await listed(), false);
  assert.match(renamed.html, /Not verified/);
});

test("publication is at once where the deployment says so", async () => {
  const open = await startServer({ vars: { PUBLICATION: "open" } });
  const ada = await newDeveloper(open.url);
  const app = await ada.made();
  await ada.act(app, "catalogue-form", { action: "publish" });
  const { apps } = await (await fetch(`${open.url}/apps.json`)).json();
  assert.deepEqual(apps.map(({ client_id }) => client_id), [app.client_id]);
});

test("another developer, a user without the role and a foreign page cannot reach an app", async () => {
  const [ada, eve] = [await newDeveloper(url), await newDeveloper(url)];
  const app = await ada.made();
  assert.equal((await eve.open(app)).status, 404);
  assert.ok(!(await eve.visitor.open(`${url}/developer`)).html.includes("Tide Tables"));
  const post = (cookie, origin, action) =>
    fetch(ada.path(app), { method: "POST", redirect: "manual", headers: { cookie, origin }, body: new URLSearchParams({ ...FORM, version: "1", action, confirm: "yes" }) });
  for (const action of ["save", "rotate", "publish", "delete"]) {
    assert.equal((await post(eve.visitor.cookies, url, action)).status, 404, action);
    assert.equal((await post(ada.visitor.cookies, "https://evil.example", action)).status, 403, action);
    assert.equal((await post("", url, action)).status, 303, `${action}: signs in first`);
  }
  const person = await newPerson(url);
  const visitor = new Visitor(url);
  const denied = await visitor.submit(await visitor.open(`${url}/developer`), "login-form", { username: person.userName, password: person.password });
  assert.equal(denied.status, 403);
  assert.match(denied.html, /id="developer-denied"/);
  assert.equal((await connected(app)).status, 200, "it works as before");
});

test("a logo is uploaded as a file and shown to users, and what is no image is refused", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made();
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNg2Cb2HwAC9AGu5ZtnQwAAAABJRU5ErkJggg==", "base64");
  async function send(content) {
    const { action, body } = ada.visitor.form(await ada.open(app), "logo-form");
    const form = new FormData();
    for (const [name, value] of body) form.set(name, value);
    form.set("logo", new Blob([content], { type: "image/png" }), "logo.png");
    // In one piece: a body that is too long is refused by its length, and the rest of a stream would meet a closed connection.
    const encoded = new Response(form);
    const headers = { cookie: ada.visitor.cookies, origin: url, "content-type": encoded.headers.get("content-type") };
    const response = await fetch(action, { method: "POST", redirect: "manual", headers, body: Buffer.from(await encoded.arrayBuffer()) });
    return { status: response.status, html: await response.text() };
  }
  for (const bad of ["<svg xmlns='http://www.w3.org/2000/svg'/>", Buffer.concat([png, Buffer.alloc(20_000)]), Buffer.alloc(100_000)]) {
    const refused = await send(bad);
    assert.equal(refused.status, 400);
    assert.match(refused.html, /id="logo-problem"/);
    assert.ok(refused.html.includes('value="Tide Tables"'), "no field is lost");
  }
  assert.equal((await send(png)).status, 303);
  const person = await newPerson(url);
  const page = await soon(async () => {
    const consent = await visitorAt(app, person);
    return { ...consent, good: consent.html.includes("data:image/png") };
  });
  assert.ok(page.html.includes(`src="data:image/png;base64,${png.toString("base64")}"`));
});

test("an app is deleted after a question, and its tokens are no longer good", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made();
  const { body } = await connected(app);
  const question = await ada.act(app, "delete-form", { action: "delete" });
  assert.match(question.html, /id="delete-confirm"/);
  assert.equal((await ada.open(app)).status, 200, "not yet");
  const deleted = await ada.visitor.submit(question, "delete-form", {});
  assert.match(notice(deleted), /The app has been deleted/);
  assert.equal((await ada.open(app)).status, 404);
  const { status } = await soon(async () => {
    const answer = await refresh(app, body.refresh_token);
    return { ...answer, good: answer.status === 401 };
  });
  assert.equal(status, 401);
});

test("when a developer is deleted, their apps stay and the administrator sees whose they were", async () => {
  const ada = await newDeveloper(url);
  const app = await ada.made();
  await administer(url, "DELETE", `/scim/v2/Users/${ada.person.id}`, undefined, 204);
  assert.equal((await administer(url, "GET", `/register/${app.client_id}`, undefined, 200)).owner, ada.person.id);
  assert.equal((await connected(app)).status, 200);
});
