// How a client authenticates, by the name under which it registered that (RFC 6749 section 2.3, RFC 7523 section 2.2).
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { nowInSeconds } from "./rules.mjs";

const WAYS = {
  none: ({ client_id }) => ({ fields: { client_id } }),
  client_secret_post: ({ client_id, client_secret }) => ({ fields: { client_id, client_secret } }),
  client_secret_basic: ({ client_id, client_secret }) => {
    const pair = [client_id, client_secret].map(encodeURIComponent).join(":");
    return { headers: { authorization: `Basic ${Buffer.from(pair).toString("base64")}` } };
  },
  private_key_jwt: async ({ client_id, keys }, issuer) => {
    const now = nowInSeconds();
    const claims = { iss: client_id, sub: client_id, aud: issuer, iat: now, exp: now + 60, jti: randomBytes(16).toString("hex") };
    const client_assertion = await new SignJWT(claims).setProtectedHeader({ alg: keys.alg, kid: keys.kid }).sign(keys.privateKey);
    return { fields: { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", client_assertion } };
  },
};

/** What a client adds to a request: headers and fields of the body. @param {object} client as registered, with its `keys` if it has some */
export async function credentials(client, issuer) {
  const { token_endpoint_auth_method: method = "client_secret_basic" } = client;
  assert.ok(Object.hasOwn(WAYS, method), `nobody knows the authentication method ${method}`);
  return { headers: {}, fields: {}, ...(await WAYS[method](client, issuer)) };
}

/** Keys of a client for an algorithm, and the members that register them. */
export async function newKeys(alg) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const kid = randomBytes(8).toString("hex");
  const jwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  return { alg, kid, privateKey, registration: { token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: alg, jwks: { keys: [jwk] } } };
}
