// A relying party that trusts nothing: it knows the specifications, and of the server only what it publishes.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { credentials } from "./client-authentication.mjs";
import { mediaType, send } from "./http.mjs";
import { assertAuthorizationResponse, assertErrorResponse, assertIdToken, assertKeySet, assertTokenError, assertTokenResponse, assertUserinfo } from "./rules.mjs";

/** What the server publishes, read as every module begins. @param {string} issuer */
export async function discover(issuer) {
  const document = await send(`${issuer}/.well-known/openid-configuration`);
  assert.equal(document.status, 200, document.text);
  assert.equal(mediaType(document.headers), "application/json");
  const metadata = JSON.parse(document.text);
  assert.equal(metadata.issuer, issuer);
  for (const name of ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri"]) assert.ok(URL.canParse(metadata[name]), name);
  const { keys } = assertKeySet(await send(metadata.jwks_uri));
  for (const key of keys) await importJWK(key, key.alg);
  return { metadata, keys };
}

const random = (bytes) => randomBytes(bytes).toString("base64url");

export class RelyingParty {
  /**
   * @param {{metadata: object, keys: object[]}} server what `discover` found
   * @param {object} client as it was registered
   * @param {string} origin where its pages are
   * @param {"query" | "form_post"} [responseMode]
   */
  constructor({ metadata, keys }, client, origin, responseMode = "query") {
    Object.assign(this, { metadata, keys, client, origin, responseMode });
    this.redirectUri = client.redirect_uris[0];
  }

  /** The same relying party except for what is given. */
  with({ client, responseMode = this.responseMode }) {
    return new RelyingParty(this, { ...this.client, ...client }, this.origin, responseMode);
  }

  /** A request with what every one has; a member that is given as undefined is left out. */
  request(more = {}) {
    const parameters = {
      ...{ client_id: this.client.client_id, redirect_uri: this.redirectUri, response_type: "code", scope: "openid" },
      // 128 characters each way: what is cut or changed would show.
      ...{ state: random(96), nonce: random(32) },
      ...(this.responseMode === "form_post" && { response_mode: "form_post" }),
      ...more,
    };
    return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined));
  }

  url(request) {
    return `${this.metadata.authorization_endpoint}?${new URLSearchParams(request)}`;
  }

  /** Sends the browser to the authorization endpoint. */
  authorize(browser, request) {
    return browser.follow(this.url(request), this.origin);
  }

  /** Whether the browser is at the relying party. */
  hasArrived(page) {
    return page.url.origin === this.origin;
  }

  /** The parameters of the response, which has to come to the redirect URI in the way that was asked for. */
  parameters(page) {
    assert.ok(this.hasArrived(page), `no answer came: ${page}`);
    const got = JSON.parse(page.text);
    assert.equal(page.url.origin + page.url.pathname, this.redirectUri);
    assert.equal(page.url.hash, "", "nothing travels in the fragment");
    if (this.responseMode === "form_post") {
      assert.deepEqual([got.method, mediaType(got.headers), got.search], ["POST", "application/x-www-form-urlencoded", ""]);
      return single(new URLSearchParams(got.body));
    }
    assert.deepEqual([got.method, got.body], ["GET", ""]);
    return single(new URLSearchParams(got.search));
  }

  /** The code that answers a request. */
  code(page, request) {
    const parameters = this.parameters(page);
    assertAuthorizationResponse(parameters, { state: request.state, issuer: this.metadata.issuer });
    return parameters.code;
  }

  /** The refusal that answers a request, which is one of those allowed. */
  refusal(page, request, allowed) {
    const parameters = this.parameters(page);
    assertErrorResponse(parameters, { state: request.state, issuer: this.metadata.issuer });
    assert.ok(allowed.includes(parameters.error), `${parameters.error} is none of ${allowed}`);
    return parameters.error;
  }

  /** Calls an endpoint in the way that the client registered. */
  async call(endpoint, parameters) {
    const { headers, fields } = await credentials(this.client, this.metadata.issuer);
    return send(endpoint, { method: "POST", headers, body: new URLSearchParams({ ...parameters, ...fields }) });
  }

  token(parameters) {
    return this.call(this.metadata.token_endpoint, parameters);
  }

  #exchange(code, more) {
    return this.token({ grant_type: "authorization_code", code, redirect_uri: this.redirectUri, ...more });
  }

  /** Redeems a code and judges all that comes; `asked` are the claims that were asked to be in the ID token. */
  async redeem(code, request, { asked, ...more } = {}) {
    const tokens = assertTokenResponse(await this.#exchange(code, more));
    assert.ok(tokens.id_token, "openid was asked for, an ID token is due");
    const claims = await this.verify(tokens.id_token, { nonce: request.nonce, asked, accessToken: tokens.access_token, code });
    return { ...tokens, claims };
  }

  /** Redeems a code that is good no more. */
  async redeemInVain(code, error, more) {
    assertTokenError(await this.#exchange(code, more), error);
  }

  /** Refreshes and judges what comes. */
  async refresh(refreshToken, more = {}) {
    const tokens = assertTokenResponse(await this.token({ grant_type: "refresh_token", refresh_token: refreshToken, ...more }));
    const claims = tokens.id_token && (await this.verify(tokens.id_token, { accessToken: tokens.access_token }));
    return { ...tokens, claims };
  }

  async refreshInVain(refreshToken, error, more = {}) {
    assertTokenError(await this.token({ grant_type: "refresh_token", refresh_token: refreshToken, ...more }), error);
  }

  /** Verifies an ID token: the key by its kid, the key's own algorithm, and every claim. */
  async verify(idToken, expected) {
    const header = decodeProtectedHeader(idToken);
    const key = this.keyOf(header);
    assert.equal(header.alg, this.client.id_token_signed_response_alg ?? "RS256");
    const { payload } = await compactVerify(idToken, await importJWK(key, key.alg), { algorithms: [header.alg] });
    const claims = JSON.parse(new TextDecoder().decode(payload));
    assertIdToken(header, claims, { issuer: this.metadata.issuer, client: this.client.client_id, ...expected });
    return claims;
  }

  /** The published key that a header names, if it may do what the header says. */
  keyOf({ kid, alg }) {
    const key = this.keys.find((key) => key.kid === kid);
    assert.ok(key, `no published key has the kid ${kid}`);
    const kty = { RS: "RSA", PS: "RSA", ES: "EC", Ed: "OKP" }[alg.slice(0, 2)];
    assert.deepEqual([key.kty, key.alg, key.use ?? "sig"], [kty, alg, "sig"]);
    return key;
  }

  /** Calls the token endpoint with what it has to refuse. */
  async tokenInVain(parameters, error) {
    assertTokenError(await this.token(parameters), error);
  }

  /** Userinfo with the token in the header, judged. */
  async userinfo({ access_token, claims }, method = "GET") {
    return assertUserinfo(await this.askUserinfo(access_token, method), claims.sub);
  }

  askUserinfo(accessToken, method = "GET") {
    return send(this.metadata.userinfo_endpoint, { method, headers: { authorization: `Bearer ${accessToken}` } });
  }

  /** The address that signs out; members that are undefined are left out. */
  logoutUrl(parameters) {
    assert.ok(this.metadata.end_session_endpoint, "the server publishes an end_session_endpoint");
    const url = new URL(this.metadata.end_session_endpoint);
    for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
    return url.href;
  }
}

/** Parameters as an object; none may be there twice (RFC 6749 section 3.1). */
function single(parameters) {
  const names = [...parameters.keys()];
  assert.equal(new Set(names).size, names.length, `a parameter is there twice: ${parameters}`);
  return Object.fromEntries(parameters);
}
