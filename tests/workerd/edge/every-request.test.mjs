// The built Worker in workerd: one request through every part, and what everything else is answered with.
import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { secrets } from "../../support/secrets.mjs";
import { requestLine, startServer } from "../../support/server.mjs";

const server = await startServer();
const at = (path, options) => fetch(server.url + path, { redirect: "manual", ...options });

test("a stranger learns that the server is well, at no cost", async () => {
  const response = await at("/health");
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { status: "ok" });
  const line = await requestLine(server.logs, response.headers.get("x-request-id"));
  assert.deepEqual([line.object_calls, line.rows_written, line.kv_reads], [0, 0, 0]);
});

test("the administrator has an object with SQLite, KV and a signature by each key tried", async () => {
  // What is written to KV is counted: it is written once in half an hour.
  for (const objectCalls of [2, 1, 1]) {
    const response = await at("/health", { headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` } });
    assert.equal(response.status, 200);
    const { status, parts } = await response.json();
    assert.equal(status, "ok");
    assert.deepEqual(parts.map(({ part }) => part), ["object", "kv", ...["ES256", "RS256", "PS256", "EdDSA"].map((alg) => `signature ${alg}`)]);
    for (const { part, status } of parts) assert.equal(status, "ok", part);
    const line = await requestLine(server.logs, response.headers.get("x-request-id"));
    assert.deepEqual([line.object_calls, line.kv_reads], [objectCalls, 1]);
  }
});

// spec: RFC 6750 section 3 - a wrong credential is 401 with a Bearer challenge and invalid_token
test("any other credential is refused and never taken for none", async () => {
  const wrong = ["Bearer wrong", `bearer ${secrets.ADMIN_TOKEN}x`, `Basic ${btoa(`a:${secrets.ADMIN_TOKEN}`)}`, secrets.ADMIN_TOKEN, "Bearer"];
  for (const authorization of wrong) {
    const response = await at("/health", { headers: { authorization } });
    assert.equal(response.status, 401);
    assert.match(response.headers.get("www-authenticate"), /^Bearer /);
    assert.equal((await response.json()).error, "invalid_token");
  }
});

// spec: RFC 9111 section 5.2.2.5 - answers may not be stored
// spec: RFC 9700 section 4.16 - no answer can be framed
// spec: RFC 9700 section 4.2.4 - the referrer is not told to other sites
test("every response carries the headers that protect it", async () => {
  for (const path of ["/", "/health", "/nothing"]) {
    const { headers } = await at(path);
    assert.equal(headers.get("cache-control"), "no-store", path);
    assert.equal(headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(headers.get("x-frame-options"), "DENY", path);
    assert.equal(headers.get("referrer-policy"), "same-origin", path);
    assert.match(headers.get("x-request-id"), /^[\w-]{16}$/, path);
  }
});

// spec: Content Security Policy - pages load nothing but their own style sheet and cannot be framed
test("pages come with a policy that lets nothing in", async () => {
  for (const path of ["/", "/nothing"]) {
    const policy = (await at(path)).headers.get("content-security-policy");
    assert.match(policy, /^default-src 'none'; style-src 'sha256-/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|\*|script-src/);
  }
});

// spec: Invariant 11 - an error page shows the id under which the cause is logged
test("an unknown path is a page with the request's id, in every spelling of a known one", async () => {
  for (const path of ["/nothing", "/health/", "//health", "/Health", "/%68ealth", "/health;x", "/health%2f", "/token%00"]) {
    const response = await at(path);
    assert.equal(response.status, 404, path);
    const html = await response.text();
    assert.match(html, /id="error-message"/);
    assert.ok(html.includes(response.headers.get("x-request-id")), "the page shows the request's id");
  }
});

// spec: RFC 9110 section 15.5.6 - 405 says which methods are allowed
test("another method is told which are accepted", async () => {
  const response = await at("/health", { method: "POST" });
  assert.equal(response.status, 405);
  assert.equal(response.headers.get("allow"), "GET, HEAD");
});

// spec: RFC 9110 section 9.3.2 - HEAD is GET without the body
test("HEAD has the headers of GET and no body", async () => {
  const response = await at("/", { method: "HEAD" });
  assert.equal(response.status, 200);
  assert.equal(await response.text(), "");
});

// spec: RFC 9110 section 15.5.20 - a request for another host is 421
// spec: Invariant 12 - Host and its forwarded kin change nothing
// spec: Fetch - scripts of any site may use what an app in a browser needs, without cookies, and nothing else
test("a script of any site finds the server, registers and gets tokens, and sees no page", async () => {
  const asked = { origin: "http://localhost:6274", "access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type,mcp-protocol-version" };
  for (const path of ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration", "/jwks", "/register", "/token", "/revoke", "/userinfo"]) {
    const { status, headers } = await fetch(server.url + path, { method: "OPTIONS", headers: asked });
    assert.equal(status, 204, path);
    const allowed = headers.get("access-control-allow-headers").split(", ");
    for (const name of asked["access-control-request-headers"].split(",")) assert.ok(allowed.includes(name), `${path} ${name}`);
    const answer = await fetch(server.url + path, { headers: { origin: asked.origin } });
    for (const each of [headers, answer.headers]) {
      assert.deepEqual([each.get("access-control-allow-origin"), each.get("access-control-allow-credentials")], ["*", null], path);
    }
    assert.ok(answer.headers.get("access-control-expose-headers").includes("www-authenticate"), path);
  }
  for (const path of ["/", "/authorize", "/login", "/consent", "/account", "/apps", "/logout", "/introspect", "/register/x", "/scim/v2/Users", "/health"]) {
    const { headers } = await fetch(server.url + path, { method: "OPTIONS", headers: asked });
    const answer = await fetch(server.url + path, { headers: { origin: asked.origin }, redirect: "manual" });
    for (const each of [headers, answer.headers]) assert.equal(each.get("access-control-allow-origin"), null, path);
  }
});

test("a request for another host is answered 421", async () => {
  const { port } = new URL(server.url);
  for (const host of ["evil.example", `localhost.evil.example:${port}`, `127.0.0.1:${port}`, "localhost:1"]) {
    const asked = `<code id="asked">http://${host}</code>`;
    const page = await raw(port, { host, accept: "text/html,*/*;q=0.8" });
    assert.equal(page.status, 421, host);
    assert.ok(page.body.includes(asked) && page.body.includes(`<code id="issuer">http://localhost:${port}</code>`), "the operator sees both");
    const plain = await raw(port, { host });
    assert.deepEqual([plain.status, plain.type], [421, "text/plain; charset=utf-8"], host);
    assert.ok(plain.body.includes(`Address of this request: http://${host}\nISSUER: http://localhost:${port}\n`), plain.body);
    assert.doesNotMatch(page.body, /(href|src|action)="[^"]*(evil|127\.0\.0\.1|localhost:1")/, "no link comes from the host");
  }
  for (const name of ["x-forwarded-host", "forwarded"]) {
    assert.equal((await raw(port, { host: `localhost:${port}`, [name]: "evil.example" })).status, 200, name);
  }
});

// spec: RFC 9111 section 5.2.2.1 - discovery and keys may be kept for five minutes
// spec: RFC 9110 section 13.1.2 - a request with the current version is answered 304
test("discovery and keys cost nothing, may be kept, and are not sent to a client that has the current version", async () => {
  for (const path of ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks"]) {
    const whole = await at(path);
    assert.equal(whole.status, 200, path);
    assert.equal(whole.headers.get("cache-control"), "public, max-age=300", path);
    const tag = whole.headers.get("etag");
    assert.match(tag, /^"[\w-]+"$/, path);
    const body = await whole.text();
    for (const known of [tag, `W/${tag}`, `"another", ${tag}`, "*"]) {
      const again = await at(path, { headers: { "if-none-match": known } });
      assert.deepEqual([again.status, again.headers.get("etag"), await again.text()], [304, tag, ""], `${path} ${known}`);
      assert.equal(again.headers.get("cache-control"), "public, max-age=300");
    }
    const other = await at(path, { headers: { "if-none-match": '"another"' } });
    assert.deepEqual([other.status, await other.text()], [200, body], path);
    const line = await requestLine(server.logs, whole.headers.get("x-request-id"));
    assert.deepEqual([line.object_calls, line.rows_written, line.kv_reads], [0, 0, 0], path);
  }
});

// spec: Invariant 11 - each request leaves one line
test("a burst of requests leaves exactly one request line for each, whatever became of it", async () => {
  const kinds = [
    () => at("/health"),
    () => at("/nothing"),
    () => at("/jwks"),
    () => at("/token", { method: "POST", body: new URLSearchParams({ grant_type: "x" }) }),
    () => at("/token", { method: "PUT" }),
    () => at("/authorize?client_id=c_nobody"),
    () => at("/userinfo", { headers: { authorization: "Bearer gr_at_x" } }),
    () => at("/", { headers: { "x-request-id": "chosen-by-stranger" } }),
  ];
  const answers = await Promise.all(Array.from({ length: 160 }, (_, place) => kinds[place % kinds.length]()));
  const ids = answers.map(({ headers }) => headers.get("x-request-id"));
  assert.equal(new Set(ids).size, ids.length, "each has an id of its own");
  for (const id of ids) await requestLine(server.logs, id);
  // A line too many would come with or before this one's.
  await requestLine(server.logs, (await at("/health")).headers.get("x-request-id"));
  const lines = server.logs().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const requests = lines.filter(({ event }) => event === "request");
  for (const [place, id] of ids.entries()) {
    const own = requests.filter(({ request_id }) => request_id === id);
    assert.deepEqual(own.map(({ status }) => status), [answers[place].status]);
  }
});

/** A request whose Host header is chosen, which fetch does not allow. */
function raw(port, headers) {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "localhost", port, path: "/", headers }, (response) => {
      let body = "";
      response.on("data", (piece) => (body += piece)).on("end", () => resolve({ status: response.statusCode, type: response.headers["content-type"], body }));
    });
    sent.on("error", reject).end();
  });
}
