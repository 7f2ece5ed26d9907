// Which requests this server accepts: those with a token from the issuer that is for this server and for no other, and has a scope
// of this server.
import { getOAuthProtectedResourceMetadataUrl } from "@modelcontextprotocol/server";
import { createRemoteJWKSet, errors, jwtVerify } from "jose";

/** How far the clocks of issuer and server may be apart, in seconds. */
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

/** Where hosts learn who issues the tokens: the well-known place for a server that has a path (RFC 9728 section 3.1). */
export const metadataUrl = ({ RESOURCE }) => new URL(getOAuthProtectedResourceMetadataUrl(new URL(RESOURCE)));

/** What they learn there (RFC 9728 section 2). */
export const metadata = ({ ISSUER, RESOURCE }, scopes) => ({
  resource: RESOURCE,
  authorization_servers: [ISSUER],
  scopes_supported: scopes,
  bearer_methods_supported: ["header"],
  resource_name: "Notes",
});

/**
 * Who calls, in the form that the tools receive.
 * @param {Request} request
 * @param {{ISSUER: string, RESOURCE: string}} env
 * @param {string} scope what a host without a token should ask for
 * @param {string[]} all the scopes of this server
 * @returns {Promise<import("@modelcontextprotocol/server").AuthInfo>}
 * @throws {Refusal}
 */
export async function caller(request, env, scope, all) {
  const challenge = { resource_metadata: metadataUrl(env).href, scope };
  const header = request.headers.get("authorization");
  // A request without a token learns how to begin, not what went wrong (RFC 6750 section 3.1).
  if (header === null) throw new Refusal(401, challenge);
  const token = header.match(/^Bearer ([\w~+/.-]+=*)$/i)?.[1];
  const claims = token && (await verified(token, env));
  if (!claims) throw new Refusal(401, { error: "invalid_token", error_description: "The token is not valid here, or not any more", ...challenge });
  const scopes = (claims.scope ?? "").split(" ");
  // A token without a scope of this server allows nothing here, not even to see which tools there are.
  if (!all.some((scope) => scopes.includes(scope))) {
    throw new Refusal(403, { error: "insufficient_scope", error_description: "The token has no scope of this server", ...challenge });
  }
  return {
    token,
    clientId: claims.client_id,
    scopes,
    expiresAt: claims.exp,
    resource: new URL(env.RESOURCE),
    resourceMetadataUrl: challenge.resource_metadata,
    extra: { person: claims.sub },
  };
}

/** The claims of a valid token, or nothing. */
async function verified(token, { ISSUER, RESOURCE }) {
  try {
    const { payload } = await jwtVerify(token, keysOf(ISSUER), {
      issuer: ISSUER,
      audience: RESOURCE,
      // An ID token is a JWT of the same issuer; its type tells them apart (RFC 9068 section 4).
      typ: "at+jwt",
      algorithms: ["ES256"],
      requiredClaims: ["exp", "iat", "sub", "client_id", "jti"],
      clockTolerance: CLOCKS,
    });
    // A token that is also valid elsewhere may have been stolen there. The issuer is an audience if the host reads the user's profile.
    const elsewhere = [payload.aud].flat().filter((audience) => audience !== RESOURCE && audience !== ISSUER);
    return elsewhere.length === 0 ? payload : undefined;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    return undefined;
  }
}

/** A refusal with a challenge (RFC 6750 section 3) that says where the metadata is (RFC 9728 section 5.1) and what to ask for. */
export class Refusal extends Error {
  constructor(status, parameters) {
    super(parameters.error ?? "no token");
    Object.assign(this, { status, parameters });
  }

  response() {
    const challenge = `Bearer ${Object.entries(this.parameters).map(([name, value]) => `${name}="${value}"`).join(", ")}`;
    const { error, error_description } = this.parameters;
    return Response.json({ error: error ?? "no_token", error_description }, { status: this.status, headers: { "www-authenticate": challenge } });
  }
}
