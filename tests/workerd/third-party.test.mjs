// Clients that others wrote, untouched, against the running Worker.
import assert from "node:assert/strict";
import { test } from "node:test";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { newClient, newPerson } from "../support/administration.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const server = await startServer();
const ada = await newPerson(server.url);
const SCOPE = "openid profile email offline_access reservations.read";

// spec: OpenID Connect Core section 3.1.3.7 - openid-client finds the ID token valid
// spec: OpenID Connect Discovery section 4.3 - openid-client finds the metadata valid
test("openid-client: discovery, code with PKCE, ID token, refresh, userinfo, revocation", async () => {
  const app = await newClient(server.url);
  const config = await client.discovery(new URL(server.url), app.client_id, undefined, client.ClientSecretBasic(app.client_secret), { execute: [client.allowInsecureRequests] });
  const code_verifier = client.randomPKCECodeVerifier();
  const [state, nonce] = [client.randomState(), client.randomNonce()];
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: app.redirect_uris[0],
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(code_verifier),
    code_challenge_method: "S256",
    state,
    nonce,
  });
  const answer = await new Visitor(server.url).allow(url.href, ada);
  const tokens = await client.authorizationCodeGrant(config, answer, { pkceCodeVerifier: code_verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
  const { sub } = tokens.claims();
  assert.equal(sub, ada.id);
  const info = await client.fetchUserInfo(config, tokens.access_token, sub);
  assert.equal(info.name, "Ada Lovelace");
  const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, sub);
  await client.tokenRevocation(config, tokens.refresh_token);
  await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), (error) => error.error === "invalid_grant");
  await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, sub));
});

test("openid-client: client credentials", async () => {
  const service = await newClient(server.url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const config = await client.discovery(new URL(server.url), service.client_id, undefined, client.ClientSecretBasic(service.client_secret), { execute: [client.allowInsecureRequests] });
  const tokens = await client.clientCredentialsGrant(config, { scope: "reservations.read" });
  assert.equal(tokens.scope, "reservations.read");
});

// spec: RFC 9068 section 4 - oauth4webapi finds the access token valid
// spec: RFC 9207 section 2.4 - oauth4webapi finds the iss of the answer valid
test("oauth4webapi: a public client, each answer judged by the library, access token as RFC 9068", async () => {
  const insecure = { [oauth.allowInsecureRequests]: true };
  const app = await newClient(server.url, { token_endpoint_auth_method: "none", id_token_signed_response_alg: "ES256" });
  const issuer = new URL(server.url);
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, insecure));
  const rp = { client_id: app.client_id, id_token_signed_response_alg: "ES256" };
  const verifier = oauth.generateRandomCodeVerifier();
  const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
  const url = new URL(as.authorization_endpoint);
  const parameters = { client_id: app.client_id, redirect_uri: app.redirect_uris[0], response_type: "code", scope: SCOPE, state, nonce, code_challenge: await oauth.calculatePKCECodeChallenge(verifier), code_challenge_method: "S256" };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  const answer = await new Visitor(server.url).allow(url.href, ada);
  const validated = oauth.validateAuthResponse(as, rp, answer, state);
  const response = await oauth.authorizationCodeGrantRequest(as, rp, oauth.None(), validated, app.redirect_uris[0], verifier, insecure);
  const tokens = await oauth.processAuthorizationCodeResponse(as, rp, response, { expectedNonce: nonce, requireIdToken: true });
  await oauth.validateApplicationLevelSignature(as, response, insecure);
  assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, ada.id);
  const request = new Request("https://api.example.com/", { headers: { authorization: `Bearer ${tokens.access_token}` } });
  const claims = await oauth.validateJwtAccessToken(as, request, "https://api.example.com", insecure);
  assert.deepEqual([claims.sub, claims.client_id], [ada.id, app.client_id]);
  const refreshed = await oauth.processRefreshTokenResponse(as, rp, await oauth.refreshTokenGrantRequest(as, rp, oauth.None(), tokens.refresh_token, insecure));
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  const revoked = await oauth.revocationRequest(as, rp, oauth.None(), refreshed.refresh_token, insecure);
  await oauth.processRevocationResponse(revoked);
});
