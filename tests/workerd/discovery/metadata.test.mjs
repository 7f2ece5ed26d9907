// Discovery tells the truth, both ways: everything it advertises is called, and what it does not advertise is refused.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { describe, test } from "node:test";
import { SignJWT } from "jose";
import { Browser } from "../../conformance/browser.mjs";
import { newKeys } from "../../conformance/client-authentication.mjs";
import { send } from "../../conformance/http.mjs";
import { assertMetadata } from "../../conformance/metadata-schema.mjs";
import { deliver, goThrough } from "../../conformance/person.mjs";
import { assertKeySet, assertTokenError, nowInSeconds } from "../../conformance/rules.mjs";
import { assertLoggedOut } from "../../conformance/session.mjs";
import { begin } from "../../conformance/setting.mjs";
import { administer } from "../../support/administration.mjs";

const API = "https://api.example.com";
const RESOURCE_SERVER = "discovery-api";
const vars = (origin) => ({
  SIGN_UP_URL: `${origin}/sign-up`,
  API_DEMO: JSON.stringify({ audience: API, scopes: { "books.read": "See your books" }, introspection_clients: [RESOURCE_SERVER] }),
  CLAIMS_ACME: JSON.stringify({ scope: "acme", sentence: "See where you work", claims: { "https://acme.example/team": "department" } }),
});
const { server, receiver, person, metadata, keys, register, connect } = await begin({ vars });

const EVERY_SCOPE = metadata.scopes_supported.join(" ");
/** Scopes that a client asks for in its own name; all others are granted by people. */
const ADMINISTRATION = ["clients", "clients:register", "people:read", "people:write"];
const OF_PEOPLE = metadata.scopes_supported.filter((scope) => !ADMINISTRATION.includes(scope)).join(" ");
const app = await register({ scope: OF_PEOPLE });

/** A client that may do all that is granted, with the given way of authentication. */
async function registerWith(method, alg = "ES256") {
  const ofClient = method === "private_key_jwt" ? await newKeys(alg) : undefined;
  const isPublic = method === "none";
  const grant_types = ["authorization_code", "refresh_token", ...(isPublic ? [] : ["client_credentials"])];
  const more = { client_name: `Client ${method} ${alg}`, token_endpoint_auth_method: method, grant_types, require_pkce: true, scope: "openid offline_access books.read" };
  return register(more, ofClient);
}

/** A sign-in with PKCE. */
function connectWithPkce(party, more, options) {
  const code_verifier = randomBytes(32).toString("base64url");
  const code_challenge = createHash("sha256").update(code_verifier).digest("base64url");
  return connect(party, { code_challenge, code_challenge_method: "S256", ...more }, { ...options, code_verifier });
}

/** Sends a request that is refused, and gives the page or the parameters that come back. */
async function refusal(more, allowed, party = app) {
  const browser = new Browser();
  const request = party.request(more);
  const page = await deliver(browser, await party.authorize(browser, request));
  return party.refusal(page, request, allowed);
}

/** Asks for registration of what is refused. */
async function unregistrable(members, error = "invalid_client_metadata") {
  const body = { client_name: "Refused", redirect_uris: app.client.redirect_uris, ...members };
  const refused = await administer(server.url, "POST", "/register", body, 400);
  assert.equal(refused.error, error, JSON.stringify(members));
}

/** Calls each value of a list by its own entry of a table. */
const each = (table) => async (values) => {
  for (const value of values) {
    assert.ok(Object.hasOwn(table, value), `nobody calls ${value}`);
    await table[value](value);
  }
};

/** Calls each value of a list in one way. */
const all = (call) => async (values) => {
  for (const value of values) await call(value);
};

const isTrue = (call) => async (value) => {
  assert.equal(value, true);
  await call();
};
const isFalse = (call) => async (value) => {
  assert.equal(value, false);
  await call();
};

/** The endpoints at which clients authenticate: what an authenticated client is told there about nothing. */
const AUTHENTICATED = {
  token: { parameters: { grant_type: "client_credentials" }, isWelcome: ({ status }) => status === 200 },
  revocation: { parameters: { token: "garbage" }, isWelcome: ({ status }) => status === 200 },
  introspection: { parameters: { token: "garbage" }, isWelcome: ({ status, text }) => status === 200 && text === '{"active":false}' },
};

/** A client is accepted with its own credentials, and refused with others. */
async function authenticates(name, party) {
  const { parameters, isWelcome } = AUTHENTICATED[name];
  const endpoint = metadata[`${name}_endpoint`];
  const { token_endpoint_auth_method: method } = party.client;
  if (name === "token" && method === "none") {
    await connectWithPkce(party);
    return;
  }
  const welcomed = await party.call(endpoint, parameters);
  assert.ok(isWelcome(welcomed), `${method} at ${endpoint}: ${welcomed.status} ${welcomed.text}`);
  if (method === "none") return;
  const impostor = party.with({ client: await otherCredentials(party.client) });
  assertTokenError(await impostor.call(endpoint, parameters), "invalid_client");
}

async function otherCredentials({ keys }) {
  return keys ? { keys: { ...(await newKeys(keys.alg)), kid: keys.kid } } : { client_secret: randomBytes(32).toString("base64url") };
}

const authenticatesBy = (name) => all(async (method) => authenticates(name, await registerWith(method)));
const assertsBy = (name) => all(async (alg) => authenticates(name, await registerWith("private_key_jwt", alg)));

const works = (more) => connectWithPkce(app, more);

/** Sends a browser that is signed in to the authorization endpoint and gives the page it is shown. */
async function shownTo(signedIn, more) {
  return app.authorize(signedIn.browser, app.request(more));
}

const PROMPTS = {
  create: () => createsAccount(),
  none: async () => void (await refusal({ prompt: "none" }, ["login_required"])),
  login: async () => assert.ok((await shownTo(await works(), { prompt: "login" })).has("login-form")),
  consent: async () => assert.ok((await shownTo(await works(), { prompt: "consent" })).has("consent-form")),
  select_account: async () => {
    const page = await shownTo(await works(), { prompt: "select_account" });
    assert.ok(page.has("choose-form") || page.has("login-form"), String(page));
  },
};

/** The product's own page comes first, and leads back into the request. */
async function createsAccount() {
  const browser = new Browser();
  const request = app.request({ prompt: "create" });
  const { url } = await app.authorize(browser, request);
  assert.equal(url.origin + url.pathname, `${receiver.origin}/sign-up`);
  const page = await browser.follow(url.searchParams.get("return_to"), receiver.origin);
  assert.equal(page.url.origin, server.url);
  await app.redeem(app.code(await goThrough(browser, page, person), request), request);
}

/** Claims asked for one by one, in both places. */
function askingFor(names) {
  const each = Object.fromEntries(names.map((name) => [name, null]));
  return { claims: JSON.stringify({ id_token: each, userinfo: each }) };
}

/** What the server says of the user and of the sign-in when everything is asked for. */
async function everyClaim() {
  const tokens = await connectWithPkce(app, { scope: OF_PEOPLE, prompt: "consent", ...askingFor(metadata.claims_supported) }, { asked: metadata.claims_supported });
  return { ofIdToken: tokens.claims, ofUserinfo: await app.userinfo(tokens) };
}

const post_logout_redirect_uri = `${receiver.origin}/logged-out`;

/** Signs out with a hint, and gives the client, its ID token's claims and the browser. */
async function logOut(path) {
  const more = { client_name: `Logout ${path}`, post_logout_redirect_uris: [post_logout_redirect_uri] };
  const party = await register({ ...more, backchannel_logout_uri: receiver.origin + path, backchannel_logout_session_required: true });
  const signedIn = await connect(party);
  const page = await signedIn.browser.follow(party.logoutUrl({ id_token_hint: signedIn.id_token, post_logout_redirect_uri }), receiver.origin);
  assert.equal(page.url.href, post_logout_redirect_uri);
  await assertLoggedOut(party, signedIn.browser);
  return { party, ...signedIn };
}

async function toldOfLogout(path) {
  const signedIn = await logOut(path);
  const { body } = await receiver.next(path);
  const told = JSON.parse(Buffer.from(new URLSearchParams(body).get("logout_token").split(".")[1], "base64url"));
  return { told, signedIn };
}

/** How each member is called. */
const CALLS = {
  issuer: async (issuer) => {
    assert.equal(issuer, server.url);
    const elsewhere = await send(`${issuer}/.well-known/oauth-authorization-server`);
    assert.deepEqual(JSON.parse(elsewhere.text), metadata, "RFC 8414 finds the same document");
  },
  authorization_endpoint: async (endpoint) => {
    const page = await new Browser().follow(`${endpoint}?${new URLSearchParams(app.request())}`, app.origin);
    assert.ok(page.has("login-form"));
  },
  token_endpoint: async () => void (await works()),
  userinfo_endpoint: async () => void (await app.userinfo(await works())),
  jwks_uri: async (address) => assert.deepEqual(assertKeySet(await send(address)).keys, keys),
  revocation_endpoint: async (endpoint) => {
    const { refresh_token } = await works({ scope: "openid offline_access" });
    assert.equal((await app.call(endpoint, { token: refresh_token })).status, 200);
    await app.refreshInVain(refresh_token, "invalid_grant");
  },
  introspection_endpoint: async (endpoint) => {
    const { access_token } = await works({ scope: "openid books.read" });
    const resourceServer = await register({ client_id: RESOURCE_SERVER, redirect_uris: undefined, grant_types: ["client_credentials"], scope: "books.read" });
    const told = JSON.parse((await resourceServer.call(endpoint, { token: access_token })).text);
    assert.deepEqual([told.active, told.sub, told.client_id], [true, person.sub, app.client.client_id]);
  },
  registration_endpoint: async (endpoint) => {
    const { client } = await register();
    assert.equal(client.registration_client_uri, `${endpoint}/${client.client_id}`);
    const headers = { authorization: `Bearer ${client.registration_access_token}` };
    const read = await send(client.registration_client_uri, { headers });
    assert.equal(JSON.parse(read.text).client_id, client.client_id);
    assert.equal((await send(client.registration_client_uri, { method: "DELETE", headers })).status, 204);
  },
  end_session_endpoint: async (endpoint) => {
    await logOut("/discovery/end-session");
    const { browser, id_token } = await works();
    const posted = await browser.post(endpoint, { id_token_hint: id_token }, app.origin);
    const page = posted.has("logout-form") ? await browser.press(posted, "logout-form", "logout-confirm") : posted;
    assert.ok(page.has("logged-out"), String(page));
  },

  scopes_supported: all(async (scope) => {
    if (ADMINISTRATION.includes(scope)) {
      const machine = await register({ client_name: scope, redirect_uris: undefined, grant_types: ["client_credentials"], scope });
      const { status, text } = await machine.token({ grant_type: "client_credentials", scope });
      assert.deepEqual([status, JSON.parse(text).scope], [200, scope]);
      return;
    }
    const asked = scope === "openid" ? scope : `openid ${scope}`;
    const tokens = await works({ scope: asked, prompt: "consent" });
    assert.equal(tokens.scope ?? asked, asked);
    assert.equal(tokens.refresh_token !== undefined, scope === "offline_access");
  }),
  response_types_supported: each({ code: () => works() }),
  response_modes_supported: each({
    query: () => works(),
    form_post: () => connectWithPkce(app.with({ responseMode: "form_post" })),
  }),
  grant_types_supported: each({
    authorization_code: () => works(),
    client_credentials: async () => authenticates("token", await registerWith("client_secret_basic")),
    refresh_token: async () => app.refresh((await works({ scope: "openid offline_access" })).refresh_token),
  }),
  subject_types_supported: all(async (subject_type) => {
    const party = await register({ client_name: subject_type, subject_type });
    const [first, second] = [await connect(party), await connect(party)];
    assert.equal(first.claims.sub === person.sub, subject_type === "public");
    assert.equal(first.claims.sub, second.claims.sub);
    await party.userinfo(first);
  }),
  id_token_signing_alg_values_supported: all(async (alg) => {
    const party = await register({ client_name: alg, id_token_signed_response_alg: alg });
    const { id_token } = await connect(party);
    assert.equal(JSON.parse(Buffer.from(id_token.split(".")[0], "base64url")).alg, alg);
  }),
  token_endpoint_auth_methods_supported: authenticatesBy("token"),
  token_endpoint_auth_signing_alg_values_supported: assertsBy("token"),
  revocation_endpoint_auth_methods_supported: authenticatesBy("revocation"),
  revocation_endpoint_auth_signing_alg_values_supported: assertsBy("revocation"),
  introspection_endpoint_auth_methods_supported: authenticatesBy("introspection"),
  introspection_endpoint_auth_signing_alg_values_supported: assertsBy("introspection"),
  code_challenge_methods_supported: each({ S256: () => works() }),
  claims_supported: async (names) => {
    const { ofIdToken, ofUserinfo } = await everyClaim();
    assert.deepEqual(names.filter((name) => !(name in ofIdToken) && !(name in ofUserinfo)), []);
  },
  claims_parameter_supported: isTrue(async () => {
    const claims = JSON.stringify({ id_token: { email: null }, userinfo: { name: { essential: true } } });
    const tokens = await connectWithPkce(app, { claims }, { asked: ["email"] });
    assert.equal(tokens.claims.email, `${person.userName}@example.com`);
    assert.deepEqual(Object.keys(await app.userinfo(tokens)).sort(), ["name", "sub"]);
  }),
  acr_values_supported: all(async (acr) => {
    assert.equal((await works({ acr_values: acr })).claims.acr, acr);
    await works({ claims: JSON.stringify({ id_token: { acr: { essential: true, values: [acr] } } }) });
  }),
  prompt_values_supported: each(PROMPTS),
  ui_locales_supported: all(async (ui_locales) => {
    const page = await new Browser().follow(app.url(app.request({ ui_locales })), app.origin);
    assert.equal(page.text.match(/<html lang="([^"]+)"/)[1], ui_locales);
  }),
  authorization_response_iss_parameter_supported: isTrue(async () => {
    const browser = new Browser();
    const [granted, refused] = [app.request(), app.request({ prompt: "none", scope: "nothing" })];
    const pages = [await goThrough(browser, await app.authorize(browser, granted), person), await app.authorize(browser, refused)];
    assert.deepEqual(pages.map((page) => app.parameters(page).iss), [server.url, server.url]);
  }),
  client_id_metadata_document_supported: isFalse(async () => {
    const address = app.url({ ...app.request(), client_id: "https://localhost/client.json" });
    const page = await new Browser().follow(address, app.origin);
    assert.ok(page.has("error-message") && page.text.includes("invalid_client"), String(page));
  }),
  request_parameter_supported: isFalse(() => refusal({ request: "e30.e30." }, ["request_not_supported"])),
  request_uri_parameter_supported: isFalse(() => refusal({ request_uri: `${receiver.origin}/request` }, ["request_uri_not_supported"])),
  backchannel_logout_supported: isTrue(async () => {
    const { told, signedIn } = await toldOfLogout("/discovery/back-channel");
    assert.deepEqual([told.aud, told.sub], [signedIn.party.client.client_id, person.sub]);
  }),
  backchannel_logout_session_supported: isTrue(async () => {
    const { told, signedIn } = await toldOfLogout("/discovery/back-channel-session");
    assert.ok(told.sid);
    assert.equal(told.sid, signedIn.claims.sid);
  }),
};

describe("what discovery advertises is there", { concurrency: 4 }, () => {
  for (const [name, value] of Object.entries(metadata)) {
    test(name, async () => {
      assert.ok(Object.hasOwn(CALLS, name), `nobody calls ${name}`);
      await CALLS[name](value);
    });
  }

  // spec: Invariant 8 - what is advertised is called below, and what is not advertised is refused
  // spec: RFC 8414 section 2 - every member and every value that is advertised is there when it is called
  test("nothing that is called here has gone", () => {
    assert.deepEqual(Object.keys(CALLS).filter((name) => !(name in metadata)), []);
  });

  // spec: RFC 8414 section 2 - every member is registered and of its type
  test("each member is one that is registered, of its type", () => assertMetadata(metadata));

  // spec: OpenID Connect Discovery section 3 - the algorithms of ID tokens are those of the keys
  test("every key signs with an algorithm that is advertised, and every advertised one has a key", () => {
    assert.deepEqual([...new Set(keys.map(({ alg }) => alg))].sort(), [...metadata.id_token_signing_alg_values_supported].sort());
  });
});

/** Those of `all` that a member does not advertise. */
const unadvertised = (name, all) => all.filter((value) => !metadata[name]?.includes(value));

const ALGORITHMS = ["none", "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES256K", "ES384", "ES512", "EdDSA", "Ed25519"];
const GRANT_TYPES = [
  ...["authorization_code", "client_credentials", "implicit", "password", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
  ...["urn:ietf:params:oauth:grant-type:jwt-bearer", "urn:ietf:params:oauth:grant-type:token-exchange", "urn:openid:params:grant-type:ciba"],
];
const METHODS = ["client_secret_basic", "client_secret_jwt", "client_secret_post", "none", "private_key_jwt", "self_signed_tls_client_auth", "tls_client_auth"];
const RESPONSE_MODES = ["form_post", "form_post.jwt", "fragment", "fragment.jwt", "jwt", "query", "query.jwt", "web_message"];
const RESPONSE_TYPES = ["code", "code id_token", "code id_token token", "code token", "id_token", "id_token token", "none", "token"];

/** A client assertion of an algorithm that nobody registered for. */
function assertion({ client_id }, alg, secret) {
  const now = nowInSeconds();
  const claims = { iss: client_id, sub: client_id, aud: server.url, iat: now, exp: now + 60, jti: randomBytes(16).toString("hex") };
  if (alg !== "none") return new SignJWT(claims).setProtectedHeader({ alg }).sign(Buffer.from(secret));
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  return `${part({ alg })}.${part(claims)}.`;
}

describe("what discovery does not advertise is refused", { concurrency: 4 }, () => {
  for (const response_type of unadvertised("response_types_supported", RESPONSE_TYPES)) {
    // spec: RFC 6749 section 4.1.2.1 - response types that are not advertised are refused
    test(`response_type ${response_type}`, () => refusal({ response_type }, ["unsupported_response_type"]));
  }

  for (const response_mode of unadvertised("response_modes_supported", RESPONSE_MODES)) {
    // spec: OAuth Multiple Response Types section 2.1 - response modes that are not advertised are refused
    test(`response_mode ${response_mode}`, () => refusal({ response_mode }, ["invalid_request"]));
  }

  for (const grant_type of unadvertised("grant_types_supported", GRANT_TYPES)) {
    // spec: RFC 6749 section 5.2 - grant types that are not advertised are refused
    test(`grant_type ${grant_type}`, async () => {
      await app.tokenInVain({ grant_type, username: person.userName, password: person.password }, "unsupported_grant_type");
      await unregistrable({ grant_types: [grant_type] });
    });
  }

  for (const token_endpoint_auth_method of unadvertised("token_endpoint_auth_methods_supported", METHODS)) {
    // spec: RFC 7591 section 2 - ways of authentication that are not advertised are not registered
    test(`authentication method ${token_endpoint_auth_method}`, () => unregistrable({ token_endpoint_auth_method }));
  }

  // spec: RFC 7523 section 3 - an assertion that a secret or nothing signed is refused
  test("client assertions that are signed with the secret, or not at all", async () => {
    const client_assertion_type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    for (const alg of ["HS256", "none"]) {
      const client_assertion = await assertion(app.client, alg, app.client.client_secret);
      const body = new URLSearchParams({ grant_type: "client_credentials", client_assertion_type, client_assertion });
      assertTokenError(await send(metadata.token_endpoint, { method: "POST", body }), "invalid_client");
    }
  });

  test("another way of authentication than the registered one", async () => {
    const body = new URLSearchParams({ grant_type: "client_credentials", client_id: app.client.client_id, client_secret: app.client.client_secret });
    assertTokenError(await send(metadata.token_endpoint, { method: "POST", body }), "invalid_client");
  });

  // spec: RFC 7662 section 2.1 - the caller has to authenticate
  test("introspection for a client without a secret", async () => {
    assert.ok(!metadata.introspection_endpoint_auth_methods_supported.includes("none"));
    const party = await registerWith("none");
    assertTokenError(await party.call(metadata.introspection_endpoint, { token: "garbage" }), "invalid_client");
  });

  for (const alg of unadvertised("id_token_signing_alg_values_supported", ALGORITHMS)) {
    // spec: OpenID Connect Registration section 2 - algorithms of ID tokens that are not advertised are not registered
    test(`ID tokens signed with ${alg}`, () => unregistrable({ id_token_signed_response_alg: alg }));
  }

  for (const alg of unadvertised("token_endpoint_auth_signing_alg_values_supported", ALGORITHMS)) {
    // spec: OpenID Connect Registration section 2 - algorithms of client assertions that are not advertised are not registered
    test(`client assertions signed with ${alg}`, async () => {
      const { registration } = await newKeys("ES256");
      await unregistrable({ ...registration, token_endpoint_auth_signing_alg: alg });
    });
  }

  // spec: RFC 9700 section 2.1.1 - the method plain is refused
  test("PKCE with the method plain, or with none", async () => {
    const code_challenge = randomBytes(32).toString("base64url");
    await refusal({ code_challenge, code_challenge_method: "plain" }, ["invalid_request"]);
    await refusal({ code_challenge }, ["invalid_request"]);
  });

  // spec: RFC 6749 section 4.1.2.1 - an unknown scope is refused
  test("a scope, at registration and in a request", async () => {
    assert.ok(!EVERY_SCOPE.split(" ").includes("books.burn"));
    await unregistrable({ scope: "openid books.burn" });
    await refusal({ scope: "openid books.burn" }, ["invalid_scope"]);
  });

  test("a subject type", () => unregistrable({ subject_type: "ephemeral" }));

  test("a prompt", () => refusal({ prompt: "enrol" }, ["invalid_request"]));

  // spec: OpenID Connect Core section 5.5 - a claim that is not known is left out
  test("a claim is left out, and no scope brings one", async () => {
    const tokens = await works({ claims: JSON.stringify({ id_token: { nationality: null }, userinfo: { nationality: { essential: true } } }) });
    assert.deepEqual(Object.keys(await app.userinfo(tokens)), ["sub"]);
    const { ofUserinfo } = await everyClaim();
    assert.deepEqual(Object.keys(ofUserinfo).filter((name) => !metadata.claims_supported.includes(name)), []);
  });

  // spec: OpenID Connect Core section 5.5.1.1 - an essential acr that cannot be reached is refused
  test("an authentication context, where it is essential", async () => {
    const browser = new Browser();
    const request = app.request({ claims: JSON.stringify({ id_token: { acr: { essential: true, values: ["urn:example:retina"] } } }) });
    const page = await goThrough(browser, await app.authorize(browser, request), person);
    app.refusal(page, request, ["unmet_authentication_requirements", "access_denied"]);
  });

  test("a language: the page comes in one that there is", async () => {
    const page = await new Browser().follow(app.url(app.request({ ui_locales: "tlh" })), app.origin);
    assert.ok(page.has("login-form"));
    assert.ok(metadata.ui_locales_supported.includes(page.text.match(/<html lang="([^"]+)"/)[1]));
  });
});
