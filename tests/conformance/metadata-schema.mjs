// The registered members of authorization server metadata and what each has to be: RFC 8414 section 2, OpenID Connect Discovery
// section 3, and the extensions that are registered besides.
import assert from "node:assert/strict";

const isText = (value) => typeof value === "string" && value.length > 0;
const isUrl = (value) => isText(value) && URL.canParse(value);
const isFlag = (value) => typeof value === "boolean";
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
/** A member without values is left out (RFC 8414 section 3.2). */
const listOf = (isOne) => (value) => Array.isArray(value) && value.length > 0 && value.every(isOne) && new Set(value).size === value.length;
const isList = listOf(isText);
const isUrls = listOf(isUrl);
/** RFC 5646 section 2.1.1: language small, script with a capital, region in capitals. */
const isLanguage = (value) => isText(value) && /^[A-Za-z0-9-]+$/.test(value) && Intl.getCanonicalLocales(value)[0] === value;
const isAuthority = (value) => isUrl(value) && value.startsWith("https://") && !/[?#]/.test(value) && !new URL(value).username && !new URL(value).password;

const KINDS = [
  [isAuthority, ["issuer"]],
  [isUrl, ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri", "registration_endpoint", "revocation_endpoint"]],
  [isUrl, ["introspection_endpoint", "end_session_endpoint", "check_session_iframe", "device_authorization_endpoint"]],
  [isUrl, ["pushed_authorization_request_endpoint", "backchannel_authentication_endpoint", "op_policy_uri", "op_tos_uri", "service_documentation"]],
  [isList, ["scopes_supported", "response_types_supported", "response_modes_supported", "grant_types_supported", "acr_values_supported"]],
  [isList, ["subject_types_supported", "display_values_supported", "claim_types_supported", "claims_supported", "prompt_values_supported"]],
  [isList, ["code_challenge_methods_supported", "authorization_details_types_supported", "dpop_signing_alg_values_supported"]],
  [isList, ["token_endpoint_auth_methods_supported", "token_endpoint_auth_signing_alg_values_supported"]],
  [isList, ["revocation_endpoint_auth_methods_supported", "revocation_endpoint_auth_signing_alg_values_supported"]],
  [isList, ["introspection_endpoint_auth_methods_supported", "introspection_endpoint_auth_signing_alg_values_supported"]],
  [isList, ["introspection_signing_alg_values_supported", "backchannel_token_delivery_modes_supported"]],
  [isList, ["backchannel_authentication_request_signing_alg_values_supported"]],
  ...["id_token", "userinfo", "request_object", "authorization", "introspection"].map((what) => [
    isList,
    ["signing_alg", "encryption_alg", "encryption_enc"].map((kind) => `${what}_${kind}_values_supported`),
  ]),
  [listOf(isLanguage), ["ui_locales_supported", "claims_locales_supported"]],
  [isUrls, ["protected_resources"]],
  [isObject, ["mtls_endpoint_aliases"]],
  [isText, ["signed_metadata"]],
  [isFlag, ["claims_parameter_supported", "request_parameter_supported", "request_uri_parameter_supported", "require_request_uri_registration"]],
  [isFlag, ["authorization_response_iss_parameter_supported", "require_pushed_authorization_requests", "require_signed_request_object"]],
  [isFlag, ["backchannel_logout_supported", "backchannel_logout_session_supported", "frontchannel_logout_supported"]],
  [isFlag, ["frontchannel_logout_session_supported", "tls_client_certificate_bound_access_tokens", "backchannel_user_code_parameter_supported"]],
  [isFlag, ["client_id_metadata_document_supported"]],
];
const SCHEMA = new Map(KINDS.flatMap(([kind, names]) => names.map((name) => [name, kind])));

const REQUIRED = ["issuer", "authorization_endpoint", "token_endpoint", "jwks_uri", "response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"];

/** RFC 6749 section 3.3. */
const SCOPE_TOKEN = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** What a member that is absent means (RFC 8414 section 2). */
const withDefaults = (metadata) => ({ grant_types_supported: ["authorization_code", "implicit"], ...metadata });

/** Judges a discovery document strictly. */
export function assertMetadata(document) {
  for (const name of REQUIRED) assert.ok(name in document, `${name} is missing`);
  for (const [name, value] of Object.entries(document)) {
    const isRight = SCHEMA.get(name);
    assert.ok(isRight, `${name} is not a registered member`);
    assert.ok(isRight(value), `${name} is ${JSON.stringify(value)}`);
  }
  const metadata = withDefaults(document);
  const addresses = Object.entries(metadata).filter(([name]) => name.endsWith("_endpoint") || name === "jwks_uri");
  for (const [name, value] of addresses) assert.equal(new URL(value).protocol, "https:", name);
  assert.ok(metadata.response_types_supported.some((type) => ["code", "id_token", "id_token token", "code id_token", "code token", "code id_token token"].includes(type)));
  assert.deepEqual(metadata.subject_types_supported.filter((type) => !["public", "pairwise"].includes(type)), []);
  assert.ok(metadata.id_token_signing_alg_values_supported.includes("RS256"), "OpenID Connect Discovery section 3: RS256 must be there");
  assert.ok(metadata.grant_types_supported.length > 0);
  assert.ok(metadata.scopes_supported?.includes("openid"), "scopes_supported has openid");
  for (const scope of metadata.scopes_supported) assert.match(scope, SCOPE_TOKEN);
  assert.ok(metadata.claims_supported, "claims_supported is there");
  const forRequests = metadata.request_object_signing_alg_values_supported;
  if (forRequests) assert.ok(forRequests.includes("RS256"), "request objects, where they are taken, may be signed with RS256");
}
