// Keys of clients, and what they sign with them (RFC 7523).
import { randomUUID } from "node:crypto";

const ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
  Ed25519: { name: "Ed25519" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32, modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) },
};

export const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/** A key pair: `jwk` is the public key with its `kid`. */
export async function newKey(alg, kid = randomUUID()) {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ALGORITHMS[alg], true, ["sign", "verify"]);
  const { kty, crv, x, y, n, e } = await crypto.subtle.exportKey("jwk", publicKey);
  return { alg, kid, privateKey, jwk: { kty, crv, x, y, n, e, kid, alg, use: "sig" } };
}

const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** An assertion of a client for the server at `issuer`, good for a minute, with `claims` and `header` in place or besides. */
export async function assertion(issuer, clientId, key, { claims, header } = {}) {
  const now = Math.floor(Date.now() / 1000);
  const said = { iss: clientId, sub: clientId, aud: issuer, iat: now, exp: now + 60, jti: randomUUID(), ...claims };
  const input = `${part({ alg: key.alg, kid: key.kid, typ: "JWT", ...header })}.${part(said)}`;
  const signature = await crypto.subtle.sign(ALGORITHMS[key.alg], key.privateKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString("base64url")}`;
}
