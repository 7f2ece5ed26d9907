// Authlib from PyPI, untouched, against the running Worker: see authlib_client.py.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { ensurePython, hasPython } from "../../scripts/lib/python.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const skip = !(await hasPython()) && "there is no Python that can make environments";
const SCOPE = "openid profile email offline_access reservations.read";
const AUDIENCE = "https://api.example.com";
/** The resource server, as a client that may ask about tokens. */
const API = { client_id: "reservations-api", client_secret: randomBytes(32).toString("base64url") };
const { server, ada, python } = skip ? {} : await arrange();

async function arrange() {
  const demo = { audience: AUDIENCE, scopes: { "reservations.read": "See your reservations" }, introspection_clients: [API.client_id] };
  const [python, server] = await Promise.all([ensurePython(), startServer({ vars: { API_DEMO: JSON.stringify(demo) } })]);
  return { python, server, ada: await newPerson(server.url) };
}

/** Runs a scenario, and is the user's browser when it asks for one. */
async function run(scenario, settings) {
  const program = spawn(python, [inRoot("tests/third-party/authlib_client.py"), scenario, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(program, "exit");
  let last;
  for await (const line of createInterface({ input: program.stdout })) {
    last = line;
    if (!line.startsWith("http")) continue;
    const answer = await new Visitor(server.url).allow(line, ada);
    assert.equal(answer.searchParams.get("iss"), server.url);
    program.stdin.write(`${answer.href}\n`);
  }
  const [status] = await ended;
  assert.equal(status, 0, `${scenario} failed`);
  return JSON.parse(last);
}

const settingsOf = ({ client_id, client_secret, redirect_uris }, method, more) => ({
  ...{ issuer: server.url, audience: AUDIENCE, scope: SCOPE, method, client_id, client_secret, redirect_uri: redirect_uris?.[0] },
  ...more,
});

/** Client authentication, the algorithm of ID tokens, and whether refresh tokens rotate: all there is of the first two. */
const CLIENTS = [
  ["client_secret_basic", "RS256", false],
  ["client_secret_post", "ES256", false],
  ["client_secret_basic", "EdDSA", false],
  ["private_key_jwt", "RS256", false],
  ["none", "PS256", true],
];

/** A key of the client's own, as it registers it and as it keeps it. */
function newKey() {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const named = (key) => ({ ...key.export({ format: "jwk" }), kid: "of-the-client", alg: "ES256", use: "sig" });
  return { jwks: { keys: [named(publicKey)] }, private_key: named(privateKey) };
}

// spec: Invariant 8 - each client authentication method and algorithm that discovery names is used by a client below
// spec: OpenID Connect Discovery section 3 - what the provider supports
test("Authlib: what discovery advertises is what is tried here", { skip }, async () => {
  const metadata = await (await fetch(`${server.url}/.well-known/openid-configuration`)).json();
  const tried = (column) => [...new Set(CLIENTS.map((client) => client[column]))].sort();
  assert.deepEqual(metadata.token_endpoint_auth_methods_supported.toSorted(), tried(0));
  assert.deepEqual(metadata.id_token_signing_alg_values_supported.toSorted(), tried(1));
});

for (const [method, alg, rotated] of CLIENTS) {
  // spec: OpenID Connect Discovery section 4.3 - Authlib finds the metadata valid
  // spec: OpenID Connect Core section 3.1.3.7 - Authlib finds the ID token valid, and so after a refresh
  // spec: OpenID Connect Core section 3.1.3.8 - at_hash is that of the access token
  // spec: RFC 9068 section 4 - Authlib finds the access token valid
  // spec: RFC 7009 section 2.1 - a revoked refresh token takes the access tokens along
  test(`Authlib: a client that uses ${method}, with ID tokens by ${alg}, from discovery to revocation`, { skip }, async () => {
    const { jwks, private_key } = method === "private_key_jwt" ? newKey() : {};
    const app = await newClient(server.url, { token_endpoint_auth_method: method, id_token_signed_response_alg: alg, jwks, scope: SCOPE });
    assert.deepEqual(await run("code", settingsOf(app, method, { private_key, alg: "ES256" })), {
      sub: ada.id,
      name: "Ada Lovelace",
      alg,
      rotated,
      error_after: "invalid_grant",
      userinfo_after: 401,
    });
  });
}

// spec: RFC 6749 section 4.4 - Authlib gets a token of the service itself
// spec: RFC 9068 section 2.2 - its sub is the client
test("Authlib: client credentials", { skip }, async () => {
  const service = await newClient(server.url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const found = await run("machine", settingsOf(service, "client_secret_basic", { scope: "reservations.read" }));
  assert.deepEqual(found, { sub: service.client_id, scope: "reservations.read" });
});

// spec: RFC 7662 section 2.2 - Authlib learns what a token is good for, and that it is not active once it was revoked
test("Authlib: introspection by the resource server", { skip }, async () => {
  const app = await newClient(server.url, { scope: SCOPE });
  const api = await newClient(server.url, { ...API, redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const settings = { app: settingsOf(app, "client_secret_basic"), api: settingsOf(api, "client_secret_basic") };
  const { before, after } = await run("introspect", settings);
  const { active, iss, sub, client_id, scope, token_type } = before;
  assert.deepEqual({ active, iss, sub, client_id, scope, token_type }, { active: true, iss: server.url, sub: ada.id, client_id: app.client_id, scope: "reservations.read", token_type: "Bearer" });
  assert.deepEqual(after, { active: false });
});
