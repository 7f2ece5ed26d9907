// What an app does to get tokens, request by request, so that tests can do each of them wrong.
import { createHash, randomBytes } from "node:crypto";

export const SCOPE = "openid email offline_access reservations.read";

export function pkce() {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
}

/** The requests of apps to the server at `origin`. */
export function connection(origin) {
  async function post(path, client, fields) {
    const response = await fetch(origin + path, { method: "POST", headers: client ? basic(client) : {}, body: new URLSearchParams(fields) });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text && response.headers.get("content-type")?.includes("json") ? JSON.parse(text) : text };
  }

  return {
    authorizeUrl(client, { challenge }, more = {}) {
      const url = new URL(`${origin}/authorize`);
      const parameters = { response_type: "code", client_id: client.client_id, redirect_uri: client.redirect_uris[0], scope: SCOPE, state: "a state", nonce: "a nonce", code_challenge: challenge, code_challenge_method: "S256", ...more };
      for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
      return url.href;
    },
    post,
    redeem: (client, answer, verifier, more) =>
      post("/token", client, { grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: client.redirect_uris[0], code_verifier: verifier, ...more }),
    refresh: (client, token, more) => post("/token", client, { grant_type: "refresh_token", refresh_token: token, ...more }),
    userinfo: (token) => fetch(`${origin}/userinfo`, { headers: { authorization: `Bearer ${token}` } }),
  };
}

export const basic = ({ client_id, client_secret }) => ({ authorization: `Basic ${btoa(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`)}` });
