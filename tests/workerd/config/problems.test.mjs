// A configuration with problems: every request is answered 503, with all of them by name and none of their values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { secrets } from "../../support/secrets.mjs";
import { startServer } from "../../support/server.mjs";

const SECRET_LOOKING = "AAAAbroken0value";

// spec: Invariant 9 - no value of a secret is shown or logged, right or wrong
test("all problems are named at once, on every path", async () => {
  const vars = {
    ISSUER: "http://auth.example.com",
    MASTER_KEYS: `[{"kid":"1","key":"${SECRET_LOOKING}","seals_from":0}]`,
    SUBJECT_KEY: SECRET_LOOKING,
    SIGNING_KEYS: '{"keys":[]}',
    SIGNING_KEYS_NEXT: SECRET_LOOKING,
    ADMIN_TOKEN: SECRET_LOOKING,
    BRAND_ACCENT: "red",
  };
  const server = await startServer({ vars });
  for (const path of ["/", "/health", "/nothing"]) {
    const response = await fetch(server.url + path);
    assert.equal(response.status, 503, path);
    const html = await response.text();
    for (const name of Object.keys(vars)) assert.ok(html.includes(name), `${path} does not name ${name}`);
    assert.ok(!html.includes(SECRET_LOOKING), "a value is shown");
  }
  const ours = server.logs().split("\n").filter((line) => line.startsWith("{"));
  assert.ok(ours.length >= 3, "the requests are logged");
  assert.ok(!ours.join().includes(SECRET_LOOKING), "a value is logged");
  await server.stop();
});

test("what is missing is named", async () => {
  const server = await startServer({ vars: { MASTER_KEYS: "", ADMIN_TOKEN: "" } });
  const html = await (await fetch(server.url)).text();
  for (const name of ["MASTER_KEYS", "ADMIN_TOKEN"]) assert.ok(html.includes(name), name);
  assert.ok(!html.includes("SUBJECT_KEY"), "what is right is not named");
  await server.stop();
});

// spec: RFC 7638 section 3 - the kid of a signing key is its thumbprint
test("keys that are public but not private, and a kid that is not the key's, are problems", async () => {
  const keys = JSON.parse(secrets.SIGNING_KEYS).keys;
  const withoutPrivate = keys.map(({ kty, crv, x, y, n, e, alg, use, kid }) => ({ kty, crv, x, y, n, e, alg, use, kid }));
  const renamed = keys.map((key) => ({ ...key, kid: "mine" }));
  for (const [set, complaint] of [[withoutPrivate, "private key"], [renamed, "thumbprint"], [keys.slice(1), "ES256"]]) {
    const server = await startServer({ vars: { SIGNING_KEYS: JSON.stringify({ keys: set }) } });
    const response = await fetch(server.url);
    assert.equal(response.status, 503);
    const html = await response.text();
    assert.ok(html.includes("SIGNING_KEYS") && html.includes(complaint), complaint);
    await server.stop();
  }
});
