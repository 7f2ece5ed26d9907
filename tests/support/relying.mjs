// A relying party and its resource servers: what they send, and what a request cost the server.
import assert from "node:assert/strict";
import { connection, pkce } from "./connection.mjs";
import { requestLine } from "./server.mjs";
import { Visitor } from "./visitor.mjs";

/** What a signed token says. */
export const claims = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

/** @param {{url: string, logs: () => string}} server */
export function relyingParty({ url, logs }) {
  const { authorizeUrl, post, redeem, refresh } = connection(url);
  async function send(path, init) {
    const response = await fetch(url + path, init);
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json");
    return { status: response.status, headers: response.headers, body: text && isJson ? JSON.parse(text) : text };
  }

  return {
    send,
    post,
    refresh,
    userinfo: (token) => send("/userinfo", { headers: { authorization: `Bearer ${token}` } }),
    introspect: (caller, token) => post("/introspect", caller, { token }),

    /** A new browser in which the person signed in and allowed the client `scope`, and the answer to the code. */
    async connect(client, person, scope, { request = {}, resources = [], redemption = {} } = {}) {
      const proof = pkce();
      const address = new URL(authorizeUrl(client, proof, { scope, ...request }));
      for (const resource of resources) address.searchParams.append("resource", resource);
      const visitor = new Visitor(url);
      const answer = await visitor.allow(address.href, person);
      assert.ok(answer.searchParams.has("code"), answer.href);
      return { visitor, ...(await redeem(client, answer, proof.verifier, redemption)) };
    },

    /** What the log says that a request cost: calls of objects, rows written. */
    async cost({ headers }) {
      const { object_calls, rows_written } = await requestLine(logs, headers.get("x-request-id"));
      return [object_calls, rows_written];
    },
  };
}
