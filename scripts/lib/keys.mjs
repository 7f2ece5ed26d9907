// The secrets of one deployment: how they are created, written as dotenv, and rotated. docs/reference.md says what each is for.
import { createHash, generateKeyPair, randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { Failure } from "./failure.mjs";

/** The platform takes secrets of up to 5 KB each. */
const SECRET_LIMIT = 5000;

/** Isolates and objects get a new secret at different times: it opens values at once, and seals them only after these seconds. */
const SEALS_AFTER = 600;

/** @typedef {Record<string, string>} Secrets by name, as the Worker reads them */

/**
 * A complete set of fresh secrets.
 * @returns {Promise<Secrets>}
 */
export async function freshSecrets() {
  return checked({
    MASTER_KEYS: JSON.stringify([newMasterKey(0)]),
    SUBJECT_KEY: random(),
    SIGNING_KEYS: await newSigningKeys(),
    ADMIN_TOKEN: `gr_admin_${random()}`,
  });
}

/**
 * One step of rotation. Signing keys alternate between two steps: the next keys are published, then they sign and the
 * current ones become the previous ones, still published. Each step adds a master key.
 * @param {Secrets} secrets
 * @param {{now: number, masterKey: object, signingKeys: string}} fresh Unix seconds and the new keys, used as needed
 * @returns {Secrets} the secrets after the step; a name that was there before may be gone
 */
export function rotate(secrets, { now, masterKey, signingKeys }) {
  const { SIGNING_KEYS_NEXT: next, ...rest } = secrets;
  const signing = next ? { SIGNING_KEYS: next, SIGNING_KEYS_PREVIOUS: rest.SIGNING_KEYS } : { SIGNING_KEYS_NEXT: signingKeys };
  return checked({ ...rest, ...signing, MASTER_KEYS: rotateRing(rest.MASTER_KEYS, masterKey, now + SEALS_AFTER) });
}

function rotateRing(json, masterKey, seals_from) {
  const ring = JSON.parse(json).map((key) => ({ ...key, retired_at: key.retired_at ?? seals_from }));
  return JSON.stringify([...ring, { ...masterKey, seals_from }]);
}

/** @param {number} seals_from Unix seconds */
export function newMasterKey(seals_from) {
  return { kid: randomBytes(4).toString("hex"), key: random(), seals_from };
}

/** A private JWK Set with a key of its own for each algorithm, as JSON. */
export async function newSigningKeys() {
  const keys = await Promise.all([
    newSigningKey("ES256", "ec", { namedCurve: "P-256" }),
    newSigningKey("RS256", "rsa", { modulusLength: 2048 }),
    newSigningKey("PS256", "rsa", { modulusLength: 2048 }),
    newSigningKey("EdDSA", "ed25519", {}),
  ]);
  return JSON.stringify({ keys });
}

async function newSigningKey(alg, type, options) {
  const { privateKey } = await promisify(generateKeyPair)(type, options);
  const jwk = privateKey.export({ format: "jwk" });
  return { kid: thumbprint(jwk), use: "sig", alg, ...jwk };
}

/** RFC 7638: the hash of the required members alone, in alphabetical order. */
export function thumbprint({ kty, crv, x, y, e, n }) {
  const required = { EC: { crv, kty, x, y }, OKP: { crv, kty, x }, RSA: { e, kty, n } }[kty];
  return createHash("sha256").update(JSON.stringify(required)).digest("base64url");
}

const random = () => randomBytes(32).toString("base64url");

/** Fails for what the platform would refuse at the next deployment. */
function checked(secrets) {
  for (const [name, value] of Object.entries(secrets)) {
    if (Buffer.byteLength(value) <= SECRET_LIMIT) continue;
    const advice = name === "MASTER_KEYS" ? " Remove the entries with the oldest retired_at, if it is more than 367 days ago: of what they sealed, only registration access tokens may still be valid." : "";
    throw new Failure(`${name} would be ${Buffer.byteLength(value)} bytes long, and the platform accepts at most ${SECRET_LIMIT}.${advice}`);
  }
  return secrets;
}

/** Secrets in dotenv format. No value contains a quote or a line break, so single quotes keep every one as it is. */
export function formatDotenv(secrets) {
  return Object.entries(secrets).map(([name, value]) => `${name}='${value}'\n`).join("");
}

/**
 * Replaces the secrets in a dotenv text and keeps its other lines.
 * @param {string} text
 * @param {Secrets} before the secrets that the text holds
 * @param {Secrets} after
 */
export function updateDotenv(text, before, after) {
  const others = text.split(/(?<=\n)/).filter((line) => !Object.hasOwn(before, line.split("=")[0].trim()));
  return others.join("") + formatDotenv(after);
}
