// OpenAuth in the same workerd, with KV on the same disk. Its clients have no secrets, consent and introspection do not exist
// there, and to authorize takes two requests; its access tokens are verified by the APIs that receive them.
import { pkce } from "../../tests/support/connection.mjs";
import { request } from "../lib/http.mjs";
import { together } from "../lib/measure.mjs";
import { bundle, versionOf } from "../lib/peers.mjs";
import { always, asking, forEachPerson, issuing, redeeming, rotating } from "../lib/scenarios.mjs";
import { ready, startWorkerd } from "../lib/workerd.mjs";

const NAME = "openauth";
const REDIRECT_URI = "https://reports.example.com/callback";
const CLIENT = "web-app";
const SECRET = "a secret of the measurement";

let module;

export const openauth = {
  name: NAME,
  version: () => versionOf(NAME, "@openauthjs/openauth"),
  durable: true,
  prepare: async () => void (module = await bundle(NAME)),
  start: (options) =>
    startWorkerd({ name: NAME, modules: [{ name: "worker.mjs", file: module }], namespaces: ["STORAGE"] }, () => ({ CLIENT_SECRET: SECRET }), options),
  firstRequest: "/.well-known/oauth-authorization-server",

  async scenarios(server) {
    await ready(server);
    // Makes its keys; what two isolates or requests make at the same time would be two pairs.
    await fetch(`${server.url}/.well-known/jwks.json`).then((response) => response.text());
    const proof = pkce();
    const parameters = { provider: "session", response_type: "code", client_id: CLIENT, redirect_uri: REDIRECT_URI, state: "a state", code_challenge: proof.challenge, code_challenge_method: "S256" };
    const path = `/authorize?${new URLSearchParams(parameters)}`;
    const token = (fields) => request("POST", "/token", {}, { client_id: CLIENT, ...fields });
    const redeem = (code) => token({ grant_type: "authorization_code", code, redirect_uri: REDIRECT_URI, code_verifier: proof.verifier });

    const asks = forEachPerson((place) => request("GET", path, { cookie: `user=u${place}` }));
    const authorize = async (connection, place) => {
      const first = (await connection.send(asks[place])).expect(302);
      const answer = await connection.send(request("GET", first.header("location"), { cookie: `user=u${place}; ${first.cookies().join("; ")}` }));
      return new URL(answer.expect(302).header("location")).searchParams.get("code");
    };
    const last = await together(server.port, 8, forEachPerson((place) => async (connection) => {
      return (await connection.send(redeem(await authorize(connection, place)))).expect(200).json().refresh_token;
    }));
    return {
      "code exchange, no ID token": issuing(undefined, redeeming(server.port, authorize, redeem)),
      "refresh, rotating, no ID token": issuing(undefined, rotating(last, (refresh_token) => token({ grant_type: "refresh_token", refresh_token }))),
      "client credentials": always(token({ grant_type: "client_credentials", provider: "session", client_secret: SECRET })),
      "authorize, remembered": asking(authorize),
      health: always(request("GET", "/health")),
      jwks: always(request("GET", "/.well-known/jwks.json")),
      metadata: always(request("GET", "/.well-known/oauth-authorization-server")),
    };
  },
};
