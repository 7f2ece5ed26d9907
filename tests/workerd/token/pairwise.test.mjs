// Pairwise subjects (OpenID Connect Core section 8.1): what clients can learn from each other about a user.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, test } from "node:test";
import * as client from "openid-client";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const documents = new Map();
/** What was posted to the paths of clients that hear of logouts. */
const told = new Map();
const sectors = createServer(async (request, response) => {
  let body = "";
  for await (const piece of request) body += piece;
  if (request.method === "POST") told.get(request.url)?.(new URLSearchParams(body));
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(documents.get(request.url) ?? []));
});
await new Promise((resolve) => sectors.listen(0, "127.0.0.1", resolve));
after(() => {
  sectors.closeAllConnections();
  sectors.close();
});
const SECTORS = `http://127.0.0.1:${sectors.address().port}`;

const server = await startServer({ vars: { OUTBOUND_EXCEPTIONS: SECTORS } });
const ada = await newPerson(server.url);
const grace = await newPerson(server.url);
const pairwise = (host, more) => newClient(server.url, { subject_type: "pairwise", redirect_uris: [`https://${host}/callback`], ...more });

const said = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));

/** Signs in, and checks that everything that the client is told of the person has one `sub`. */
async function subjectOf(app, person, visitor = new Visitor(server.url)) {
  const config = await client.discovery(new URL(server.url), app.client_id, undefined, client.ClientSecretBasic(app.client_secret), { execute: [client.allowInsecureRequests] });
  assert.deepEqual(config.serverMetadata().subject_types_supported, ["public", "pairwise"]);
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const authorize = async (more) =>
    client.buildAuthorizationUrl(config, {
      redirect_uri: app.redirect_uris[0],
      scope: "openid email offline_access",
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: "S256",
      ...more,
    }).href;
  const answer = await visitor.allow(await authorize(), person);
  const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier, idTokenExpected: true });
  const { sub } = tokens.claims();
  assert.equal(said(tokens.access_token).sub, sub);
  assert.equal((await client.fetchUserInfo(config, tokens.access_token, sub)).sub, sub);
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.deepEqual([refreshed.claims().sub, said(refreshed.access_token).sub], [sub, sub]);
  // The client names the user by the sub that it knows.
  for (const more of [{ id_token_hint: tokens.id_token }, { claims: JSON.stringify({ id_token: { sub: { value: sub } } }) }]) {
    const silent = await visitor.allow(await authorize({ prompt: "none", ...more }), person);
    assert.equal(silent.searchParams.get("error"), null, silent.href);
  }
  return { sub, visitor, authorize, idToken: tokens.id_token };
}

// spec: OpenID Connect Core section 8.1 - a sector shares its subjects and no other one has them
// spec: OpenID Connect Core section 5.3.2 - userinfo has the sub of the ID token
test("clients of a sector share their subjects, clients of other sectors have others", async () => {
  const [one, same, other] = [await pairwise("one.example.com"), await pairwise("one.example.com"), await pairwise("other.example.com")];
  const { sub, visitor } = await subjectOf(one, ada);
  assert.match(sub, /^p[\w-]{43}$/);
  assert.equal((await subjectOf(same, ada, visitor)).sub, sub, "two clients of one sector");
  assert.notEqual((await subjectOf(other, ada, visitor)).sub, sub, "another sector");
  assert.equal((await subjectOf(one, ada)).sub, sub, "another browser, another time");
  assert.notEqual((await subjectOf(one, grace)).sub, sub, "another person");
  const open = await newClient(server.url);
  assert.equal((await subjectOf(open, ada)).sub, ada.id, "clients without pairwise subjects see the public one");
});

// spec: OpenID Connect Core section 5.5.1 - a requested sub of another user is not answered with success
test("a hint with another user's subject, or with the public one, is not answered without a page", async () => {
  const app = await pairwise("hint.example.com");
  const { authorize, visitor } = await subjectOf(app, ada);
  const graces = await subjectOf(app, grace);
  for (const value of [graces.sub, ada.id]) {
    const answer = await visitor.allow(await authorize({ prompt: "none", claims: JSON.stringify({ id_token: { sub: { value } } }) }), ada);
    assert.notEqual(answer.searchParams.get("error"), null, value);
    assert.equal(answer.searchParams.get("code"), null);
  }
});

// spec: OpenID Connect Registration section 5 - the document of a sector lists all redirect URIs
test("the document of a sector of several hosts lists them all, or its clients are refused", async () => {
  const uris = ["https://a.example.com/callback", "https://b.example.com/callback"];
  documents.set("/sector", uris);
  const sector_identifier_uri = `${SECTORS}/sector`;
  const [both, one] = [await pairwise("", { redirect_uris: uris, sector_identifier_uri }), await pairwise("", { redirect_uris: uris.slice(0, 1), sector_identifier_uri })];
  const { sub, visitor } = await subjectOf(both, ada);
  assert.equal((await subjectOf(one, ada, visitor)).sub, sub);
  const metadata = { client_name: "Intruder", subject_type: "pairwise", sector_identifier_uri };
  for (const redirect_uris of [["https://evil.example.com/callback"], [...uris, "https://evil.example.com/callback"]]) {
    const answer = await administer(server.url, "POST", "/register", { ...metadata, redirect_uris }, 400);
    assert.equal(answer.error, "invalid_client_metadata");
  }
});

// spec: OpenID Connect Back-Channel Logout section 2.4 - a logout token has the sub and sid of the ID token
test("a client hears of a logout by the subject and the session that it knows", async () => {
  const heard = new Promise((resolve) => told.set("/logged-out", resolve));
  const app = await pairwise("logout.example.com", { backchannel_logout_uri: `${SECTORS}/logged-out` });
  const { sub, visitor, idToken } = await subjectOf(app, ada);
  const page = await visitor.open(`${server.url}/logout?id_token_hint=${idToken}`);
  if (page.html.includes('id="logout-form"')) await visitor.submit(page, "logout-form", {});
  const claims = said((await heard).get("logout_token"));
  assert.deepEqual([claims.sub, claims.aud, claims.sid], [sub, app.client_id, said(idToken).sid]);
});
