// A relying party and its resource servers: what they send, and what a request cost the server.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Visitor } from "./visitor.mjs";

export const basic = ({ client_id, client_secret }) => ({ authorization: `Basic ${btoa(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`)}` });

/** What a signed token says. */
export const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** @param {{url: string, logs: () => string}} server */
export function relyingParty({ url, logs }) {
  async function send(path, init) {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: text && isJson ? JSON.parse(text) : text };
  }
  const post = (path, client, fields) => send(path, { method: "POST", headers: client ? basic(client) : {}, body: new URLSearchParams(fields) });

  return {
    send,
    post,
    userinfo: (token) => send("/userinfo", { headers: { authorization: `Bearer ${token}` } }),
    introspect: (caller, token) => post("/introspect", caller, { token }),
    refresh: (client, token, more) => post("/token", client, { grant_type: "refresh_token", refresh_token: token, ...more }),

    /** A new browser in which the person signed in and allowed the client `scope`, and the answer to the code. */
    async connect(client, person, scope, { request = {}, redemption = {}, visitor = new Visitor(url) } = {}) {
      const verifier = randomBytes(32).toString("base64url");
      const address = new URL(`${url}/authorize`);
      const parameters = {
        ...{ response_type: "code", client_id: client.client_id, redirect_uri: client.redirect_uris[0], scope, nonce: "a nonce" },
        ...{ code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256" },
        ...request,
      };
      for (const [name, values] of Object.entries(parameters)) for (const value of [values].flat()) address.searchParams.append(name, value);
      const answer = await visitor.allow(address.href, person);
      const code = answer.searchParams.get("code");
      assert.ok(code, answer.href);
      const form = { grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: client.redirect_uris[0], ...redemption };
      return { visitor, ...(await post("/token", client, form)) };
    },

    /** What the log says that a request cost: calls of objects, rows written. */
    async cost({ headers }) {
      const requestId = headers.get("x-request-id");
      for (let tries = 0; tries < 50; tries++) {
        const line = logs().split("\n").find((line) => line.startsWith("{") && line.includes(requestId));
        if (line) {
          const { object_calls, rows_written } = JSON.parse(line);
          return [object_calls, rows_written];
        }
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      assert.fail(`the log has no line for ${requestId}`);
    },
  };
}
