// Debian's libapache2-mod-auth-openidc, untouched: an Apache that leaves signing in to Grantry.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { findApache } from "../../scripts/lib/apache.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { startApache, variables } from "../support/apache.mjs";
import { AppVisitor } from "../support/app-visitor.mjs";
import { connection } from "../support/connection.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const SCOPE = "openid profile email offline_access reservations.read";
const skip = !findApache() && "there is no Apache with mod_auth_openidc";
const { server, ada, apache, app } = skip ? {} : await arrange();

async function arrange() {
  const api = { client_id: "reservations-api", client_secret: randomBytes(32).toString("base64url") };
  const demo = { audience: "https://api.example.com", scopes: { "reservations.read": "See your reservations" }, introspection_clients: [api.client_id] };
  const port = await freePort();
  // Where the server tells Apache that somebody signed out: on this machine only because this says so.
  const server = await startServer({ vars: { API_DEMO: JSON.stringify(demo), OUTBOUND_EXCEPTIONS: `http://localhost:${port}` } });
  await newClient(server.url, { ...api, client_name: "Reservations", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const ada = await newPerson(server.url);
  const app = await newClient(server.url, {
    client_name: "Apache",
    redirect_uris: [`http://localhost:${port}/signed-in`],
    post_logout_redirect_uris: [`http://localhost:${port}/left/`],
    backchannel_logout_uri: `http://localhost:${port}/signed-in?logout=backchannel`,
    backchannel_logout_session_required: true,
    scope: SCOPE,
  });
  const apache = await startApache({
    port,
    pages: ["private", "fresh", "left", "api"],
    directives: `
OIDCProviderMetadataURL ${server.url}/.well-known/openid-configuration
OIDCClientID ${app.client_id}
OIDCClientSecret ${app.client_secret}
OIDCProviderTokenEndpointAuth client_secret_basic
OIDCRedirectURI ${app.redirect_uris[0]}
OIDCScope "${SCOPE}"
OIDCPKCEMethod S256
OIDCCryptoPassphrase ${randomBytes(16).toString("hex")}
OIDCRemoteUserClaim sub
OIDCPassClaimsAs environment
OIDCPassRefreshToken On
OIDCOAuthServerMetadataURL ${server.url}/.well-known/oauth-authorization-server
OIDCOAuthClientID ${api.client_id}
OIDCOAuthClientSecret ${api.client_secret}
OIDCOAuthTokenIntrospectionInterval -1
OIDCOAuthRemoteUserClaim sub
<LocationMatch "^/(private|fresh|signed-in)">
  AuthType openid-connect
  Require valid-user
</LocationMatch>
<Location /fresh>
  OIDCRefreshAccessTokenBeforeExpiry 3600
</Location>
<Location /api>
  AuthType oauth20
  Require claim aud:https://api.example.com
</Location>
`,
  });
  return { server, ada, apache, app };
}

const userinfo = (token) => connection(server.url).userinfo(token);
const revoke = async (token) => assert.equal((await connection(server.url).post("/revoke", app, { token })).status, 200);

/** A browser that went to the private page, signed in on the way, and sees it. */
async function signedIn() {
  const [atApp, atServer] = [new AppVisitor(), new Visitor(server.url)];
  const asked = await atApp.open(`${apache.url}/private/`);
  assert.equal(asked.status, 302);
  const answer = await atServer.allow(asked.location.href, ada);
  const back = await atApp.open(answer);
  assert.equal(back.status, 302, back.text);
  assert.equal(back.location.href, `${apache.url}/private/`, "the user is on the page that they asked for");
  const page = await atApp.open(back.location);
  assert.equal(page.status, 200);
  return { atApp, atServer, asked: asked.location, answer, page: variables(page.text) };
}

// spec: OpenID Connect Core section 3.1.3.7 - mod_auth_openidc finds the ID token valid
// spec: RFC 7636 section 4.3 - it sends a challenge and redeems with its verifier
// spec: OpenID Connect Core section 5.3.2 - it reads the claims from userinfo
test("a private page is shown to a user who signed in, with their claims", { skip }, async () => {
  const { asked, answer, page } = await signedIn();
  assert.equal(asked.searchParams.get("code_challenge_method"), "S256");
  assert.equal(answer.searchParams.get("iss"), server.url);
  assert.equal(page.REMOTE_USER, ada.id);
  assert.equal(page.OIDC_CLAIM_iss, server.url);
  assert.equal(page.OIDC_CLAIM_aud, app.client_id);
  assert.equal(page.OIDC_CLAIM_name, "Ada Lovelace");
  assert.equal(page.OIDC_CLAIM_email, `${ada.userName}@example.com`);
  assert.equal((await userinfo(page.OIDC_access_token)).status, 200);
});

test("an answer that another browser asked for signs nobody in", { skip }, async () => {
  const asked = await new AppVisitor().open(`${apache.url}/private/`);
  const answer = await new Visitor(server.url).allow(asked.location.href, ada);
  const other = new AppVisitor();
  const refused = await other.open(answer);
  assert.notEqual(refused.status, 200);
  assert.equal((await other.open(`${apache.url}/private/`)).status, 302, "it still has to sign in");
});

// spec: RFC 6749 section 6 - mod_auth_openidc refreshes
test("an access token that is about to expire is refreshed before the page sees it", { skip }, async () => {
  const { atApp, page } = await signedIn();
  const fresh = variables((await atApp.open(`${apache.url}/fresh/`)).text);
  assert.ok(fresh.OIDC_access_token);
  assert.notEqual(fresh.OIDC_access_token, page.OIDC_access_token);
  assert.equal((await userinfo(fresh.OIDC_access_token)).status, 200);
  assert.equal(fresh.REMOTE_USER, ada.id);
});

// spec: RFC 7009 section 2.1 - a revoked refresh token is no good
test("the app refreshes when its page asks for it, until the tokens are revoked", { skip }, async () => {
  const { atApp, page } = await signedIn();
  const refresh = async (token) => {
    const there = `${apache.url}/private/`;
    const answer = await atApp.open(`${app.redirect_uris[0]}?${new URLSearchParams({ refresh: there, access_token: token })}`);
    assert.equal(`${answer.location.origin}${answer.location.pathname}`, there, answer.text);
    return answer.location.searchParams.get("error_code");
  };
  assert.equal(await refresh(page.OIDC_access_token), null);
  const next = variables((await atApp.open(`${apache.url}/private/`)).text);
  assert.notEqual(next.OIDC_access_token, page.OIDC_access_token);
  assert.equal((await userinfo(next.OIDC_access_token)).status, 200);

  await revoke(page.OIDC_refresh_token);
  assert.equal(await refresh(next.OIDC_access_token), "refresh_failed");
});

// spec: RFC 7009 section 2.1 - mod_auth_openidc revokes its tokens when a user signs out
// spec: OpenID Connect RP-Initiated Logout section 3 - and sends the user to the server, which signs them out and redirects them back
test("signing out of the app ends its session, its tokens and the session at the server", { skip }, async () => {
  const { atApp, atServer, page } = await signedIn();
  const [left] = app.post_logout_redirect_uris;
  const out = await atApp.open(`${app.redirect_uris[0]}?${new URLSearchParams({ logout: left })}`);
  assert.equal(out.status, 302, out.text);
  assert.equal(out.location.origin, server.url);
  assert.equal((await userinfo(page.OIDC_access_token)).status, 401);
  assert.equal((await atApp.open(`${apache.url}/private/`)).status, 302, "the user is asked to sign in again");
  const back = await atServer.open(out.location.href);
  assert.equal(back.left, left);
  const asked = await atApp.open(`${apache.url}/private/`);
  assert.ok((await atServer.open(asked.location.href)).html.includes('id="login-form"'), "here and there");
});

// spec: OpenID Connect Back-Channel Logout section 2.6 - mod_auth_openidc finds the logout token valid and ends the session
test("signing out at the server ends the session of the app", { skip }, async () => {
  const [one, other] = [await signedIn(), await signedIn()];
  const question = await one.atServer.open(`${server.url}/logout`);
  const answer = await one.atServer.submit(question, "logout-form", { decision: "confirm" });
  assert.ok(answer.html.includes('id="logged-out"'), answer.html);
  // The server tells its clients after it has answered.
  const end = Date.now() + 30_000;
  const isIn = async ({ atApp }) => (await atApp.open(`${apache.url}/private/`)).status === 200;
  while ((await isIn(one)) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(await isIn(one), false, "the app was not told");
  assert.equal(await isIn(other), true, "another browser's session stays");
});

// spec: RFC 7662 section 2.1 - mod_auth_openidc asks as the resource server, and learns whose token it is
// spec: RFC 7662 section 4 - a token that was revoked is refused at the next request
test("as a resource server it asks about each token, and refuses what was tampered with or revoked", { skip }, async () => {
  const { page } = await signedIn();
  const call = (token) => new AppVisitor().open(`${apache.url}/api/`, { headers: token && { authorization: `Bearer ${token}` } });
  const served = await call(page.OIDC_access_token);
  assert.equal(served.status, 200);
  assert.equal(variables(served.text).REMOTE_USER, ada.id);
  const [header, payload, signature] = page.OIDC_access_token.split(".");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  const forged = Buffer.from(JSON.stringify({ ...claims, sub: "u-somebody-else" })).toString("base64url");
  assert.equal((await call(`${header}.${forged}.${signature}`)).status, 401);
  assert.equal((await call()).status, 401);
  await revoke(page.OIDC_refresh_token);
  assert.equal((await call(page.OIDC_access_token)).status, 401);
});
