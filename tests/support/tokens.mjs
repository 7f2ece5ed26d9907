// Tokens for tests that are about something else: the code flow with PKCE, as short as it gets.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { Visitor } from "./visitor.mjs";

/**
 * Signs a person in, lets her allow, and redeems the code.
 * @param {string} url the server's
 * @param {{client_id: string, client_secret: string, redirect_uris: string[]}} app confidential, with client_secret_basic
 * @param {{userName: string, password: string}} person
 * @param {string} scope
 * @returns {Promise<Record<string, any>>} the token response
 */
export async function newTokens(url, app, person, scope) {
  const verifier = randomBytes(32).toString("base64url");
  const code_challenge = createHash("sha256").update(verifier).digest("base64url");
  const [redirect_uri] = app.redirect_uris;
  const parameters = { response_type: "code", client_id: app.client_id, redirect_uri, scope, code_challenge, code_challenge_method: "S256" };
  const answer = await new Visitor(url).allow(`${url}/authorize?${new URLSearchParams(parameters)}`, person);
  const body = new URLSearchParams({ grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri, code_verifier: verifier });
  const authorization = `Basic ${btoa(`${app.client_id}:${app.client_secret}`)}`;
  const response = await fetch(`${url}/token`, { method: "POST", headers: { authorization }, body });
  assert.equal(response.status, 200);
  return response.json();
}
