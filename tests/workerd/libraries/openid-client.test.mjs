// Clients that others wrote, untouched, against the running Worker: over https, so that no check of theirs is off.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import * as oauth from "oauth4webapi";
import * as client from "openid-client";
import { newClient, newPerson } from "../../support/administration.mjs";
import { localhost } from "../../support/certificate.mjs";
import { secrets } from "../../support/secrets.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API = "https://api.example.com";
const CALLBACK = "https://reports.example.com/callback";
const SCOPE = "openid profile email offline_access reservations.read";
/** The resource server's own client, which the configuration names. */
const RESOURCE_SERVER = { client_id: "reservations-api", client_secret: randomBytes(32).toString("base64url") };
const API_DEMO = JSON.stringify({
  audience: API,
  scopes: { "reservations.read": "See your reservations", "reservations.create": "Make reservations", "identity:account-users.read": "See who has an account" },
  introspection_clients: [RESOURCE_SERVER.client_id],
});

const server = await startServer({ certificate: localhost, vars: { API_DEMO } });
const issuer = new URL(server.url);
const ada = await newPerson(server.url);
await newClient(server.url, { ...RESOURCE_SERVER, redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });

/** A key pair of a client and the registration that goes with it. */
async function newKeys(alg) {
  const { privateKey, publicKey } = await oauth.generateKeyPair(alg, { extractable: true });
  const kid = randomBytes(8).toString("hex");
  const jwk = { ...(await crypto.subtle.exportKey("jwk", publicKey)), kid, alg, use: "sig" };
  return { key: { key: privateKey, kid }, metadata: { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: alg, jwks: { keys: [jwk] } } };
}

/** What each way of authentication is for each library, by the name under which a client registers it. */
const WAYS = {
  client_secret_basic: async () => ({ ofOpenidClient: ({ client_secret }) => client.ClientSecretBasic(client_secret), ofOauth: ({ client_secret }) => oauth.ClientSecretBasic(client_secret) }),
  client_secret_post: async () => ({ ofOpenidClient: ({ client_secret }) => client.ClientSecretPost(client_secret), ofOauth: ({ client_secret }) => oauth.ClientSecretPost(client_secret) }),
  private_key_jwt: async () => {
    const { key, metadata } = await newKeys("ES256");
    return { metadata, ofOpenidClient: () => client.PrivateKeyJwt(key), ofOauth: () => oauth.PrivateKeyJwt(key) };
  },
  none: async () => ({ ofOpenidClient: () => client.None(), ofOauth: () => oauth.None() }),
};

const discovered = (app, authentication = client.ClientSecretBasic(app.client_secret), options) => client.discovery(issuer, app.client_id, undefined, authentication, options);

/** A request of openid-client with everything it checks, and what it expects of the answer. */
async function request(config, more) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [client.randomState(), client.randomNonce()];
  const code_challenge = await client.calculatePKCECodeChallenge(pkceCodeVerifier);
  const parameters = { redirect_uri: CALLBACK, scope: SCOPE, code_challenge, code_challenge_method: "S256", state: expectedState, nonce: expectedNonce, ...more };
  const url = client.buildAuthorizationUrl(config, parameters);
  return { url: url.href, checks: { pkceCodeVerifier, expectedState, expectedNonce, idTokenExpected: true } };
}

/** Signs Ada in with openid-client. */
async function connect(config, visitor = new Visitor(server.url)) {
  const { url, checks } = await request(config);
  const tokens = await client.authorizationCodeGrant(config, await visitor.allow(url, ada), checks);
  assert.equal(tokens.claims().sub, ada.id);
  return tokens;
}

for (const [method, way] of Object.entries(WAYS)) {
  // spec: OpenID Connect Core section 3.1.3.7 - openid-client finds the ID token valid
  // spec: OpenID Connect Discovery section 4.3 - openid-client finds the metadata valid
  // spec: RFC 7009 section 2.1 - openid-client revokes
  test(`openid-client, ${method}: code with PKCE, ID token by the published keys, userinfo, refresh, revocation`, async () => {
    const { metadata, ofOpenidClient } = await way();
    const app = await newClient(server.url, { token_endpoint_auth_method: method, ...metadata });
    const config = await discovered(app, ofOpenidClient(app));
    client.enableNonRepudiationChecks(config);
    const tokens = await connect(config);
    const info = await client.fetchUserInfo(config, tokens.access_token, ada.id);
    assert.equal(info.name, "Ada Lovelace");
    const refreshed = await client.refreshTokenGrant(config, tokens.refresh_token);
    assert.equal(refreshed.claims().sub, ada.id);
    await client.tokenRevocation(config, refreshed.refresh_token ?? tokens.refresh_token);
    await assert.rejects(client.refreshTokenGrant(config, tokens.refresh_token), { error: "invalid_grant" });
    await assert.rejects(client.fetchUserInfo(config, refreshed.access_token, ada.id), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  });

  // spec: RFC 9068 section 4 - oauth4webapi finds the access token valid
  // spec: OpenID Connect Core section 5.3.4 - oauth4webapi finds the answer of userinfo valid
  test(`oauth4webapi, ${method}: each answer judged by the library, the access token by RFC 9068`, async () => {
    const { metadata, ofOauth } = await way();
    const app = await newClient(server.url, { token_endpoint_auth_method: method, id_token_signed_response_alg: "ES256", ...metadata });
    const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
    const rp = { client_id: app.client_id, id_token_signed_response_alg: "ES256" };
    const authentication = ofOauth(app);
    const verifier = oauth.generateRandomCodeVerifier();
    const [state, nonce] = [oauth.generateRandomState(), oauth.generateRandomNonce()];
    const url = new URL(as.authorization_endpoint);
    const code_challenge = await oauth.calculatePKCECodeChallenge(verifier);
    const parameters = { client_id: app.client_id, redirect_uri: CALLBACK, response_type: "code", scope: SCOPE, state, nonce, code_challenge, code_challenge_method: "S256" };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const answer = await new Visitor(server.url).allow(url.href, ada);
    const validated = oauth.validateAuthResponse(as, rp, answer, state);
    const response = await oauth.authorizationCodeGrantRequest(as, rp, authentication, validated, CALLBACK, verifier);
    const tokens = await oauth.processAuthorizationCodeResponse(as, rp, response, { expectedNonce: nonce, requireIdToken: true });
    await oauth.validateApplicationLevelSignature(as, response);
    assert.equal(oauth.getValidatedIdTokenClaims(tokens).sub, ada.id);
    const bearer = new Request(API, { headers: { authorization: `Bearer ${tokens.access_token}` } });
    const claims = await oauth.validateJwtAccessToken(as, bearer, API);
    assert.deepEqual([claims.sub, claims.client_id], [ada.id, app.client_id]);
    const info = await oauth.processUserInfoResponse(as, rp, ada.id, await oauth.userInfoRequest(as, rp, tokens.access_token));
    assert.equal(info.email, `${ada.userName}@example.com`);
    const refreshed = await oauth.processRefreshTokenResponse(as, rp, await oauth.refreshTokenGrantRequest(as, rp, authentication, tokens.refresh_token));
    assert.equal(refreshed.refresh_token !== undefined, method === "none", "a public client's rotates");
    await oauth.processRevocationResponse(await oauth.revocationRequest(as, rp, authentication, refreshed.refresh_token ?? tokens.refresh_token));
    const after = await oauth.refreshTokenGrantRequest(as, rp, authentication, tokens.refresh_token);
    await assert.rejects(oauth.processRefreshTokenResponse(as, rp, after), { error: "invalid_grant" });
  });
}

for (const alg of ["RS256", "PS256", "ES256", "EdDSA"]) {
  test(`openid-client: ID tokens and client assertions with ${alg}`, async () => {
    // The library signs with EdDSA under its newer name (RFC 9864).
    const { key, metadata } = await newKeys(alg === "EdDSA" ? "Ed25519" : alg);
    const app = await newClient(server.url, { ...metadata, id_token_signed_response_alg: alg });
    const config = await client.discovery(issuer, app.client_id, { id_token_signed_response_alg: alg }, client.PrivateKeyJwt(key));
    client.enableNonRepudiationChecks(config);
    const { id_token } = await connect(config);
    assert.equal(JSON.parse(Buffer.from(id_token.split(".")[0], "base64url")).alg, alg);
  });
}

// spec: RFC 7591 section 3.2.1 - openid-client registers a client and works with it
test("openid-client: dynamic registration with the administrator's token, and none without", async () => {
  const metadata = { client_name: "Registered by itself", redirect_uris: [CALLBACK], grant_types: ["authorization_code", "refresh_token"], scope: SCOPE };
  await assert.rejects(client.dynamicClientRegistration(issuer, metadata, client.ClientSecretBasic()), { code: "OAUTH_WWW_AUTHENTICATE_CHALLENGE" });
  const config = await client.dynamicClientRegistration(issuer, metadata, client.ClientSecretBasic(), { initialAccessToken: secrets.ADMIN_TOKEN });
  assert.equal(config.clientMetadata().client_name, metadata.client_name);
  await connect(config);
});

// spec: OAuth Form Post Response Mode section 2 - openid-client takes the answer from the form
test("openid-client: the answer as a form post", async () => {
  const config = await discovered(await newClient(server.url));
  const { url, checks } = await request(config, { response_mode: "form_post" });
  const answer = await new Visitor(server.url).allowByForm(url, ada);
  assert.equal(answer.url, CALLBACK);
  const tokens = await client.authorizationCodeGrant(config, answer, checks);
  assert.equal(tokens.claims().sub, ada.id);
});

// spec: RFC 9207 section 2.4 - openid-client refuses an answer whose iss is another's or is missing
test("openid-client: an answer that names another issuer, or none, is taken for an attack", async () => {
  const config = await discovered(await newClient(server.url));
  for (const iss of ["https://attacker.example.com", undefined]) {
    const { url, checks } = await request(config);
    const answer = await new Visitor(server.url).allow(url, ada);
    if (iss) answer.searchParams.set("iss", iss);
    else answer.searchParams.delete("iss");
    await assert.rejects(client.authorizationCodeGrant(config, answer, checks), { code: "OAUTH_INVALID_RESPONSE" });
  }
});

test("openid-client: kept keys are not fetched again", async () => {
  const app = await newClient(server.url);
  const config = await discovered(app);
  client.enableNonRepudiationChecks(config);
  await connect(config);
  const kept = client.getJwksCache(config);
  assert.ok(kept.jwks.keys.length > 0);
  const fetched = [];
  const watching = (url, options) => {
    fetched.push(new URL(url).pathname);
    return fetch(url, options);
  };
  const again = await discovered(app, undefined, { [client.customFetch]: watching });
  client.enableNonRepudiationChecks(again);
  client.setJwksCache(again, kept);
  await connect(again);
  assert.deepEqual(fetched, ["/.well-known/openid-configuration", "/token"]);
});

// spec: RFC 6749 section 4.4 - openid-client gets a token in its own name
test("openid-client: client credentials", async () => {
  const service = await newClient(server.url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const tokens = await client.clientCredentialsGrant(await discovered(service), { scope: "reservations.read" });
  assert.equal(tokens.scope, "reservations.read");
});

// spec: RFC 7662 section 2.2 - both libraries find the answers valid
test("openid-client and oauth4webapi: the resource server introspects", async () => {
  const app = await newClient(server.url);
  const config = await discovered(app);
  const tokens = await connect(config);
  const resourceServer = await discovered(RESOURCE_SERVER);
  const told = await client.tokenIntrospection(resourceServer, tokens.access_token);
  assert.deepEqual([told.active, told.sub, told.client_id, told.iss, told.scope], [true, ada.id, app.client_id, server.url, "reservations.read"]);
  await client.tokenRevocation(config, tokens.refresh_token);
  assert.deepEqual(await client.tokenIntrospection(resourceServer, tokens.access_token), { active: false });
  const as = await oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer));
  const rs = { client_id: RESOURCE_SERVER.client_id };
  const response = await oauth.introspectionRequest(as, rs, oauth.ClientSecretBasic(RESOURCE_SERVER.client_secret), "garbage");
  assert.deepEqual(await oauth.processIntrospectionResponse(as, rs, response), { active: false });
});

// spec: OpenID Connect RP-Initiated Logout section 3 - openid-client builds the address that signs out and leads back
test("openid-client: the address that it builds signs out and leads back", async () => {
  const post_logout_redirect_uri = "https://reports.example.com/bye";
  const config = await discovered(await newClient(server.url, { post_logout_redirect_uris: [post_logout_redirect_uri] }));
  const visitor = new Visitor(server.url);
  const { id_token } = await connect(config, visitor);
  const state = client.randomState();
  const { left } = await visitor.open(client.buildEndSessionUrl(config, { id_token_hint: id_token, post_logout_redirect_uri, state }).href);
  assert.equal(left, `${post_logout_redirect_uri}?${new URLSearchParams({ state })}`);
  const { url } = await request(config, { prompt: "none" });
  const silent = await visitor.open(url);
  assert.equal(new URL(silent.left).searchParams.get("error"), "login_required");
});
