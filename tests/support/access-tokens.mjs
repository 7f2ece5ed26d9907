// Access tokens with the server's own signature and any claims: what a resource server must judge by more than the signature.
import { randomUUID } from "node:crypto";
import { importJWK, SignJWT } from "jose";
import { secrets } from "./secrets.mjs";

const keys = JSON.parse(secrets.SIGNING_KEYS).keys;

/**
 * Signs an access token like those of the server at `issuer`.
 * @param {string} issuer
 * @param {Record<string, unknown>} [claims] in place of the usual ones or besides; undefined leaves one out
 * @param {{alg?: string, typ?: string, kid?: string}} [header]
 */
export async function accessToken(issuer, claims = {}, { alg = "ES256", ...header } = {}) {
  const key = keys.find((key) => key.alg === alg);
  const now = Math.floor(Date.now() / 1000);
  const all = { iss: issuer, aud: ["https://api.example.com"], sub: "u-somebody", client_id: "c-some-app", scope: "reservations.read", iat: now, exp: now + 600, auth_time: now, jti: randomUUID(), ...claims };
  return new SignJWT(JSON.parse(JSON.stringify(all))).setProtectedHeader({ alg, typ: "at+jwt", kid: key.kid, ...header }).sign(await importJWK(key, alg));
}
