// OpenID Connect Back-Channel Logout 1.0, started by the relying party.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { compactVerify, decodeProtectedHeader, importJWK } from "jose";
import { mediaType } from "./http.mjs";
import { assertMetadata } from "./metadata-schema.mjs";
import { nowInSeconds } from "./rules.mjs";
import { assertLoggedOut } from "./session.mjs";
import { begin } from "./setting.mjs";

const { receiver, metadata, register, connect } = await begin();
const post_logout_redirect_uri = `${receiver.origin}/logged-out`;

/** The one member that says what kind of event it is (section 2.4). */
const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** BCP 195: what a connection with forward secrecy and authenticated encryption is made of. */
const STRONG = /^(?:TLS_AES_|TLS_CHACHA20_|ECDHE-[A-Z]+-(?:AES\d+-GCM|CHACHA20))/;

const registerAt = (path, more) =>
  register({
    ...{ client_name: `Certification ${path}`, post_logout_redirect_uris: [post_logout_redirect_uri] },
    ...{ backchannel_logout_uri: `${receiver.origin}${path}`, backchannel_logout_session_required: true },
    ...more,
  });

/** Verifies a logout token as one would an ID token, and by the rules of its own (section 2.6). */
async function verified(party, logoutToken, idToken) {
  const header = decodeProtectedHeader(logoutToken);
  const ofIdToken = decodeProtectedHeader(idToken.raw);
  assert.equal(header.alg, ofIdToken.alg, "signed like an ID token");
  assert.equal(header.typ, "logout+jwt", "not to be taken for another kind of token");
  const key = party.keyOf(header);
  const { payload } = await compactVerify(logoutToken, await importJWK(key, key.alg), { algorithms: [header.alg] });
  const claims = JSON.parse(new TextDecoder().decode(payload));
  const now = nowInSeconds();
  assert.equal(claims.iss, metadata.issuer);
  assert.deepEqual([claims.aud].flat(), [party.client.client_id]);
  assert.ok(Number.isInteger(claims.iat) && Math.abs(now - claims.iat) <= 60, `iat is ${claims.iat}, now is ${now}`);
  assert.ok(Number.isInteger(claims.exp) && claims.exp > now && claims.exp <= now + 600, `exp is ${claims.exp}, now is ${now}`);
  assert.ok(typeof claims.jti === "string" && claims.jti.length >= 16, `jti is ${claims.jti}`);
  assert.deepEqual(claims.events, { [EVENT]: {} });
  assert.ok(!("nonce" in claims), "a nonce would make an ID token of it");
  assert.ok("sub" in claims || "sid" in claims, "it says who or which session");
  if ("sub" in claims) assert.equal(claims.sub, idToken.claims.sub);
  if ("sid" in claims) assert.equal(claims.sid, idToken.claims.sid);
  return claims;
}

/** What came to a back-channel address: a form with a logout token and nothing else. */
function logoutTokenOf({ method, headers, search, body, tls }) {
  assert.deepEqual([method, search, mediaType(headers)], ["POST", "", "application/x-www-form-urlencoded"]);
  const form = [...new URLSearchParams(body)];
  assert.deepEqual(form.map(([name]) => name), ["logout_token"]);
  assert.equal(headers.cookie, undefined, "it speaks for the server, not for a browser");
  assert.ok(["TLSv1.2", "TLSv1.3"].includes(tls.protocol), tls.protocol);
  assert.match(tls.cipher, STRONG);
  return form[0][1];
}

describe("oidcc-backchannel-rp-initiated-logout-certification-test-plan", () => {
  // spec: OpenID Connect Back-Channel Logout section 2.1 - support is advertised
  test("oidcc-backchannel-logout-discovery-endpoint-verification", () => {
    assertMetadata(metadata);
    assert.equal(metadata.backchannel_logout_supported, true);
    assert.equal(metadata.backchannel_logout_session_supported, true);
    assert.equal(new URL(metadata.end_session_endpoint).protocol, "https:");
  });

  // spec: OpenID Connect Back-Channel Logout section 2.4 - the logout token has its claims, and no nonce
  // spec: OpenID Connect Back-Channel Logout section 2.5 - it is posted as a form
  // spec: OpenID Connect Back-Channel Logout section 2.2 - the session is named where the client needs that
  test("oidcc-backchannel-rp-initiated-logout", async () => {
    const party = await registerAt("/back-channel/one");
    const { browser, id_token, claims } = await connect(party);
    assert.ok(typeof claims.sid === "string" && claims.sid.length > 0, "backchannel_logout_session_required: the ID token names the session");
    const state = randomBytes(96).toString("base64url");
    const page = await browser.follow(party.logoutUrl({ id_token_hint: id_token, post_logout_redirect_uri, state }), receiver.origin);
    assert.equal(page.url.href, `${post_logout_redirect_uri}?${new URLSearchParams({ state })}`);
    const logoutToken = logoutTokenOf(await receiver.next("/back-channel/one"));
    const told = await verified(party, logoutToken, { raw: id_token, claims });
    assert.equal(told.sid, claims.sid, "backchannel_logout_session_required: the logout token names the session");
    await assertLoggedOut(party, browser);
  });

  // spec: OpenID Connect Back-Channel Logout section 2.3 - every client that the session signed in to is told
  test("every relying party of the session is told of its own session, and those of another browser are not", async () => {
    const [one, two, other] = await Promise.all(["/back-channel/a", "/back-channel/b", "/back-channel/c"].map((path) => registerAt(path)));
    const first = await connect(one);
    const second = await connect(two, {}, { browser: first.browser });
    const elsewhere = await connect(other);
    await first.browser.follow(one.logoutUrl({ id_token_hint: first.id_token, post_logout_redirect_uri }), receiver.origin);
    for (const [party, path, tokens] of [[one, "/back-channel/a", first], [two, "/back-channel/b", second]]) {
      await verified(party, logoutTokenOf(await receiver.next(path)), { raw: tokens.id_token, claims: tokens.claims });
    }
    // The other relying party is told at its own logout: a call before that would make two.
    await elsewhere.browser.follow(other.logoutUrl({ id_token_hint: elsewhere.id_token, post_logout_redirect_uri }), receiver.origin);
    await receiver.next("/back-channel/c");
    assert.equal(receiver.received.filter(({ path }) => path === "/back-channel/c").length, 1);
  });
});
