// Access tokens: verified, and refused with the challenges that clients understand.
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

export const METADATA_PATH = "/.well-known/oauth-protected-resource";
/** How far the clocks of issuer and API may be apart, in seconds. */
const CLOCKS = 5;

/** The keys of each issuer, kept by this isolate; jose fetches them again for an unknown key, at most every 30 seconds. */
const keySets = new Map();

function keysOf(issuer) {
  if (!keySets.has(issuer)) keySets.set(issuer, createRemoteJWKSet(new URL("/jwks", issuer), { cooldownDuration: 30_000, cacheMaxAge: 600_000 }));
  const keys = keySets.get(issuer);
  return async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      // The token may be valid, so this must not look like its fault.
      throw error instanceof errors.JWKSNoMatchingKey ? error : new Error("the keys of the issuer cannot be had", { cause: error });
    }
  };
}

/** Where a client learns who issues the tokens (RFC 9728). */
export function metadata({ ISSUER, AUDIENCE }, scopes) {
  return {
    resource: AUDIENCE,
    authorization_servers: [ISSUER],
    scopes_supported: scopes,
    bearer_methods_supported: ["header"],
    resource_name: "Reservations",
  };
}

/**
 * The claims of the request's access token, if it is valid and meets what the route demands.
 * @param {Request} request
 * @param {{ISSUER: string, AUDIENCE: string}} env
 * @param {{scope: string, maxAge?: number, acr?: string}} demand maxAge in seconds since the user signed in
 * @throws {Refusal}
 */
export async function access(request, env, { scope, maxAge, acr }) {
  const claims = await verified(bearer(request), env);
  if (!(claims.scope ?? "").split(" ").includes(scope)) {
    throw new Refusal(403, { error: "insufficient_scope", error_description: "The token lacks a scope", scope });
  }
  const age = Date.now() / 1000 - claims.auth_time;
  // A token without auth_time belongs to no user who could have signed in.
  const tooOld = maxAge !== undefined && !(age <= maxAge + CLOCKS);
  if (tooOld || (acr && claims.acr !== acr)) {
    throw new Refusal(401, {
      error: "insufficient_user_authentication",
      error_description: tooOld ? "The person signed in too long ago" : "The person has to sign in in another way",
      ...(acr && { acr_values: acr }),
      ...(maxAge !== undefined && { max_age: String(maxAge) }),
    });
  }
  return claims;
}

/** The token in the Authorization header; nowhere else, because addresses are logged (RFC 6750 section 2.3). */
function bearer(request) {
  const header = request.headers.get("authorization");
  // A request without a token learns how to begin, not what went wrong (RFC 6750 section 3.1).
  if (header === null) throw new Refusal(401);
  const token = header.match(/^Bearer ([\w~+/.-]+=*)$/i)?.[1];
  if (!token) throw new Refusal(401, { error: "invalid_token", error_description: "There is no bearer token in the header" });
  return token;
}

async function verified(token, { ISSUER, AUDIENCE }) {
  try {
    const { payload } = await jwtVerify(token, keysOf(ISSUER), {
      issuer: ISSUER,
      audience: AUDIENCE,
      // An ID token is a JWT of the same issuer; its type tells them apart (RFC 9068 section 4).
      typ: "at+jwt",
      algorithms: ["ES256"],
      requiredClaims: ["exp", "iat", "sub", "client_id", "jti"],
      clockTolerance: CLOCKS,
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new Refusal(401, { error: "invalid_token", error_description: "The token is not valid here, or not any more" });
  }
}

/** An answer with a challenge (RFC 6750 section 3) that says where the metadata is (RFC 9728 section 5.1). */
export class Refusal extends Error {
  constructor(status, parameters = {}) {
    super(parameters.error ?? "no token");
    Object.assign(this, { status, parameters });
  }

  /** @param {string} origin of this API */
  response(origin) {
    const all = { ...this.parameters, resource_metadata: origin + METADATA_PATH };
    const challenge = `Bearer ${Object.entries(all).map(([name, value]) => `${name}="${value}"`).join(", ")}`;
    const { error, error_description } = this.parameters;
    return Response.json({ error: error ?? "no_token", error_description }, { status: this.status, headers: { "www-authenticate": challenge } });
  }
}
