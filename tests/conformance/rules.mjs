// What certification demands of every response that passes by, whatever the module is about.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mediaType } from "./http.mjs";

/** Claims that an ID token may hold although nobody asked for them. */
const UNASKED = ["iss", "sub", "aud", "exp", "iat", "auth_time", "nonce", "acr", "amr", "azp", "at_hash", "c_hash", "nbf", "jti", "sid", "s_hash", "txn"];

/** The only parameters of an error response (RFC 6749 section 4.1.2.1, RFC 9207, OpenID Connect Session Management). */
const OF_ERRORS = ["error", "error_description", "error_uri", "state", "session_state", "iss"];

/** RFC 6749 appendix A.7 and A.8: what errors and their descriptions are written in. */
const ERROR_TEXT = /^[\x20-\x21\x23-\x5B\x5D-\x7E]+$/;

/** RFC 6750 section 2.1. */
const BEARER_TOKEN = /^[A-Za-z0-9\-._~+/]+=*$/;

/** The kinds of the standard claims that are no texts (OpenID Connect Core section 5.1). */
const BOOLEANS = ["email_verified", "phone_number_verified"];
const BIRTHDATE = /^(?:\d{4}-\d{2}-\d{2}|\d{4})$/;
const ADDRESS = ["formatted", "street_address", "locality", "region", "postal_code", "country"];

export const nowInSeconds = () => Math.floor(Date.now() / 1000);

/** An estimate of the bits in a text, by how often each of its characters is there. */
export function shannonBits(text) {
  const counts = new Map();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - count * Math.log2(count / text.length), 0);
}

function assertUnguessable(name, text) {
  assert.ok(Buffer.byteLength(text) >= 16, `${name} is short: ${text}`);
  assert.ok(shannonBits(text) > 96, `${name} could be guessed: ${text}`);
}

/** A successful authorization response. */
export function assertAuthorizationResponse(parameters, { state, issuer }) {
  assert.equal(parameters.error, undefined, `refused: ${JSON.stringify(parameters)}`);
  assert.equal(parameters.state, state, "state comes back unchanged");
  if (parameters.iss !== undefined) assert.equal(parameters.iss, issuer);
  assert.ok(parameters.code, `no code: ${JSON.stringify(parameters)}`);
  assertUnguessable("the code", parameters.code);
}

/** An authorization response that refuses. */
export function assertErrorResponse(parameters, { state, issuer }) {
  assert.ok(parameters.error, `no error: ${JSON.stringify(parameters)}`);
  assert.match(parameters.error, ERROR_TEXT);
  assert.equal(parameters.state, state, "state comes back unchanged");
  assert.equal(parameters.code, undefined, "there is no code beside an error");
  const unknown = Object.keys(parameters).filter((name) => !OF_ERRORS.includes(name));
  assert.deepEqual(unknown, [], "an error response has no other parameters");
  if (parameters.error_description !== undefined) assert.match(parameters.error_description, ERROR_TEXT);
  if (parameters.iss !== undefined) assert.equal(parameters.iss, issuer);
}

/** A successful token response (RFC 6749 section 5.1); gives its members. */
export function assertTokenResponse({ status, headers, text }) {
  assert.equal(status, 200, text);
  assert.equal(mediaType(headers), "application/json");
  assert.equal(headers["cache-control"], "no-store");
  const tokens = JSON.parse(text);
  assert.equal(tokens.token_type.toLowerCase(), "bearer");
  assert.ok(Number.isInteger(tokens.expires_in) && tokens.expires_in > 0, `expires_in is ${tokens.expires_in}`);
  for (const name of ["access_token", "refresh_token"]) {
    if (name === "refresh_token" && tokens[name] === undefined) continue;
    assert.match(tokens[name], BEARER_TOKEN, name);
    assertUnguessable(name, tokens[name]);
  }
  return tokens;
}

/** A refusal of the token endpoint (RFC 6749 section 5.2). */
export function assertTokenError({ status, headers, text }, code) {
  assert.equal(mediaType(headers), "application/json", text);
  const { error, error_description } = JSON.parse(text);
  assert.equal(error, code, text);
  assert.equal(status, code === "invalid_client" ? 401 : 400, text);
  if (error_description !== undefined) assert.match(error_description, ERROR_TEXT);
  assert.equal(headers["cache-control"], "no-store");
}

/** The claims of an ID token whose signature was verified; `asked` are the names that were asked to be in it. */
export function assertIdToken(header, claims, { issuer, client, nonce, asked = [], accessToken, code }) {
  assert.equal(claims.iss, issuer);
  const audiences = [claims.aud].flat();
  assert.ok(audiences.includes(client), `aud is ${claims.aud}`);
  if (audiences.length > 1 || claims.azp !== undefined) assert.equal(claims.azp, client);
  assert.ok(typeof claims.sub === "string" && claims.sub.length > 0 && claims.sub.length <= 255, "sub");
  const now = nowInSeconds();
  assert.ok(Number.isInteger(claims.exp) && claims.exp > now, `exp is ${claims.exp}, now is ${now}`);
  assert.ok(Number.isInteger(claims.iat) && Math.abs(now - claims.iat) <= 300, `iat is ${claims.iat}, now is ${now}`);
  if (claims.nbf !== undefined) assert.ok(claims.nbf <= now, "nbf");
  assert.equal(claims.nonce, nonce);
  if (claims.auth_time !== undefined) {
    assert.ok(Number.isInteger(claims.auth_time) && claims.auth_time > now - 86_400 && claims.auth_time <= now, `auth_time is ${claims.auth_time}`);
  }
  if (claims.acr !== undefined) assert.ok(typeof claims.acr === "string" && claims.acr.length > 0, "acr");
  if (claims.at_hash !== undefined) assert.equal(claims.at_hash, halfHash(header.alg, accessToken));
  if (claims.c_hash !== undefined) assert.equal(claims.c_hash, halfHash(header.alg, code));
  const extra = Object.keys(claims).filter((name) => ![...UNASKED, ...asked].includes(name));
  assert.deepEqual(extra, [], "claims that nobody asked for");
}

/** OpenID Connect Core section 3.1.3.6. */
function halfHash(algorithm, text) {
  const hash = algorithm === "EdDSA" ? "sha512" : `sha${algorithm.slice(-3)}`;
  const digest = createHash(hash).update(text).digest();
  return digest.subarray(0, digest.length / 2).toString("base64url");
}

/** A userinfo response; gives its claims. */
export function assertUserinfo({ status, headers, text }, sub) {
  assert.equal(status, 200, text);
  assert.equal(mediaType(headers), "application/json");
  const claims = JSON.parse(text);
  assert.equal(claims.sub, sub, "userinfo is about the same person as the ID token");
  for (const [name, value] of Object.entries(claims)) assertClaim(name, value);
  return claims;
}

function assertClaim(name, value) {
  assert.ok(value !== null && value !== "" && !(typeof value === "object" && Object.keys(value).length === 0), `${name} is empty`);
  if (BOOLEANS.includes(name)) assert.equal(typeof value, "boolean", name);
  else if (name === "updated_at") assert.ok(Number.isInteger(value) && value <= nowInSeconds(), `${name} is ${value}`);
  else if (name === "address") {
    for (const [part, text] of Object.entries(value)) {
      assert.ok(ADDRESS.includes(part) && typeof text === "string" && text.length > 0, `address.${part} is ${text}`);
    }
  } else {
    assert.equal(typeof value, "string", name);
    if (name === "birthdate") assert.match(value, BIRTHDATE);
  }
}

/** The published keys (RFC 7517). */
export function assertKeySet({ status, headers, text }) {
  assert.equal(status, 200, text);
  assert.ok(["application/json", "application/jwk-set+json"].includes(mediaType(headers)), headers["content-type"]);
  const set = JSON.parse(text);
  assert.ok(Array.isArray(set.keys) && set.keys.length > 0, text);
  const required = { RSA: ["n", "e"], EC: ["crv", "x", "y"], OKP: ["crv", "x"] };
  for (const key of set.keys) {
    assert.ok(Object.hasOwn(required, key.kty), `symmetric or unknown: ${JSON.stringify(key)}`);
    for (const member of required[key.kty]) assert.match(key[member], /^[A-Za-z0-9_-]+$/, `${key.kid} ${member}`);
    for (const secret of ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]) assert.ok(!(secret in key), `${key.kid} shows its ${secret}`);
    assert.ok(typeof key.kid === "string" && key.kid.length > 0, "every key has a kid");
    if (key.kty === "RSA") assert.ok(Buffer.from(key.n, "base64url").length >= 256, `${key.kid} is short`);
  }
  const kids = set.keys.map(({ kid }) => kid);
  assert.equal(new Set(kids).size, kids.length, "every kid is there once");
  return set;
}
