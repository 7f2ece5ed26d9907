// Clients that describe themselves at the address that is their identifier, against the running Worker: over HTTP, as hosts of
// the Model Context Protocol do.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { assertion, newKey, TYPE } from "../../support/assertions.mjs";
import { newPerson } from "../../support/administration.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

/** A server elsewhere: each path has a handler, and the times that it was asked. */
const handlers = new Map();
const asked = new Map();
function serve(request, response) {
  asked.set(request.url, (asked.get(request.url) ?? 0) + 1);
  const handler = handlers.get(request.url);
  if (handler) handler(response);
  else response.writeHead(404).end();
}

/** Several origins, because what strangers may have fetched of one is soon spent. */
const origins = await Promise.all(
  Array.from({ length: 6 }, async () => {
    const elsewhere = createServer(serve);
    await new Promise((resolve) => elsewhere.listen(0, "127.0.0.1", resolve));
    after(() => {
      elsewhere.closeAllConnections();
      elsewhere.close();
    });
    return `http://127.0.0.1:${elsewhere.address().port}`;
  }),
);
const [SPRAYED, ...OTHERS] = origins;
let turn = 0;

const API = "https://open.example";
const vars = {
  API_OPEN: JSON.stringify({ audience: API, scopes: { "open.read": "See what is open" }, self_registered_clients: true }),
  OUTBOUND_EXCEPTIONS: origins.join(" "),
};
const on = { ...vars, CLIENT_ID_METADATA_DOCUMENTS: "on" };
const server = await startServer({ vars: on });
const ada = await newPerson(server.url);
const LOOPBACK = "http://127.0.0.1:51004/callback";

const send = (status, headers, body) => (response) => response.writeHead(status, headers).end(body);
const JSON_TYPE = { "content-type": "application/json" };

/** Publishes a document, or what `handler` makes of it, at an address of its own, which it returns. */
function publish(more, handler = (text) => send(200, JSON_TYPE, text), origin = OTHERS[turn++ % OTHERS.length]) {
  const path = `/${randomBytes(6).toString("hex")}/client.json`;
  const id = origin + path;
  const document = {
    client_id: id,
    client_name: "Harbour Agent",
    redirect_uris: ["http://127.0.0.1/callback", "http://localhost/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "none",
    ...more,
  };
  handlers.set(path, handler(JSON.stringify(document)));
  return id;
}

const times = (id) => asked.get(new URL(id).pathname) ?? 0;

/** An authorization request of a client, and what redeems its code. */
function request(client_id, { at = server, ...more } = {}) {
  const verifier = randomBytes(32).toString("base64url");
  const code_challenge = createHash("sha256").update(verifier).digest("base64url");
  const parameters = { client_id, redirect_uri: LOOPBACK, response_type: "code", scope: "openid offline_access open.read", state: "s", code_challenge, code_challenge_method: "S256", resource: API, ...more };
  return { verifier, url: `${at.url}/authorize?${new URLSearchParams(parameters)}` };
}

async function token(fields) {
  const response = await fetch(`${server.url}/token`, { method: "POST", body: new URLSearchParams(fields) });
  return { status: response.status, json: await response.json() };
}

/** A user allows a client, and it redeems its code. */
async function connect(client_id, { visitor = new Visitor(server.url), redirect_uri = LOOPBACK, scope = "openid offline_access open.read", proof = async () => ({}) } = {}) {
  const { url, verifier } = request(client_id, { redirect_uri, scope });
  const answer = await visitor.allow(url, ada);
  assert.equal(answer.href.split("?")[0], redirect_uri);
  assert.equal(answer.searchParams.get("iss"), server.url);
  const fields = { grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri, client_id, code_verifier: verifier };
  return token({ ...fields, ...(await proof()) });
}

const claimsOf = (jwt) => JSON.parse(Buffer.from(jwt.split(".")[1], "base64url"));

// spec: OAuth Client ID Metadata Document section 5 - a client that was not registered signs a user in
// spec: RFC 8252 section 7.3 - a client on the user's machine listens on any port, also by the name localhost
test("the document of a client is fetched, and the client gets tokens for exactly its resource", async () => {
  const id = publish({ client_uri: "https://www.google.com" });
  const visitor = new Visitor(server.url);
  let page = await visitor.open(request(id).url);
  page = await visitor.submit(page, "login-form", { username: ada.userName, password: ada.password });
  assert.match(page.html, /Harbour Agent/);
  assert.match(page.html, /Not verified/);
  assert.ok(page.html.includes(new URL(id).host), "the host of the document is shown");
  assert.ok(!page.html.includes("google.com"), "a site that it only claims is not");

  for (const redirect_uri of [LOOPBACK, "http://localhost:40123/callback", "http://127.0.0.1/callback"]) {
    const { status, json } = await connect(id, { redirect_uri, scope: "offline_access open.read" });
    assert.equal(status, 200, JSON.stringify(json));
    const claims = claimsOf(json.access_token);
    assert.equal(claims.client_id, id);
    assert.deepEqual([claims.aud].flat(), [API]);
    const refreshed = await token({ grant_type: "refresh_token", refresh_token: json.refresh_token, client_id: id });
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.json));
  }
  const { json } = await connect(id);
  assert.equal(claimsOf(json.id_token).aud, id);
  const person = await fetch(`${server.url}/userinfo`, { headers: { authorization: `Bearer ${json.access_token}` } });
  assert.deepEqual([person.status, (await person.json()).sub], [200, claimsOf(json.id_token).sub]);
  assert.equal(times(id), 1, "it is fetched once and kept");
  for (const redirect_uri of ["http://127.0.0.1:51004/other", "http://[::1]:51004/callback", "https://evil.example/callback"]) {
    const page = await new Visitor(server.url).open(request(id, { redirect_uri }).url);
    assert.deepEqual([page.left, page.status], [undefined, 400], redirect_uri);
  }
});

// spec: OAuth Client ID Metadata Document section 6 - the metadata says whether such clients are taken
test("discovery says whether documents are read, and where they are not, none is asked for", async () => {
  const off = await startServer({ vars });
  for (const [at, expected] of [[server, true], [off, false]]) {
    const metadata = await (await fetch(`${at.url}/.well-known/oauth-authorization-server`)).json();
    assert.equal(metadata.client_id_metadata_document_supported, expected);
  }
  const id = publish({});
  const page = await new Visitor(off.url).open(request(id, { at: off }).url);
  assert.deepEqual([page.status, times(id)], [400, 0]);
  assert.match(page.html, /invalid_client/);
  await off.stop();
});

// spec: OAuth Client ID Metadata Document section 8.2 - private_key_jwt with keys of the document or of its jwks_uri
test("a client with keys authenticates, and is refused without", async () => {
  const key = await newKey("ES256");
  const keys = JSON.stringify({ keys: [key.jwk] });
  handlers.set("/keys.json", send(200, JSON_TYPE, keys));
  const signs = { token_endpoint_auth_method: "private_key_jwt" };
  for (const where of [{ jwks: { keys: [key.jwk] } }, { jwks_uri: `${OTHERS[0]}/keys.json` }]) {
    const id = publish({ ...signs, ...where });
    const proof = async () => ({ client_assertion_type: TYPE, client_assertion: await assertion(server.url, id, key) });
    const { status, json } = await connect(id, { proof });
    assert.equal(status, 200, JSON.stringify(json));
    const bare = await connect(id);
    assert.deepEqual([bare.status, bare.json.error], [401, "invalid_client"]);
    const foreign = async () => ({ client_assertion_type: TYPE, client_assertion: await assertion(server.url, id, await newKey("ES256", key.kid)) });
    assert.equal((await connect(id, { proof: foreign })).json.error, "invalid_client");
    const refreshed = await token({ grant_type: "refresh_token", refresh_token: json.refresh_token, ...(await proof()) });
    assert.equal(refreshed.status, 200, JSON.stringify(refreshed.json));
  }
});

// spec: OAuth Client ID Metadata Document section 5.1 - what cannot be fetched or is not good ends the request
test("documents that are invalid, redirected, too long or too slow make no client", async () => {
  const long = (text) => text.replace("{", `{"padding":"${"x".repeat(70_000)}",`);
  const target = publish({});
  const cases = {
    "the client_id of another": publish({ client_id: `${OTHERS[0]}/client.json` }),
    "a redirect": publish({}, () => send(302, { location: target }, "")),
    "a permanent redirect with a body": publish({}, (text) => send(308, { ...JSON_TYPE, location: target }, text)),
    "another type": publish({}, (text) => send(200, { "content-type": "text/html" }, text)),
    "an error with status 200": publish({}, () => send(200, JSON_TYPE, '{"error":"gone"}')),
    "too long, and says so": publish({}, (text) => send(200, { ...JSON_TYPE, "content-length": long(text).length }, long(text))),
    "too long, piece by piece": publish({}, (text) => (response) => {
      response.writeHead(200, JSON_TYPE);
      for (const piece of long(text).match(/.{1,8192}/gs)) response.write(piece);
      response.end();
    }),
    "a secret inside": publish({ client_secret: "0123456789012345678901234567890123456789" }),
    "not found": `${OTHERS[0]}/nothing/there.json`,
  };
  for (const [what, id] of Object.entries(cases)) {
    const page = await new Visitor(server.url).open(request(id).url);
    assert.deepEqual([page.left, page.status], [undefined, 400], what);
    assert.match(page.html, /invalid_client/, what);
  }
  assert.equal(times(target), 0, "no redirect is followed");
  for (const [what, handler] of Object.entries({
    "a body that never ends": (text) => (response) => response.writeHead(200, JSON_TYPE).write(text.slice(0, 10)),
    "a server in trouble": () => send(503, {}, ""),
  })) {
    const page = await new Visitor(server.url).open(request(publish({}, handler)).url);
    assert.deepEqual([page.left, page.status], [undefined, 503], what);
    assert.match(page.html, /temporarily_unavailable/, what);
  }
});

// spec: RFC 9700 section 4.11.2 - a refusal is redirected to an unverified client only after the user decided
test("a refusal waits for the user", async () => {
  const id = publish({});
  const page = await new Visitor(server.url).open(request(id, { prompt: "none" }).url);
  assert.deepEqual([page.left, page.status], [undefined, 400]);
  assert.match(page.html, /id="onward"/);
});

test("installations that share an identifier cannot act for each other or end each other's tokens", async () => {
  const id = publish({ redirect_uris: ["http://localhost/callback", "https://app.example.com/callback"] });
  const visitor = new Visitor(server.url);
  const first = await connect(id, { visitor, redirect_uri: "https://app.example.com/callback" });
  assert.equal(first.status, 200, JSON.stringify(first.json));
  for (const redirect_uri of ["https://app.example.com/callback", "http://localhost:1/callback"]) {
    const page = await visitor.open(request(id, { redirect_uri }).url);
    assert.match(page.html, /id="consent-form"/, `a consent is not remembered for ${redirect_uri}`);
  }
  const second = await connect(id, { visitor, redirect_uri: "http://localhost:51004/callback" });
  const refresh = ({ json }) => token({ grant_type: "refresh_token", refresh_token: json.refresh_token, client_id: id });
  const again = await refresh(first);
  assert.equal(again.status, 200, "a later consent of one ends nothing of the other");
  const revoked = await fetch(`${server.url}/revoke`, { method: "POST", body: new URLSearchParams({ token: again.json.refresh_token, client_id: id }) });
  assert.equal(revoked.status, 200);
  assert.equal((await refresh(again)).json.error, "invalid_grant");
  assert.equal((await refresh(second)).status, 200, "nor does its revocation");
});

test("of many requests at once for one document, one asks for it; many documents of one server are asked for slowly", async () => {
  const slow = publish({}, (text) => (response) => setTimeout(() => send(200, JSON_TYPE, text)(response), 300));
  const fresh = await startServer({ vars: on });
  const look = (id) => fetch(request(id, { at: fresh }).url, { redirect: "manual" });
  const answers = await Promise.all(Array.from({ length: 20 }, () => look(slow)));
  assert.deepEqual([...new Set(answers.map(({ status }) => status))], [303]);
  assert.equal(times(slow), 1);

  const sprayed = Array.from({ length: 40 }, () => publish({}, undefined, SPRAYED));
  const statuses = await Promise.all(sprayed.map(async (id) => (await look(id)).status));
  assert.ok(statuses.includes(503), "who sprays is told to wait");
  const fetched = sprayed.filter((id) => times(id) > 0).length;
  assert.ok(fetched <= 10, `${fetched} documents were fetched`);
  assert.equal((await look(slow)).status, 303, "what is known is not held up");
  await fresh.stop();
});
