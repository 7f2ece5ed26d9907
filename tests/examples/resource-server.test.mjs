// examples/resource-server: which tokens it accepts, and the answer of each refusal.
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { accessToken } from "../support/access-tokens.mjs";
import { startExample } from "../support/example.mjs";
import { startServer } from "../support/server.mjs";
import { newTokens } from "../support/tokens.mjs";

const ACR = "urn:example:acr:two-factors";
const server = await startServer();
const port = await freePort();
const api = await startExample("resource-server", `http://localhost:${port}`, { args: ["--port", String(port), "--var", `ISSUER:${server.url}`, `CANCEL_ACR:${ACR}`] });

const METADATA = `${api.url}/.well-known/oauth-protected-resource`;
const token = (claims, header) => accessToken(server.url, claims, header);
const now = () => Math.floor(Date.now() / 1000);

/** A call, and its challenge as scheme and parameters. */
async function call(authorization, method = "GET", path = "/reservations") {
  const response = await fetch(api.url + path, { method, headers: authorization === undefined ? {} : { authorization } });
  const [, scheme, list = ""] = response.headers.get("www-authenticate")?.match(/^(\w+) ?(.*)$/) ?? [];
  const challenge = Object.fromEntries([...list.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  return { status: response.status, scheme, challenge };
}

async function refused(authorization, what, method) {
  const { status, scheme, challenge } = await call(authorization, method);
  assert.deepEqual([status, scheme, challenge.error], [401, "Bearer", "invalid_token"], what);
  assert.equal(challenge.resource_metadata, METADATA, what);
}

// spec: RFC 9068 section 4 - an access token of the issuer for this API is good
test("a good token is accepted, and the keys are fetched once", async () => {
  for (let calls = 0; calls < 5; calls++) assert.equal((await call(`Bearer ${await token()}`)).status, 200);
  assert.equal((await call(`bearer ${await token({ aud: "https://api.example.com" })}`)).status, 200, "one audience as a string");
  const asked = server.logs().split("\n").filter((line) => line.startsWith("{") && JSON.parse(line).endpoint === "jwks");
  assert.equal(asked.length, 1);
});

// spec: RFC 9068 section 4 - an ID token is no access token
test("of the tokens that the server issues, the access token is accepted and the ID token is refused", async () => {
  const [app, ada] = [await newClient(server.url), await newPerson(server.url)];
  const { access_token, id_token } = await newTokens(server.url, app, ada, "openid reservations.read");
  assert.equal((await call(`Bearer ${access_token}`)).status, 200);
  await refused(`Bearer ${id_token}`, "the ID token");
});

// spec: RFC 6750 section 3.1 - a request without a token gets a challenge without an error code
// spec: RFC 9728 section 5.1 - the challenge says where the metadata is
test("a request without a token is told where tokens come from", async () => {
  assert.deepEqual(await call(), { status: 401, scheme: "Bearer", challenge: { resource_metadata: METADATA } });
});

// spec: RFC 9728 section 2 - the metadata of the API: its identifier, its issuer, its scopes
test("the metadata names the issuer, which a client can ask next", async () => {
  const metadata = await (await fetch(METADATA)).json();
  assert.equal(metadata.resource, "https://api.example.com");
  assert.deepEqual(metadata.bearer_methods_supported, ["header"]);
  const [issuer] = metadata.authorization_servers;
  const discovery = await (await fetch(`${issuer}/.well-known/oauth-authorization-server`)).json();
  assert.equal(discovery.issuer, issuer);
  for (const scope of metadata.scopes_supported) assert.ok(discovery.scopes_supported.includes(scope), scope);
});

// spec: RFC 9068 section 4 - iss, aud, exp, typ and the algorithm are checked, not the signature alone
test("a token that the server signed is refused for what it says", async () => {
  for (const [what, claims, header] of [
    ["another API", { aud: ["https://other.example.com"] }],
    ["an API whose name begins alike", { aud: ["https://api.example.com.evil.example"] }],
    ["no audience", { aud: undefined }],
    ["the issuer itself as audience", { aud: server.url }],
    ["expired", { exp: now() - 60 }],
    ["without an end", { exp: undefined }],
    ["not yet good", { nbf: now() + 600 }],
    ["another issuer", { iss: "https://elsewhere.example.com" }],
    ["an issuer with a slash too many", { iss: `${server.url}/` }],
    ["no subject", { sub: undefined }],
    ["no client", { client_id: undefined }],
    ["a type of ID tokens", {}, { typ: "JWT" }],
    ["no type", {}, { typ: undefined }],
    ["another algorithm of ours", {}, { alg: "RS256" }],
    ["an unknown kid", {}, { kid: "unknown" }],
  ]) {
    await refused(`Bearer ${await token(claims, header)}`, what);
  }
});

// spec: RFC 8725 section 3.1 - alg none, and a public key taken for a secret, are refused
// spec: RFC 8725 section 3.3 - a signature that does not verify is refused
test("a token that the server did not sign is refused", async () => {
  const [header, payload, signature] = (await token()).split(".");
  const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = JSON.parse(Buffer.from(payload, "base64url"));
  const head = JSON.parse(Buffer.from(header, "base64url"));
  const none = encoded({ ...head, alg: "none" });
  const hs256 = encoded({ ...head, alg: "HS256" });
  const { keys } = await (await fetch(`${server.url}/jwks`)).json();
  const secret = JSON.stringify(keys.find(({ kid }) => kid === head.kid));
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const own = sign("sha256", Buffer.from(`${header}.${payload}`), { key: privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url");
  for (const [what, forged] of [
    ["another scope", `${header}.${encoded({ ...claims, scope: "reservations.read reservations.create" })}.${signature}`],
    ["a cut signature", `${header}.${payload}.${signature.slice(0, -4)}`],
    ["no signature", `${header}.${payload}.`],
    ["alg none", `${none}.${payload}.`],
    ["alg none with a signature", `${none}.${payload}.${signature}`],
    ["HS256 with the public key", `${hs256}.${payload}.${createHmac("sha256", secret).update(`${hs256}.${payload}`).digest("base64url")}`],
    ["another's key under our kid", `${header}.${payload}.${own}`],
    ["no token at all", "x"],
    ["two tokens", `${header}.${payload}.${signature}, x`],
  ]) {
    await refused(`Bearer ${forged}`, what);
  }
  await refused(`Basic ${btoa("demo:demo")}`, "another scheme");
});

// spec: RFC 6750 section 2.3 - a token in the address counts as none
test("a token in the address is not accepted", async () => {
  const { status, challenge } = await call(undefined, "GET", `/reservations?access_token=${await token()}`);
  assert.deepEqual([status, challenge.error], [401, undefined]);
});

// spec: RFC 6750 section 3.1 - a missing scope is 403 insufficient_scope, and the challenge names the scope
test("a token without the scope of a route is refused, and the answer names the scope", async () => {
  for (const [scope, method, missing] of [
    ["openid", "GET", "reservations.read"],
    ["reservations.read", "POST", "reservations.create"],
    ["reservations.readers", "GET", "reservations.read"],
    [undefined, "GET", "reservations.read"],
  ]) {
    const { status, scheme, challenge } = await call(`Bearer ${await token({ scope })}`, method);
    assert.deepEqual([status, scheme, challenge.error, challenge.scope], [403, "Bearer", "insufficient_scope", missing]);
    assert.equal(challenge.resource_metadata, METADATA);
  }
});

// spec: RFC 9470 section 3 - insufficient_user_authentication with max_age, when the user signed in too long ago
test("a user who signed in too long ago has to sign in again", async () => {
  const scope = "reservations.create";
  assert.equal((await call(`Bearer ${await token({ scope, auth_time: now() - 290 })}`, "POST")).status, 201);
  for (const auth_time of [now() - 320, 0, undefined, "now"]) {
    const { status, scheme, challenge } = await call(`Bearer ${await token({ scope, auth_time })}`, "POST");
    assert.deepEqual([status, scheme, challenge.error, challenge.max_age, challenge.acr_values], [401, "Bearer", "insufficient_user_authentication", "300", undefined]);
  }
  const { challenge } = await call(`Bearer ${await token({ auth_time: 0 })}`, "POST");
  assert.equal(challenge.error, "insufficient_scope", "signing in again would not help");
});

// spec: RFC 9470 section 3 - insufficient_user_authentication with acr_values, when the user signed in with another method
test("a user who signed in with another method is told the required one", async () => {
  const scope = "reservations.create";
  assert.equal((await call(`Bearer ${await token({ scope, acr: ACR })}`, "DELETE")).status, 204);
  for (const acr of [undefined, "urn:example:acr:password", `${ACR}x`]) {
    const { status, challenge } = await call(`Bearer ${await token({ scope, acr })}`, "DELETE");
    assert.deepEqual([status, challenge.error, challenge.acr_values, challenge.max_age], [401, "insufficient_user_authentication", ACR, undefined]);
  }
});

test("while the keys cannot be fetched, a good token is not reported as invalid", async () => {
  const [port, nobody] = [await freePort(), await freePort()];
  const url = `http://localhost:${port}`;
  await startExample("resource-server", url, { args: ["--port", String(port), "--var", `ISSUER:http://localhost:${nobody}`] });
  const authorization = `Bearer ${await accessToken(`http://localhost:${nobody}`)}`;
  const response = await fetch(`${url}/reservations`, { headers: { authorization } });
  assert.deepEqual([response.status, response.headers.get("www-authenticate")], [503, null]);
});
