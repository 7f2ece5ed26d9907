// examples/mcp-server: which tokens it accepts, and how it refuses others. tests/third-party/mcp.test.mjs tests hosts with it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { accessToken } from "../support/access-tokens.mjs";
import { startExample } from "../support/example.mjs";
import { startServer } from "../support/server.mjs";

const port = await freePort();
const URL_OF_IT = `http://localhost:${port}/mcp`;
const METADATA = `http://localhost:${port}/.well-known/oauth-protected-resource/mcp`;
const server = await startServer();
await startExample("mcp-server", METADATA, { args: ["--port", String(port), "--var", `ISSUER:${server.url}`, `RESOURCE:${URL_OF_IT}`] });

const token = (claims, header) => accessToken(server.url, { aud: URL_OF_IT, scope: "notes:read", ...claims }, header);

/** A call of MCP of 2025-11-25, which needs no more than this; and its challenge. */
async function call(authorization, { method = "tools/list", params, headers, address = URL_OF_IT } = {}) {
  const all = { "content-type": "application/json", accept: "application/json, text/event-stream", "mcp-protocol-version": "2025-11-25", ...(authorization && { authorization }), ...headers };
  const response = await fetch(address, { method: "POST", headers: all, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }) });
  const challenge = response.headers.get("www-authenticate") ?? "";
  return { status: response.status, headers: response.headers, text: await response.text(), challenge: Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value])) };
}

const tool = async (name, claims) => call(`Bearer ${await token(claims)}`, { method: "tools/call", params: { name, arguments: { text: "x" } } });

// spec: RFC 6750 section 3.1 - a request without a token gets a challenge without an error code
// spec: RFC 9728 section 5.1 - the challenge says where the metadata is
test("a host without a token is told where tokens come from, and what to ask for", async () => {
  const { status, challenge } = await call();
  assert.deepEqual([status, challenge], [401, { resource_metadata: METADATA, scope: "notes:read" }]);
});

// spec: RFC 9728 section 3.1 - the metadata of a resource with a path is at the well-known place before that path
// spec: RFC 9728 section 3.3 - its resource is what the place was made of
test("the metadata names the server and its issuer", async () => {
  const metadata = await (await fetch(METADATA)).json();
  assert.deepEqual([metadata.resource, metadata.authorization_servers, metadata.bearer_methods_supported], [URL_OF_IT, [server.url], ["header"]]);
  // MCP: refresh tokens are no matter of the resource.
  assert.deepEqual(metadata.scopes_supported, ["notes:read"]);
});

// spec: RFC 9068 section 4 - iss, aud, exp, typ and the algorithm are checked, not the signature alone
// spec: RFC 9700 section 2.3 - a token that is good at another server too is refused
test("a token that the issuer signed is refused for what it says", async () => {
  assert.equal((await call(`Bearer ${await token()}`)).status, 200);
  assert.equal((await call(`Bearer ${await token({ aud: [URL_OF_IT, server.url] })}`)).status, 200, "userinfo may be asked with it");
  for (const [what, claims, header] of [
    ["another server", { aud: "http://localhost:1/mcp" }],
    ["this server's origin", { aud: `http://localhost:${port}` }],
    ["this server with a slash", { aud: `${URL_OF_IT}/` }],
    ["a server whose name begins alike", { aud: `${URL_OF_IT}2` }],
    ["this server and another", { aud: [URL_OF_IT, "https://api.example.com"] }],
    ["the issuer alone", { aud: server.url }],
    ["no audience", { aud: undefined }],
    ["expired", { exp: Math.floor(Date.now() / 1000) - 60 }],
    ["without an end", { exp: undefined }],
    ["another issuer", { iss: "https://elsewhere.example.com" }],
    ["a type of ID tokens", {}, { typ: "JWT" }],
    ["another algorithm of the issuer", {}, { alg: "RS256" }],
    ["an unknown kid", {}, { kid: "unknown" }],
  ]) {
    const { status, challenge } = await call(`Bearer ${await token(claims, header)}`);
    assert.deepEqual([status, challenge.error, challenge.resource_metadata], [401, "invalid_token", METADATA], what);
  }
  const [header, payload] = (await token()).split(".");
  for (const forged of [`${header}.${payload}.`, "x", ""]) assert.equal((await call(`Bearer ${forged}`)).challenge.error, "invalid_token", forged);
});

// spec: RFC 6750 section 3.1 - insufficient_scope: the token is valid, and allows nothing here
test("a token without a scope of this server is refused, whatever is asked with it", async () => {
  for (const scope of ["openid", "notes:readers", "", undefined]) {
    const { status, challenge } = await call(`Bearer ${await token({ scope, aud: [URL_OF_IT, server.url] })}`);
    assert.deepEqual([status, challenge.error, challenge.scope, challenge.resource_metadata], [403, "insufficient_scope", "notes:read", METADATA], scope);
  }
  for (const scope of ["notes:write", "openid notes:read"]) assert.equal((await call(`Bearer ${await token({ scope })}`)).status, 200, scope);
});

/** `verified()` of docs/mcp.md, with this server's issuer and address in place of those of the page. */
async function verifiedOfTheGuide() {
  const [, code] = readFileSync(inRoot("docs", "mcp.md"), "utf8").match(/```js\n([\s\S]*?async function verified[\s\S]*?)```/);
  const here = { '"jose"': import.meta.resolve("jose"), '"https://auth.example.com"': server.url, '"https://notes.example.com/mcp"': URL_OF_IT };
  const parts = Object.entries(here).reduce((code, [there, here]) => {
    assert.ok(code.includes(there), there);
    return code.replaceAll(there, JSON.stringify(here));
  }, code);
  return (await import(`data:text/javascript,${encodeURIComponent(`${parts}\nexport { verified };`)}`)).verified;
}

// spec: RFC 9700 section 2.3 - a token of another API, or of this one and another, is refused
test("the code of docs/mcp.md takes a token for this server, and refuses one of another API and one without a scope of its own", async () => {
  const verified = await verifiedOfTheGuide();
  for (const claims of [{}, { aud: [URL_OF_IT, server.url] }, { scope: "openid notes:write" }]) {
    assert.equal((await verified(await token(claims))).sub, "u-somebody");
  }
  for (const [what, claims, reason] of [
    ["another API", { aud: "https://api.example.com" }, /"aud" claim/],
    ["the issuer alone", { aud: server.url }, /"aud" claim/],
    ["this server and another API", { aud: [URL_OF_IT, "https://api.example.com"] }, /for others too/],
    ["a scope of another API", { scope: "reservations.read" }, /no scope of this server/],
    ["a sign-in alone", { aud: [URL_OF_IT, server.url], scope: "openid" }, /no scope of this server/],
    ["a scope whose name begins alike", { scope: "notes:readers" }, /no scope of this server/],
    ["no scope", { scope: undefined }, /no scope of this server/],
  ]) {
    await assert.rejects(verified(await token(claims)), reason, what);
  }
});

// spec: RFC 6750 section 2.3 - a token in the address counts as none
test("a token in the address is not accepted", async () => {
  const { status, challenge } = await call(undefined, { address: `${URL_OF_IT}?access_token=${await token()}` });
  assert.deepEqual([status, challenge.error], [401, undefined]);
});

// spec: RFC 6750 section 3.1 - insufficient_scope names all scopes that the tool needs
test("a tool whose scope is missing is not called, and the challenge names all that it needs", async () => {
  const refused = await tool("add_note");
  assert.deepEqual([refused.status, refused.challenge.error], [403, "insufficient_scope"]);
  assert.deepEqual([refused.challenge.scope, refused.challenge.resource_metadata], ["notes:read notes:write", METADATA]);
  assert.equal((await tool("list_notes", { scope: "notes:readers" })).status, 403);
  assert.equal((await tool("list_notes", { scope: undefined })).status, 403);
  assert.equal((await tool("add_note", { scope: "notes:write notes:read" })).status, 200);
});

test("each user has their own notes", async () => {
  const scope = "notes:read notes:write";
  await tool("add_note", { sub: "ada", scope });
  assert.ok((await tool("list_notes", { sub: "ada", scope })).text.includes('"text":"x"'));
  assert.ok(!(await tool("list_notes", { sub: "eve", scope })).text.includes('"text":"x"'));
});

test("a page on this machine may call it, and one elsewhere may not", async () => {
  const origin = "http://localhost:6274";
  const preflight = await fetch(URL_OF_IT, { method: "OPTIONS", headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization,mcp-protocol-version" } });
  assert.equal(preflight.status, 204);
  assert.equal(preflight.headers.get("access-control-allow-headers"), "authorization,mcp-protocol-version");
  const { status, headers } = await call(undefined, { headers: { origin } });
  assert.deepEqual([status, headers.get("access-control-allow-origin"), headers.get("access-control-expose-headers")], [401, origin, "www-authenticate"]);
  for (const elsewhere of ["https://evil.example", "http://localhost.evil.example", "null"]) {
    assert.equal((await call(`Bearer ${await token()}`, { headers: { origin: elsewhere } })).status, 403, elsewhere);
  }
});
