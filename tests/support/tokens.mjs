// Tokens for tests that are about something else.
import assert from "node:assert/strict";
import { connection, pkce } from "./connection.mjs";
import { Visitor } from "./visitor.mjs";

/**
 * Signs a user in, allows what the app asks for, and redeems the code.
 * @param {string} url the server's
 * @param {{client_id: string, client_secret: string, redirect_uris: string[]}} app confidential, with client_secret_basic
 * @param {{userName: string, password: string}} person
 * @param {string} scope
 * @returns {Promise<Record<string, any>>} the token response
 */
export async function newTokens(url, app, person, scope) {
  const { authorizeUrl, redeem } = connection(url);
  const proof = pkce();
  const answer = await new Visitor(url).allow(authorizeUrl(app, proof, { scope }), person);
  const { status, body } = await redeem(app, answer, proof.verifier);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}
