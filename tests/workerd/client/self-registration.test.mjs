// Clients that register themselves, against the running Worker: over HTTP, as any host of the Model Context Protocol does.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API = "https://open.example";
const API_OPEN = JSON.stringify({ audience: API, scopes: { "open.read": "See what is open" }, self_registered_clients: true });
const server = await startServer({ vars: { API_OPEN, DYNAMIC_REGISTRATION: "open" } });
const ada = await newPerson(server.url);
const CALLBACK = "https://app.example.com/callback";

async function register(more, headers = {}) {
  const body = JSON.stringify({ client_name: "Stranger", redirect_uris: [CALLBACK], grant_types: ["authorization_code", "refresh_token"], token_endpoint_auth_method: "none", ...more });
  const response = await fetch(`${server.url}/register`, { method: "POST", headers: { "content-type": "application/json", ...headers }, body });
  return { status: response.status, headers: response.headers, json: await response.json() };
}

/** An authorization request of a client, and what redeems its code. */
function request(client_id, more = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const code_challenge = createHash("sha256").update(verifier).digest("base64url");
  const parameters = { client_id, redirect_uri: CALLBACK, response_type: "code", scope: "openid offline_access open.read", state: "s", code_challenge, code_challenge_method: "S256", ...more };
  return { verifier, url: `${server.url}/authorize?${new URLSearchParams(parameters)}` };
}

async function token(fields) {
  const response = await fetch(`${server.url}/token`, { method: "POST", body: new URLSearchParams(fields) });
  return { status: response.status, json: await response.json() };
}

// spec: RFC 7591 section 3 - open registration: a stranger registers, a user consents, tokens follow
test("a stranger registers itself, a user consents, and its tokens are for the open API", async () => {
  const made = await register({}, { origin: "https://inspector.example" });
  assert.equal(made.status, 201, JSON.stringify(made.json));
  assert.equal(made.headers.get("access-control-allow-origin"), "*", "hosts that run in a browser register too");
  const { client_id } = made.json;
  const { url, verifier } = request(client_id);
  const visitor = new Visitor(server.url);
  let page = await visitor.open(url);
  page = await visitor.submit(page, "login-form", { username: ada.userName, password: ada.password });
  assert.match(page.html, /Not verified/);
  const answer = new URL((await visitor.submit(page, "consent-form", { decision: "allow" })).left);
  const redeemed = await token({ grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: CALLBACK, client_id, code_verifier: verifier });
  assert.equal(redeemed.status, 200, JSON.stringify(redeemed.json));
  const claims = JSON.parse(Buffer.from(redeemed.json.access_token.split(".")[1], "base64url"));
  assert.ok([claims.aud].flat().includes(API));
  const refreshed = await token({ grant_type: "refresh_token", refresh_token: redeemed.json.refresh_token, client_id });
  assert.equal(refreshed.status, 200, "it was marked as used, and is the same client");

  const again = await visitor.open(request(client_id).url);
  assert.match(again.html, /id="consent-form"/, "it is never answered in silence");
});

// spec: RFC 9700 section 4.11.2 - no redirect of a refusal to a client that registered itself but by the user
test("a refusal to a stranger waits for the user; to a registered app it goes at once", async () => {
  const { client_id } = (await register({})).json;
  for (const more of [{ scope: "openid clients" }, { prompt: "none" }, { response_type: "token" }, { code_challenge: "" }]) {
    const page = await new Visitor(server.url).open(request(client_id, more).url);
    assert.deepEqual([page.left, page.status], [undefined, 400], JSON.stringify(more));
    assert.match(page.html, /id="error-message"/);
    const link = page.html.match(/<a[^>]*id="onward"[^>]*>/)[0].match(/href="([^"]*)"/)[1].replaceAll("&#38;", "&").replaceAll("&amp;", "&");
    const target = new URL(link);
    assert.equal(target.origin + target.pathname, CALLBACK);
    assert.equal(target.searchParams.get("iss"), server.url);
    assert.ok(page.html.includes(`<code>${target.searchParams.get("error")}</code>`));
  }
  const posted = await new Visitor(server.url).open(request(client_id, { prompt: "none", response_mode: "form_post" }).url);
  assert.match(posted.html, /<form id="onward-form" method="post" action="https:\/\/app.example.com\/callback">/);
  assert.doesNotMatch(posted.html, /<script/, "nothing presses the button");

  const app = await newClient(server.url, { redirect_uris: [CALLBACK] });
  const page = await new Visitor(server.url).open(request(app.client_id, { scope: "openid", prompt: "none" }).url);
  assert.equal(new URL(page.left).searchParams.get("error"), "login_required");

  // Denying is the user's own decision, made on a page that says where it leads.
  const visitor = new Visitor(server.url);
  const login = await visitor.open(request(client_id).url);
  const consent = await visitor.submit(login, "login-form", { username: ada.userName, password: ada.password });
  const denied = await visitor.submit(consent, "consent-form", { decision: "deny" });
  assert.equal(new URL(denied.left).searchParams.get("error"), "access_denied");
});

// spec: RFC 7591 section 3 - an initial access token is an access token with the scope clients:register
test("with an initial access token an unverified client is registered", async () => {
  const closed = await startServer({ vars: { API_OPEN, DYNAMIC_REGISTRATION: "token" } });
  const mint = await newClient(closed.url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "clients:register" });
  const basic = `Basic ${btoa(`${mint.client_id}:${mint.client_secret}`)}`;
  const minted = await fetch(`${closed.url}/token`, { method: "POST", headers: { authorization: basic }, body: new URLSearchParams({ grant_type: "client_credentials" }) });
  const { access_token } = await minted.json();
  const post = async (authorization, more) => {
    const headers = { "content-type": "application/json", ...(authorization && { authorization }) };
    const response = await fetch(`${closed.url}/register`, { method: "POST", headers, body: JSON.stringify({ client_name: "Partner", redirect_uris: [CALLBACK], ...more }) });
    return { status: response.status, json: await response.json() };
  };
  assert.equal((await post()).status, 401);
  assert.equal((await post(`Bearer ${access_token}`)).status, 201);
  const refused = await post(`Bearer ${access_token}`, { scope: "clients", grant_types: ["client_credentials"] });
  assert.deepEqual([refused.status, refused.json.error], [400, "invalid_client_metadata"]);
  const listed = await fetch(`${closed.url}/register`, { headers: { authorization: `Bearer ${access_token}` } });
  assert.equal(listed.status, 403, "it registers, and does nothing else");
  await closed.stop();
});

// spec: OpenID Connect RP-Initiated Logout section 6 - a logout is no open redirector
test("after a logout, only a session of this browser leads back to a client that registered itself", async () => {
  const away = "https://app.example.com/bye";
  const { client_id } = (await register({ post_logout_redirect_uris: [away] })).json;
  const signIn = async (visitor) => {
    const { url, verifier } = request(client_id);
    const answer = await visitor.allow(url, ada);
    const redeemed = await token({ grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: CALLBACK, client_id, code_verifier: verifier });
    return `${server.url}/logout?${new URLSearchParams({ id_token_hint: redeemed.json.id_token, post_logout_redirect_uri: away })}`;
  };
  const attacker = new Visitor(server.url);
  const link = await signIn(attacker);
  const passer = await new Visitor(server.url).open(link);
  assert.deepEqual([passer.left, passer.status], [undefined, 200], "a link leads strangers nowhere else");
  const victim = new Visitor(server.url);
  await signIn(victim);
  const asked = await victim.open(link);
  const confirmed = await victim.submit(asked, "logout-form", { decision: "confirm" });
  assert.deepEqual([confirmed.left, confirmed.status], [undefined, 200]);
  assert.equal((await attacker.open(link)).left, away, "who signed in there goes back there");
});
