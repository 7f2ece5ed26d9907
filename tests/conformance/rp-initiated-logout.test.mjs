// OpenID Connect RP-Initiated Logout 1.0.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { generateKeyPair, SignJWT } from "jose";
import { assertMetadata } from "./metadata-schema.mjs";
import { assertLoggedIn, assertLoggedOut } from "./session.mjs";
import { begin } from "./setting.mjs";

const { server, receiver, metadata, register, connect } = await begin();
const post_logout_redirect_uri = `${receiver.origin}/logged-out`;
const party = await register({ post_logout_redirect_uris: [post_logout_redirect_uri] });

/** 128 characters: what is cut or changed would show. */
const newState = () => randomBytes(96).toString("base64url");

/** Sends a browser that is signed in to the end session endpoint. */
async function logOut(parameters) {
  const signedIn = await connect(party);
  const { browser, id_token } = signedIn;
  const given = typeof parameters === "function" ? await parameters(signedIn) : parameters;
  const page = await browser.follow(party.logoutUrl(given), receiver.origin);
  return { browser, id_token, page };
}

/** The parameters with which the browser came back to the relying party. */
function assertCameBack(page) {
  assert.ok(party.hasArrived(page), `the browser did not come back: ${page}`);
  assert.equal(page.method, "GET");
  assert.equal(page.url.origin + page.url.pathname, post_logout_redirect_uri);
  assert.equal(page.url.hash, "");
  return [...page.url.searchParams];
}

/** The user is asked whether to sign out, or told what is wrong. */
function assertAskedOrRefused({ browser, page }) {
  assert.equal(page.url.origin, server.url, "the browser stays with the server");
  const isQuestion = page.has("logout-form") && page.has("logout-confirm");
  assert.ok(isQuestion !== page.has("error-message"), `neither a question nor an error: ${page}`);
  assert.equal(page.status, isQuestion ? 200 : 400);
  return isQuestion ? browser.press(page, "logout-form", "logout-confirm") : undefined;
}

/** No button leads back to the relying party, and no user is signed out without being asked. */
async function assertNoWayBack({ browser, page }) {
  await assertLoggedIn(party, browser);
  const confirmed = await assertAskedOrRefused({ browser, page });
  if (!confirmed) return;
  assertLoggedOutPage(confirmed);
  await assertLoggedOut(party, browser);
}

function assertLoggedOutPage(page) {
  assert.equal(page.url.origin, server.url, "the browser stays with the server");
  assert.equal(page.status, 200);
  assert.ok(page.has("logged-out"), `this is not the page after signing out: ${page}`);
}

/** Ends with the session over and the page that says so, after a question where there is one. */
async function assertLogsOut({ browser, page }) {
  if (page.has("logout-form")) page = await browser.press(page, "logout-form", "logout-confirm");
  assertLoggedOutPage(page);
  await assertLoggedOut(party, browser);
}

/** An ID token with the same claims, signed with another key. */
async function forged(idToken, header) {
  const claims = JSON.parse(Buffer.from(idToken.split(".")[1], "base64url"));
  const { privateKey } = await generateKeyPair("RS256");
  return new SignJWT(claims).setProtectedHeader(header).sign(privateKey);
}

const headerOf = (idToken) => JSON.parse(Buffer.from(idToken.split(".")[0], "base64url"));

describe("oidcc-rp-initiated-logout-certification-test-plan", { concurrency: 4 }, () => {
  // spec: OpenID Connect RP-Initiated Logout section 2.1 - end_session_endpoint is advertised
  test("oidcc-rp-initiated-logout-discovery-endpoint-verification", () => {
    assertMetadata(metadata);
    assert.equal(new URL(metadata.end_session_endpoint).protocol, "https:");
  });

  // spec: OpenID Connect RP-Initiated Logout section 3 - the browser is sent back with state, and the session is over
  test("oidcc-rp-initiated-logout", async () => {
    const state = newState();
    const { browser, page } = await logOut(({ id_token }) => ({ id_token_hint: id_token, post_logout_redirect_uri, state }));
    assert.deepEqual(assertCameBack(page), [["state", state]]);
    await assertLoggedOut(party, browser);
  });

  // spec: OpenID Connect RP-Initiated Logout section 3 - an address that is not registered is not gone to
  test("oidcc-rp-initiated-logout-bad-post-logout-redirect-uri", async () => {
    const bad = `${post_logout_redirect_uri}/elsewhere`;
    await assertNoWayBack(await logOut(({ id_token }) => ({ id_token_hint: id_token, post_logout_redirect_uri: bad, state: newState() })));
  });

  // spec: OpenID Connect RP-Initiated Logout section 3 - an address has to match exactly
  test("oidcc-rp-initiated-logout-query-added-to-post-logout-redirect-uri", async () => {
    const bad = `${post_logout_redirect_uri}?foo=bar`;
    await assertNoWayBack(await logOut(({ id_token }) => ({ id_token_hint: id_token, post_logout_redirect_uri: bad, state: newState() })));
  });

  // spec: OpenID Connect RP-Initiated Logout section 4 - a hint without a signature is worth nothing
  test("oidcc-rp-initiated-logout-modified-id-token-hint", async () => {
    const unsecured = (idToken) => `${Buffer.from('{"alg":"none"}').toString("base64url")}.${idToken.split(".")[1]}.`;
    await assertNoWayBack(await logOut(({ id_token }) => ({ id_token_hint: unsecured(id_token), post_logout_redirect_uri, state: newState() })));
  });

  // spec: OpenID Connect RP-Initiated Logout section 4 - a hint with another signature has no effect
  test("oidcc-rp-initiated-logout-bad-id-token-hint", async () => {
    const parameters = async ({ id_token }) => ({ id_token_hint: await forged(id_token, headerOf(id_token)), post_logout_redirect_uri, state: newState() });
    await assertNoWayBack(await logOut(parameters));
  });

  // spec: OpenID Connect RP-Initiated Logout section 2 - without a hint the user is asked
  test("oidcc-rp-initiated-logout-no-id-token-hint", async () => {
    await assertNoWayBack(await logOut({ post_logout_redirect_uri, state: newState() }));
  });

  // spec: OpenID Connect RP-Initiated Logout section 2 - all parameters are optional
  test("oidcc-rp-initiated-logout-no-params", async () => {
    await assertLogsOut(await logOut({}));
  });

  // spec: OpenID Connect RP-Initiated Logout section 2 - without an address to go to the user is told on a page
  test("oidcc-rp-initiated-logout-no-post-logout-redirect-uri", async () => {
    await assertLogsOut(await logOut(({ id_token }) => ({ id_token_hint: id_token, state: newState() })));
  });

  // spec: OpenID Connect RP-Initiated Logout section 2 - state alone leads nowhere
  test("oidcc-rp-initiated-logout-only-state", async () => {
    await assertLogsOut(await logOut({ state: newState() }));
  });

  // spec: OpenID Connect RP-Initiated Logout section 3 - a state is not made up
  test("oidcc-rp-initiated-logout-no-state", async () => {
    const { browser, page } = await logOut(({ id_token }) => ({ id_token_hint: id_token, post_logout_redirect_uri }));
    assert.deepEqual(assertCameBack(page), []);
    await assertLoggedOut(party, browser);
  });
});
