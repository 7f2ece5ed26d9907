// The judge is judged: a response that breaks one rule is refused, and the same response without the fault is not.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { test } from "node:test";
import { assertMetadata } from "./metadata-schema.mjs";
import { assertAuthorizationResponse, assertErrorResponse, assertIdToken, assertKeySet, assertTokenError, assertTokenResponse, assertUserinfo, nowInSeconds } from "./rules.mjs";

const random = () => randomBytes(32).toString("base64url");
const json = (status, value, headers) => ({ status, headers: { "content-type": "application/json", "cache-control": "no-store", ...headers }, text: JSON.stringify(value) });

/** `judge` accepts `good`, and refuses it with each of the faults; a member that is undefined is left out. */
function refusesEach(judge, good, faults) {
  const without = (value) => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
  judge(good);
  for (const fault of faults) assert.throws(() => judge(without({ ...good, ...fault })), { code: "ERR_ASSERTION" }, JSON.stringify(fault));
}

test("authorization responses", () => {
  const expected = { state: "s".repeat(128), issuer: "https://op.example" };
  const good = { code: random(), state: expected.state, iss: expected.issuer };
  refusesEach((parameters) => assertAuthorizationResponse(parameters, expected), good, [
    ...[{ state: expected.state.slice(1) }, { state: undefined }, { iss: "https://op.example/" }, { error: "access_denied" }],
    ...[{ code: undefined }, { code: "0123456789abcde" }, { code: "abab".repeat(20) }],
  ]);
  const refused = { error: "access_denied", error_description: "No.", state: expected.state, iss: expected.issuer };
  refusesEach((parameters) => assertErrorResponse(parameters, expected), refused, [
    ...[{ error: undefined }, { error: 'quo"te' }, { state: "another" }, { code: random() }, { hint: "more" }, { iss: "https://elsewhere.example" }],
    ...[{ error_description: "two\nlines" }, { error_description: "a\ttab" }, { error_description: "back\\slash" }, { error_description: "naïve" }],
  ]);
});

test("token responses", () => {
  const good = { access_token: random(), token_type: "Bearer", expires_in: 3600, refresh_token: random() };
  refusesEach((tokens) => assertTokenResponse(json(200, tokens)), good, [
    ...[{ access_token: "short" }, { access_token: `${random()}"` }, { token_type: "DPoP" }, { expires_in: undefined }, { expires_in: "3600" }],
    ...[{ refresh_token: "abab".repeat(20) }],
  ]);
  for (const headers of [{ "content-type": "text/html" }, { "cache-control": "public" }]) {
    assert.throws(() => assertTokenResponse(json(200, good, headers)), { code: "ERR_ASSERTION" });
  }
  assert.throws(() => assertTokenResponse(json(201, good)), { code: "ERR_ASSERTION" });
});

test("token errors", () => {
  assertTokenError(json(400, { error: "invalid_grant", error_description: "No." }), "invalid_grant");
  assertTokenError(json(401, { error: "invalid_client" }), "invalid_client");
  const bad = [
    [json(401, { error: "invalid_grant" }), "invalid_grant"],
    [json(400, { error: "invalid_client" }), "invalid_client"],
    [json(400, { error: "invalid_request" }), "invalid_grant"],
    [json(400, { error: "invalid_grant", error_description: "two\r\nlines" }), "invalid_grant"],
    [json(400, { error: "invalid_grant" }, { "content-type": "text/plain" }), "invalid_grant"],
  ];
  for (const [response, code] of bad) assert.throws(() => assertTokenError(response, code), { code: "ERR_ASSERTION" });
});

test("ID tokens", () => {
  const now = nowInSeconds();
  const [accessToken, code] = [random(), random()];
  const half = (text) => createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");
  const expected = { issuer: "https://op.example", client: "app", nonce: "n", accessToken, code };
  const good = { iss: "https://op.example", aud: "app", sub: "ada", exp: now + 60, iat: now, nonce: "n", auth_time: now, acr: "1", at_hash: half(accessToken), c_hash: half(code) };
  refusesEach((claims) => assertIdToken({ alg: "RS256" }, claims, expected), good, [
    ...[{ iss: "https://op.example/" }, { aud: "other" }, { aud: ["app", "other"] }, { azp: "other" }, { sub: "" }, { sub: undefined }],
    ...[{ exp: now - 1 }, { exp: undefined }, { iat: now - 400 }, { iat: now + 400 }, { nonce: "m" }, { nonce: undefined }],
    ...[{ auth_time: now + 100 }, { auth_time: "now" }, { acr: "" }, { at_hash: half(code) }, { c_hash: half(accessToken) }, { name: "Ada" }],
  ]);
  assertIdToken({ alg: "RS256" }, { ...good, name: "Ada" }, { ...expected, asked: ["name"] });
});

test("userinfo", () => {
  const good = { sub: "ada", name: "Ada", email_verified: true, updated_at: 1, birthdate: "1815-12-10", address: { country: "GB" } };
  refusesEach((claims) => assertUserinfo(json(200, claims), "ada"), good, [
    ...[{ sub: "bob" }, { sub: undefined }, { name: "" }, { name: null }, { name: 1 }, { email_verified: "true" }, { updated_at: "1" }],
    ...[{ birthdate: "10.12.1815" }, { address: {} }, { address: "GB" }, { address: { country: "" } }, { address: { planet: "Earth" } }],
  ]);
  for (const birthdate of ["0000-12-10", "1815"]) assertUserinfo(json(200, { ...good, birthdate }), "ada");
});

test("keys", () => {
  const good = { kty: "RSA", kid: "1", n: randomBytes(256).toString("base64url"), e: "AQAB" };
  refusesEach((key) => assertKeySet(json(200, { keys: [key] })), good, [
    ...[{ kid: undefined }, { kid: "" }, { d: "AQAB" }, { p: "AQAB" }, { kty: "oct" }, { kty: undefined }, { n: "AQAB" }, { n: "+/" }],
  ]);
  assert.throws(() => assertKeySet(json(200, { keys: [good, good] })), { code: "ERR_ASSERTION" });
  assert.throws(() => assertKeySet(json(200, { keys: [] })), { code: "ERR_ASSERTION" });
});

test("metadata", () => {
  const good = {
    ...{ issuer: "https://op.example", authorization_endpoint: "https://op.example/authorize", token_endpoint: "https://op.example/token" },
    ...{ jwks_uri: "https://op.example/jwks", response_types_supported: ["code"], subject_types_supported: ["public"] },
    ...{ id_token_signing_alg_values_supported: ["RS256"], scopes_supported: ["openid"], claims_supported: ["sub"], ui_locales_supported: ["en", "zh-Hant-TW"] },
  };
  refusesEach(assertMetadata, good, [
    ...[{ issuer: "http://op.example" }, { issuer: "https://op.example?x" }, { issuer: "https://op.example#x" }, { issuer: "https://ada@op.example" }],
    ...[{ token_endpoint: "http://op.example/token" }, { token_endpoint: undefined }, { introspection_endpoint: "http://op.example/introspect" }],
    ...[{ response_types_supported: ["token"] }, { response_types_supported: "code" }, { subject_types_supported: ["ephemeral"] }, { scopes_supported: ["profile"] }],
    ...[{ scopes_supported: ["openid", 'quo"te'] }, { id_token_signing_alg_values_supported: ["ES256"] }, { claims_supported: undefined }, { grant_types_supported: [] }],
    ...[{ ui_locales_supported: ["EN"] }, { claims_parameter_supported: "true" }, { request_object_signing_alg_values_supported: ["none"] }, { surprise: true }],
  ]);
});
