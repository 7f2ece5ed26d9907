// The modules of the plans for Basic and for Form Post, which differ only in how the answer travels.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { administer } from "../support/administration.mjs";
import { Browser } from "./browser.mjs";
import { claimsOf, deliver, goThrough, signIn } from "./person.mjs";
import { assertUserinfo, nowInSeconds } from "./rules.mjs";
import { send } from "./http.mjs";
import { begin } from "./setting.mjs";

/** What `prompt=none` may be refused with (OpenID Connect Core section 3.1.2.6). */
const NOT_IN_SILENCE = ["login_required", "interaction_required", "consent_required", "account_selection_required"];

/** Waits for the clock: what is compared is counted in seconds. */
async function until(second) {
  while (nowInSeconds() < second) await sleep(100);
}

/** An unsecured request object (OpenID Connect Core section 6.1, RFC 7519 section 6). */
function unsigned(claims) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg: "none" })}.${part(claims)}.`;
}

/**
 * @param {string} plan its name
 * @param {"query" | "form_post"} responseMode
 */
export async function runPlan(plan, responseMode) {
  const { server, receiver, metadata, person, register, connect } = await begin({ responseMode });
  const first = await register();
  const second = await register({ client_name: "Certification, second client" });
  const claims = claimsOf(person);

  /** Sends a request that has to be answered without asking the user anything. */
  async function inSilence(browser, request) {
    const page = await first.authorize(browser, request);
    assert.ok(first.hasArrived(page) || page.has("form-post"), `the person was asked something: ${page}`);
    return deliver(browser, page);
  }

  /** Goes on from a page to tokens. */
  async function finish(browser, page, request, more) {
    const code = first.code(await goThrough(browser, page, person), request);
    return first.redeem(code, request, more);
  }

  function assertErrorPage(page) {
    assert.equal(page.url.origin, server.url, "the browser stays with the server");
    assert.ok(page.has("error-message"), `this is no error page: ${page}`);
    assert.equal(page.status, 400);
    assert.equal(page.url.pathname, new URL(metadata.authorization_endpoint).pathname);
  }

  /** What userinfo says for these scopes, which is all that was asked for and nothing else. */
  async function assertClaims(scope, scopes) {
    assert.deepEqual(scope.split(" ").filter((one) => !metadata.scopes_supported.includes(one)), []);
    const tokens = await connect(first, { scope });
    const { sub, updated_at, ...info } = await first.userinfo(tokens);
    assert.deepEqual(info, Object.assign({}, ...scopes.map((one) => claims[one])));
    assert.equal(typeof updated_at, scopes.includes("profile") ? "number" : "undefined", `updated_at is ${updated_at}`);
    assert.equal(sub, person.sub);
  }

  /** The login page comes again, and the new sign-in is told apart from the old one. */
  async function assertSignsInAgain(before, request) {
    const page = await first.authorize(before.browser, request);
    assert.ok(page.has("login-form"), `no sign-in page: ${page}`);
    const pressed = nowInSeconds();
    const { claims } = await finish(before.browser, await signIn(before.browser, page, person), request);
    assert.equal(claims.sub, before.claims.sub);
    assert.ok(claims.auth_time > before.claims.auth_time, "auth_time is that of the new sign-in");
    assert.ok(claims.auth_time >= pressed && claims.auth_time <= nowInSeconds(), "auth_time is recent");
  }

  /** A happy flow that an extra parameter does not disturb. */
  const tolerates = (more) => async () => void (await connect(first, more));

  // Modules that wait, for the clock or for their own thirty seconds, do not hold up the others.
  describe(plan, { concurrency: 4 }, () => {
    // spec: RFC 6749 section 4.1.2 - a code that is used again is refused, and its access token is good no more
    test("oidcc-codereuse-30seconds", async () => {
      const { code, access_token } = await connect(first);
      assert.equal((await first.askUserinfo(access_token)).status, 200);
      await sleep(30_000);
      await first.redeemInVain(code, "invalid_grant");
      const { status } = await first.askUserinfo(access_token);
      assert.ok(status >= 400 && status < 500, `the access token of a code that was used twice is answered ${status}`);
    });

    // spec: OpenID Connect Core section 3.1.3.3 - a code is redeemed for an access token and an ID token
    // spec: OpenID Connect Core section 3.1.3.7 - the ID token is valid by all rules
    test("oidcc-server", async () => {
      const { expires_in, claims } = await connect(first);
      assert.ok(expires_in > 0);
      assert.equal(claims.sub, person.sub);
    });

    // spec: RFC 6749 section 4.1.2.1 - a request without response_type is refused
    test("oidcc-response-type-missing", async () => {
      const browser = new Browser();
      const request = first.request({ response_type: undefined });
      const page = await deliver(browser, await first.authorize(browser, request));
      if (first.hasArrived(page)) first.refusal(page, request, ["unsupported_response_type", "invalid_request"]);
      else assertErrorPage(page);
    });

    // spec: OpenID Connect Registration section 2 - ID tokens are signed with RS256 unless the client says otherwise
    test("oidcc-idtoken-signature", async () => {
      const party = await register({ client_name: "Certification, nothing said of algorithms" });
      const { id_token } = await connect(party);
      const { alg } = JSON.parse(Buffer.from(id_token.split(".")[0], "base64url"));
      assert.equal(alg, "RS256");
    });

    // spec: OpenID Connect Registration section 2 - ID tokens without a signature are not offered
    test("oidcc-idtoken-unsigned", async () => {
      assert.ok(!metadata.id_token_signing_alg_values_supported.includes("none"));
      const asked = { client_name: "Unsigned", redirect_uris: first.client.redirect_uris, id_token_signed_response_alg: "none" };
      const refused = await administer(server.url, "POST", "/register", asked, 400);
      assert.equal(refused.error, "invalid_client_metadata");
    });

    // spec: OpenID Connect Core section 5.3.1 - userinfo is asked with GET
    test("oidcc-userinfo-get", async () => {
      await first.userinfo(await connect(first), "GET");
    });

    // spec: OpenID Connect Core section 5.3.1 - userinfo is asked with POST
    test("oidcc-userinfo-post-header", async () => {
      await first.userinfo(await connect(first), "POST");
    });

    // spec: RFC 6750 section 2.2 - an access token comes in the body of a form
    test("oidcc-userinfo-post-body", async () => {
      const { access_token, claims } = await connect(first);
      const body = new URLSearchParams({ access_token });
      assertUserinfo(await send(metadata.userinfo_endpoint, { method: "POST", body }), claims.sub);
    });

    // spec: OpenID Connect Core section 3.1.2.1 - nonce is optional
    test("oidcc-ensure-request-without-nonce-succeeds-for-code-flow", async () => {
      const { claims, request } = await connect(first, { nonce: undefined });
      assert.ok(!("nonce" in request) && !("code_challenge" in request));
      assert.ok(!("nonce" in claims), "a nonce is not made up");
    });

    // spec: OpenID Connect Core section 5.4 - profile asks for its claims, which userinfo answers
    test("oidcc-scope-profile", () => assertClaims("openid profile", ["profile"]));
    // spec: OpenID Connect Core section 5.4 - email asks for its claims, which userinfo answers
    test("oidcc-scope-email", () => assertClaims("openid email", ["email"]));
    // spec: OpenID Connect Core section 5.4 - address asks for its claim, which userinfo answers
    // spec: OpenID Connect Core section 5.1.1 - an address has its parts
    test("oidcc-scope-address", () => assertClaims("openid address", ["address"]));
    // spec: OpenID Connect Core section 5.4 - phone asks for its claims, which userinfo answers
    test("oidcc-scope-phone", () => assertClaims("openid phone", ["phone"]));
    // spec: OpenID Connect Core section 5.1 - every standard claim has its name and its type
    test("oidcc-scope-all", () => assertClaims("openid profile email address phone", ["profile", "email", "address", "phone"]));

    // spec: RFC 6749 section 3.3 - the order of scope values does not matter
    test("oidcc-alternate-happy-flow", async () => {
      const request = Object.fromEntries(Object.entries(first.request({ scope: "email openid" })).reverse());
      const browser = new Browser();
      const tokens = await finish(browser, await first.authorize(browser, request), request);
      const { email, email_verified } = await first.userinfo(tokens);
      assert.deepEqual({ email, email_verified }, claims.email);
    });

    // spec: OpenID Connect Core section 3.1.2.1 - display=page is accepted
    test("oidcc-display-page", tolerates({ display: "page" }));
    // spec: OpenID Connect Core section 3.1.2.1 - display=popup is accepted
    test("oidcc-display-popup", tolerates({ display: "popup" }));

    // spec: OpenID Connect Core section 3.1.2.1 - prompt=login has the user sign in again
    test("oidcc-prompt-login", async () => {
      const before = await connect(first);
      await until(before.claims.auth_time + 1);
      await assertSignsInAgain(before, first.request({ prompt: "login" }));
    });

    // spec: OpenID Connect Core section 3.1.2.6 - prompt=none is refused where nobody is signed in
    test("oidcc-prompt-none-not-logged-in", async () => {
      const browser = new Browser();
      const request = first.request({ prompt: "none" });
      first.refusal(await inSilence(browser, request), request, NOT_IN_SILENCE);
    });

    // spec: OpenID Connect Core section 3.1.2.1 - prompt=none is answered without a page where somebody is signed in
    test("oidcc-prompt-none-logged-in", async () => {
      const before = await connect(first);
      await until(before.claims.auth_time + 1);
      const request = first.request({ prompt: "none" });
      const { claims } = await finish(before.browser, await inSilence(before.browser, request), request);
      assert.deepEqual([claims.sub, claims.auth_time], [before.claims.sub, before.claims.auth_time]);
    });

    // spec: OpenID Connect Core section 3.1.2.1 - an authentication older than max_age is renewed
    test("oidcc-max-age-1", async () => {
      const before = await connect(first);
      await until(before.claims.auth_time + 2);
      await assertSignsInAgain(before, first.request({ max_age: "1" }));
    });

    // spec: OpenID Connect Core section 3.1.2.1 - an authentication within max_age is enough, and auth_time tells when it was
    test("oidcc-max-age-10000", async () => {
      const before = await connect(first, { max_age: "15000" });
      await until(before.claims.auth_time + 1);
      const request = first.request({ max_age: "10000" });
      const { claims } = await finish(before.browser, await inSilence(before.browser, request), request);
      assert.ok(Number.isInteger(claims.auth_time), "max_age was sent, auth_time is due");
      assert.deepEqual([claims.sub, claims.auth_time], [before.claims.sub, before.claims.auth_time]);
    });

    // spec: RFC 6749 section 3.1 - unknown parameters are ignored
    test("oidcc-ensure-request-with-unknown-parameter-succeeds", tolerates({ extra: "foobar" }));

    // spec: OpenID Connect Core section 3.1.2.1 - an id_token_hint of the user who is signed in is answered without a page
    test("oidcc-id-token-hint", async () => {
      const before = await connect(first);
      const request = first.request({ prompt: "none", id_token_hint: before.id_token });
      const { claims } = await finish(before.browser, await inSilence(before.browser, request), request);
      assert.equal(claims.sub, before.claims.sub);
    });

    // spec: OpenID Connect Core section 3.1.2.1 - login_hint is accepted
    test("oidcc-login-hint", tolerates({ login_hint: `buffy@${new URL(server.url).hostname}` }));
    // spec: OpenID Connect Core section 3.1.2.1 - ui_locales that the server does not have are no error
    test("oidcc-ui-locales", tolerates({ ui_locales: "se" }));
    // spec: OpenID Connect Core section 5.2 - claims_locales that the server does not have are no error
    test("oidcc-claims-locales", tolerates({ claims_locales: "se" }));

    // spec: OpenID Connect Core section 3.1.2.1 - acr_values is answered with one of them
    test("oidcc-ensure-request-with-acr-values-succeeds", async () => {
      const values = metadata.acr_values_supported ?? ["1", "2"];
      const { claims } = await connect(first, { acr_values: values.join(" ") });
      assert.ok(values.includes(claims.acr), `acr is ${claims.acr}, asked for was one of ${values}`);
    });

    // spec: RFC 6749 section 4.1.2 - a code is good once
    test("oidcc-codereuse", async () => {
      const { code } = await connect(first);
      await first.redeemInVain(code, "invalid_grant");
    });

    // spec: RFC 6749 section 4.1.2.1 - a redirect URI that is not registered gets an error page and no redirect
    test("oidcc-ensure-registered-redirect-uri", async () => {
      const browser = new Browser();
      const redirect_uri = `${first.redirectUri}/${randomBytes(8).toString("hex")}`;
      assertErrorPage(await first.authorize(browser, first.request({ redirect_uri })));
    });

    // spec: OpenID Connect Core section 3.1.2.1 - the authorization endpoint takes POST
    test("oidcc-ensure-post-request-succeeds", async () => {
      const browser = new Browser();
      const request = first.request();
      const page = await browser.post(metadata.authorization_endpoint, request, first.origin);
      await finish(browser, page, request);
      // The cookie of the session does not come along with a form of another site, and the session counts all the same.
      const again = first.request();
      const answered = await deliver(browser, await browser.post(metadata.authorization_endpoint, again, first.origin));
      first.code(answered, again);
    });

    // spec: RFC 6749 section 2.3.1 - a client sends its secret in the body
    test("oidcc-server-client-secret-post", async () => {
      const party = await register({ client_name: "Certification, secret in the body", token_endpoint_auth_method: "client_secret_post" });
      await connect(party);
    });

    // spec: OpenID Connect Core section 3.1.2.6 - request_uri is refused with request_uri_not_supported
    test("oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", async () => {
      assert.notEqual(metadata.request_uri_parameter_supported, true);
      const browser = new Browser();
      // The server does not read the request object. The parameters in it are unknown, so there is no state to send back.
      const request = first.request({ state: undefined, nonce: undefined, request_uri: `${receiver.origin}/${responseMode}/request.jwt` });
      const page = await deliver(browser, await first.authorize(browser, request));
      first.refusal(page, request, ["request_uri_not_supported"]);
      assert.ok(!receiver.received.some(({ path }) => path.endsWith("/request.jwt")), "the request object is not fetched");
    });

    // spec: OpenID Connect Core section 3.1.2.6 - request is refused with request_not_supported
    test("oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported", async () => {
      assert.notEqual(metadata.request_parameter_supported, true);
      const browser = new Browser();
      const inside = first.request();
      const request = first.request({ state: undefined, nonce: undefined, request: unsigned(inside) });
      const page = await deliver(browser, await first.authorize(browser, request));
      first.refusal(page, request, ["request_not_supported"]);
    });

    // spec: OpenID Connect Core section 5.5 - a claim that is asked for by name comes where it was asked for
    test("oidcc-claims-essential", async () => {
      assert.equal(metadata.claims_parameter_supported, true);
      const tokens = await connect(first, { claims: JSON.stringify({ userinfo: { name: { essential: true } } }) });
      const { sub, ...info } = await first.userinfo(tokens);
      assert.deepEqual(info, { name: claims.profile.name });
    });

    // spec: OpenID Connect Core section 6.1 - a redirect URI inside a request object does not make good a bad one outside
    test("oidcc-ensure-request-object-with-redirect-uri", async () => {
      const browser = new Browser();
      const inside = first.request();
      const request = first.request({ redirect_uri: `${first.redirectUri}/elsewhere`, request: unsigned(inside) });
      assertErrorPage(await first.authorize(browser, request));
    });

    // spec: OpenID Connect Core section 12.2 - the ID token of a refresh repeats iss, sub, aud, azp and auth_time
    // spec: OpenID Connect Core section 11 - offline_access brings a refresh token
    // spec: RFC 6749 section 6 - a refresh token is good for its client only
    test("oidcc-refresh-token", async () => {
      assert.ok(metadata.grant_types_supported.includes("refresh_token"));
      const scope = "openid offline_access";
      const before = await connect(first, { scope, prompt: "consent" });
      assert.ok(before.refresh_token, "offline_access was granted, a refresh token is due");
      await until(before.claims.iat + 1);
      for (const more of [{}, { scope: "openid" }]) {
        const { claims } = await first.refresh(before.refresh_token, more);
        const kept = ({ iss, sub, aud, azp, auth_time }) => ({ iss, sub, aud, azp, auth_time });
        assert.deepEqual(kept(claims), kept(before.claims));
        assert.ok(claims.iat > before.claims.iat, "iat is that of the new ID token");
      }
      await second.refreshInVain(before.refresh_token, "invalid_grant");
      await first.refresh(before.refresh_token);
    });

    // spec: RFC 7636 section 4.6 - the right verifier redeems the code
    test("oidcc-ensure-request-with-valid-pkce-succeeds", async () => {
      const code_verifier = randomBytes(32).toString("base64url");
      const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
      await connect(first, { code_challenge, code_challenge_method: "S256" }, { code_verifier });
    });
  });
}
