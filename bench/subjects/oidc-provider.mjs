// oidc-provider on Node, in memory: no durability at all, and no hop.
import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { newSigningKeys } from "../../scripts/lib/keys.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { toolEnv } from "../../scripts/lib/toolchain.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { basic, pkce } from "../../tests/support/connection.mjs";
import { request } from "../lib/http.mjs";
import { together } from "../lib/measure.mjs";
import { install, peer, versionOf } from "../lib/peers.mjs";
import { always, asking, each, forEachPerson, withIdTokens } from "../lib/scenarios.mjs";
import { ready, serve } from "../lib/workerd.mjs";

const NAME = "oidc-provider";
const REDIRECT_URI = "https://reports.example.com/callback";
const SCOPE = "openid email offline_access";
const WITHOUT_OPENID = "reservations.read";

const secret = () => randomBytes(32).toString("base64url");
const interactive = { redirect_uris: [REDIRECT_URI], grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };
const app = { ...interactive, client_id: "web-app", client_secret: secret() };
const single = { ...interactive, client_id: "single-page-app", token_endpoint_auth_method: "none" };
const appOfES256 = { ...app, client_id: "web-app-es256", client_secret: secret(), id_token_signed_response_alg: "ES256" };
const singleOfES256 = { ...single, client_id: "single-page-app-es256", id_token_signed_response_alg: "ES256" };
const CLIENTS = [app, single, appOfES256, singleOfES256];
const service = { client_id: "service", client_secret: secret(), redirect_uris: [], response_types: [], grant_types: ["client_credentials"] };

let keys;

export const oidcProvider = {
  name: NAME,
  version: () => versionOf(NAME, "oidc-provider"),
  durable: false,
  async prepare() {
    await install(NAME);
    keys = JSON.parse(await newSigningKeys());
  },
  async start({ port, log } = {}) {
    port ??= await freePort();
    const folder = inRoot("target/bench", NAME);
    mkdirSync(folder, { recursive: true });
    const file = `${folder}/settings.json`;
    // The algorithms of its ID tokens are the clients' business; RS256 is the standard's default, here as there.
    const jwks = { keys: keys.keys.filter(({ alg }) => alg === "RS256" || alg === "ES256") };
    writeFileSync(file, JSON.stringify({ port, url: `http://localhost:${port}`, clients: [...CLIENTS, service], jwks, cookieKey: secret() }));
    return serve(["node", peer(NAME, "server.mjs"), file], { ...toolEnv(), NODE_ENV: "production" }, { port, folder, log: log ?? "ignore" });
  },
  firstRequest: "/.well-known/openid-configuration",

  async scenarios(server) {
    await ready(server);
    const proof = pkce();
    const path = (client, scope = SCOPE) => {
      const parameters = { response_type: "code", client_id: client.client_id, redirect_uri: REDIRECT_URI, scope, state: "a state", ...(scope === SCOPE && { nonce: "a nonce" }), code_challenge: proof.challenge, code_challenge_method: "S256" };
      return `/auth?${new URLSearchParams(parameters)}`;
    };
    const token = (client, fields) => request("POST", "/token", client.client_secret ? basic(client) : {}, { ...(client.client_secret ? {} : { client_id: client.client_id }), ...fields });
    const redeem = (client, code) => token(client, { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: proof.verifier });
    const refresh = (client, refresh_token) => token(client, { grant_type: "refresh_token", refresh_token });
    const codeOf = (answer) => new URL(answer.expect(303).header("location")).searchParams.get("code");

    /** Follows its development pages: sign in, allow. */
    const goThrough = async (connection, place, jar, client, scope) => {
      let next = path(client, scope);
      for (;;) {
        const cookie = { cookie: [...jar].map((pair) => pair.join("=")).join("; ") };
        let answer = await connection.send(request("GET", next, cookie));
        if (answer.status === 200) {
          const prompt = String(answer.body).match(/name="prompt" value="(\w+)"/)[1];
          answer = await connection.send(request("POST", next, cookie, { prompt, ...(prompt === "login" && { login: `u${place}`, password: "any" }) }));
        }
        for (const set of answer.expect(303).cookies()) jar.set(set.slice(0, set.indexOf("=")), set.slice(set.indexOf("=") + 1));
        const location = new URL(answer.header("location"), server.url);
        if (location.origin !== server.url) return (await connection.send(redeem(client, location.searchParams.get("code")))).expect(200).json();
        next = location.pathname + location.search;
      }
    };
    const people = await together(server.port, 8, forEachPerson((place) => async (connection) => {
      const jar = new Map();
      const tokens = [];
      for (const client of CLIENTS) tokens.push(await goThrough(connection, place, jar, client));
      await goThrough(connection, place, jar, app, WITHOUT_OPENID);
      const withoutIdToken = await goThrough(connection, place, jar, single, WITHOUT_OPENID);
      return { tokens, withoutIdToken, cookie: [...jar].filter(([name]) => name.startsWith("_session")).map((pair) => pair.join("=")).join("; ") };
    }));

    const authorizing = (client, scope) => {
      const asks = people.map(({ cookie }) => request("GET", path(client, scope), { cookie }));
      return async (connection, place) => codeOf(await connection.send(asks[place]));
    };
    const introspect = people.map(({ tokens: [{ access_token }] }) => request("POST", "/token/introspection", basic(app), { token: access_token }));
    const bearer = people.map(({ tokens: [{ access_token }] }) => request("GET", "/me", { authorization: `Bearer ${access_token}` }));
    return {
      ...withIdTokens({ port: server.port, people, authorizing, redeem, refresh }, CLIENTS, WITHOUT_OPENID),
      "refresh, not rotating": each(people.map(({ tokens: [{ refresh_token }] }) => refresh(app, refresh_token))),
      "client credentials": always(token(service, { grant_type: "client_credentials" })),
      introspection: each(introspect),
      userinfo: each(bearer),
      "authorize, remembered": asking(authorizing(app)),
      health: always(request("GET", "/health")),
      jwks: always(request("GET", "/jwks")),
      metadata: always(request("GET", "/.well-known/openid-configuration")),
    };
  },
};
