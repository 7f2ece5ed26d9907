// A web app where users sign in with Grantry, and that calls an API for them. All it knows of Grantry is the issuer and its own client
// identifier.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import * as client from "openid-client";
import { html, page } from "./page.mjs";

const ISSUER = process.env.ISSUER ?? "http://localhost:8787";
const CLIENT_ID = process.env.CLIENT_ID ?? "demo-web-app";
const { CLIENT_SECRET } = process.env;
const API = process.env.API ?? "http://localhost:8788";
const PORT = Number(process.env.PORT ?? 3000);
const HOME = `http://localhost:${PORT}`;
const CALLBACK = `${HOME}/callback`;
const SCOPE = "openid profile email offline_access reservations.read reservations.create";
/** Tokens are refreshed this many seconds before they expire. */
const EARLY = 30;
const SIGN_IN = html`<p><a href="/login">Sign in</a></p>`;

const config = await client.discovery(
  new URL(ISSUER),
  CLIENT_ID,
  undefined,
  CLIENT_SECRET ? client.ClientSecretBasic(CLIENT_SECRET) : client.None(),
  // Without https, on this machine only.
  { execute: new URL(ISSUER).hostname === "localhost" ? [client.allowInsecureRequests] : [] },
);

/** What the app knows of each browser, by its cookie. An app with more than one process keeps this in a store. */
const sessions = new Map();

const routes = {
  "GET /": home,
  "GET /login": login,
  "GET /callback": callback,
  "GET /reservations": (request) => callApi(request, "GET"),
  "POST /reservations": (request) => callApi(request, "POST"),
  "POST /logout": logout,
};

createServer(async (request, response) => {
  const route = routes[`${request.method} ${new URL(request.url, HOME).pathname}`];
  try {
    const { status = 200, ...answer } = route ? await route(request) : { status: 404, ...page("Nothing here") };
    response.writeHead(answer.location ? 303 : status, headersOf(answer)).end(answer.html);
  } catch (error) {
    // Errors of the library may contain tokens, so users and logs get only the code.
    console.error(error.error ?? error.code ?? error.message);
    response.writeHead(500, headersOf({})).end(page("That did not work").html);
  }
}).listen(PORT, "localhost", () => console.log(`The app is ready on ${HOME}`));

const headersOf = ({ location, cookie }) => ({
  "content-type": "text/html; charset=utf-8",
  // Browsers also apply form-action to redirects after a form: signing out leads to the issuer.
  "content-security-policy": `default-src 'none'; form-action 'self' ${new URL(ISSUER).origin}; frame-ancestors 'none'; base-uri 'none'`,
  "cache-control": "no-store",
  ...(location && { location }),
  // Lax, because the user returns from another site.
  ...(cookie && { "set-cookie": `app-session=${cookie}; HttpOnly; SameSite=Lax; Path=/` }),
});

const sessionOf = (request) => sessions.get(request.headers.cookie?.match(/(?:^|;\s*)app-session=([\w-]+)/)?.[1]) ?? {};

function newSession(content) {
  const id = randomBytes(32).toString("base64url");
  sessions.set(id, { ...content, id });
  return id;
}

function home(request) {
  const { claims } = sessionOf(request);
  if (!claims) return page("Welcome", SIGN_IN);
  return page(`Hello, ${claims.name ?? claims.sub}`, html`
<p><a href="/reservations">See my reservations</a></p>
<form method="post" action="/reservations"><button>Reserve a room</button></form>
<form method="post" action="/logout"><button>Sign out</button></form>`);
}

/** Sends the user to Grantry; `more` are parameters that an API demanded. */
async function login(request, more = {}) {
  const before = sessionOf(request);
  sessions.delete(before.id);
  const pending = { verifier: client.randomPKCECodeVerifier(), state: client.randomState(), nonce: client.randomNonce(), maxAge: more.max_age };
  const location = client.buildAuthorizationUrl(config, {
    redirect_uri: CALLBACK,
    scope: SCOPE,
    state: pending.state,
    nonce: pending.nonce,
    code_challenge: await client.calculatePKCECodeChallenge(pending.verifier),
    code_challenge_method: "S256",
    ...more,
  });
  return { location: location.href, cookie: newSession({ ...before, pending }) };
}

async function callback(request) {
  const { id, pending } = sessionOf(request);
  // Without a pending sign-in in this browser, an attacker could sign the user in as somebody else.
  if (!pending) return { status: 400, ...page("This sign-in was not begun here", SIGN_IN) };
  sessions.delete(id);
  const checks = {
    pkceCodeVerifier: pending.verifier,
    expectedState: pending.state,
    expectedNonce: pending.nonce,
    idTokenExpected: true,
    ...(pending.maxAge && { maxAge: Number(pending.maxAge) }),
  };
  try {
    const tokens = await client.authorizationCodeGrant(config, new URL(request.url, HOME), checks);
    const claims = tokens.claims();
    const info = await client.fetchUserInfo(config, tokens.access_token, claims.sub);
    // A new identifier: an attacker who knew the one from before the sign-in does not know this one.
    return { location: "/", cookie: newSession({ claims: { ...claims, ...info }, idToken: tokens.id_token, ...kept(tokens) }) };
  } catch (error) {
    if (!(error instanceof client.AuthorizationResponseError)) throw error;
    return { status: 403, ...page("You were not signed in", html`<p>The answer was ${error.error}.</p>${SIGN_IN}`) };
  }
}

const kept = (tokens, before = {}) => ({
  accessToken: tokens.access_token,
  refreshToken: tokens.refresh_token ?? before.refreshToken,
  freshUntil: Date.now() + ((tokens.expiresIn() ?? 0) - EARLY) * 1000,
});

/** Calls the API with a valid access token, and follows its challenge. */
async function callApi(request, method) {
  const session = sessionOf(request);
  if (!session.claims) return { location: "/login" };
  if (Date.now() > session.freshUntil) Object.assign(session, kept(await client.refreshTokenGrant(config, session.refreshToken), session));
  const response = await fetch(`${API}/reservations`, { method, headers: { authorization: `Bearer ${session.accessToken}` } });
  const challenge = response.headers.get("www-authenticate") ?? "";
  if (challenge.includes(`error="insufficient_user_authentication"`)) {
    // RFC 9470 section 4: what the API demands goes into the next authorization request.
    const demanded = ["max_age", "acr_values"].map((name) => [name, challenge.match(`${name}="([^"]*)"`)?.[1]]);
    return login(request, Object.fromEntries(demanded.filter(([, value]) => value)));
  }
  if (response.status === 401) return { location: "/login" };
  return { status: response.status, ...page("Reservations", html`<pre>${JSON.stringify(await response.json(), null, 2)}</pre>`) };
}

/** Ends the session here, the tokens, and the session at Grantry. */
async function logout(request) {
  const { id, refreshToken, idToken } = sessionOf(request);
  sessions.delete(id);
  if (refreshToken) await client.tokenRevocation(config, refreshToken);
  if (!idToken) return { location: "/" };
  return { location: client.buildEndSessionUrl(config, { id_token_hint: idToken, post_logout_redirect_uri: `${HOME}/` }).href };
}
