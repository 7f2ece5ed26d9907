// @cloudflare/workers-oauth-provider in the same workerd, with KV on the same disk. It rotates every refresh token, has no
// client credentials and no introspection; /userinfo is an API behind it that answers who asks.
import { randomBytes } from "node:crypto";
import { basic, pkce } from "../../tests/support/connection.mjs";
import { request } from "../lib/http.mjs";
import { together } from "../lib/measure.mjs";
import { bundle, versionOf } from "../lib/peers.mjs";
import { always, asking, each, forEachPerson, issuing, redeeming, rotating } from "../lib/scenarios.mjs";
import { ready, startWorkerd } from "../lib/workerd.mjs";

const NAME = "workers-oauth-provider";
const REDIRECT_URI = "https://reports.example.com/callback";
const SCOPE = "read offline_access";
const scopes = SCOPE.split(" ").map((scope) => ["scope", scope]);

let module;

export const workersOauthProvider = {
  name: NAME,
  version: () => versionOf(NAME, "@cloudflare/workers-oauth-provider"),
  durable: true,
  prepare: async () => void (module = await bundle(NAME)),
  start: (options) =>
    startWorkerd(
      { name: NAME, modules: [{ name: "worker.mjs", file: module }], flags: ["global_fetch_strictly_public"], namespaces: ["OAUTH_KV"] },
      (url) => ({ ISSUER: url, CONSENT_SECRET: randomBytes(32).toString("hex") }),
      options,
    ),
  firstRequest: "/.well-known/oauth-authorization-server",

  async scenarios(server) {
    await ready(server);
    const client = async (more) => {
      const metadata = { clientName: "Web app", redirectUris: [REDIRECT_URI], grantTypes: ["authorization_code", "refresh_token"], responseTypes: ["code"], ...more };
      const { clientId, clientSecret } = await (await fetch(`${server.url}/clients`, { method: "POST", body: JSON.stringify(metadata) })).json();
      return { client_id: clientId, client_secret: clientSecret };
    };
    const app = await client({ tokenEndpointAuthMethod: "client_secret_basic" });
    const single = await client({ tokenEndpointAuthMethod: "none" });
    const proof = pkce();
    const path = (client) => {
      const parameters = { response_type: "code", client_id: client.client_id, redirect_uri: REDIRECT_URI, scope: SCOPE, state: "a state", code_challenge: proof.challenge, code_challenge_method: "S256" };
      return `/authorize?${new URLSearchParams(parameters)}`;
    };
    const token = (client, fields) => request("POST", "/token", client.client_secret ? basic(client) : {}, { ...(client.client_secret ? {} : { client_id: client.client_id }), ...fields });
    const redeem = (client, code) => token(client, { grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: proof.verifier });
    const refresh = (client, refresh_token) => token(client, { grant_type: "refresh_token", refresh_token });
    const codeOf = (answer) => new URL(answer.expect(302).header("location")).searchParams.get("code");

    /** Asks, allows, and has the consent remembered. */
    const allow = async (connection, place, client) => {
      const user = `user=u${place}`;
      const page = (await connection.send(request("GET", path(client), { cookie: user }))).expect(200);
      const cookies = [user, ...page.cookies()].join("; ");
      const allowed = await connection.send(request("POST", path(client), { cookie: cookies, origin: server.url }, [["handle", String(page.body)], ...scopes]));
      const tokens = (await connection.send(redeem(client, codeOf(allowed)))).expect(200).json();
      return { tokens, cookies: [user, ...allowed.cookies().filter((cookie) => !cookie.endsWith("="))].join("; ") };
    };
    const people = await together(server.port, 8, forEachPerson((place) => async (connection) => ({
      web: await allow(connection, place, app),
      single: await allow(connection, place, single),
    })));

    const asks = people.map(({ web }) => request("GET", path(app), { cookie: web.cookies }));
    const authorize = async (connection, place) => codeOf(await connection.send(asks[place]));
    const bearer = people.map(({ web }) => request("GET", "/userinfo", { authorization: `Bearer ${web.tokens.access_token}` }));
    return {
      "code exchange, no ID token": issuing(undefined, redeeming(server.port, authorize, (code) => redeem(app, code))),
      "refresh, rotating, no ID token": issuing(undefined, rotating(people.map(({ single }) => single.tokens.refresh_token), (token) => refresh(single, token))),
      userinfo: each(bearer),
      "authorize, remembered": asking(authorize),
      health: always(request("GET", "/health")),
      metadata: always(request("GET", "/.well-known/oauth-authorization-server")),
    };
  },
};
