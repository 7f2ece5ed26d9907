// What a request costs, counted around the build: requests to objects, rows with alarms, KV. Only a changed client costs a
// write to KV, which has a thousand free ones a day; invented values of strangers cost nothing at all.
import assert from "node:assert/strict";
import { randomBytes, randomInt } from "node:crypto";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { startCounted } from "../../support/counting.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API_DEMO = JSON.stringify({ audience: "https://api.example.com", scopes: { "reservations.read": "See your reservations" }, introspection_clients: ["guard"] });
const { url, spent } = await startCounted({ API_DEMO });
const { authorizeUrl, post, redeem, refresh, userinfo } = connection(url);
const scope = "openid email offline_access reservations.read";
const newService = (more) => newClient(url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read", ...more });
const guard = await newService({ client_id: "guard", client_name: "The API itself" });

/** Asserts what one request costs: [requests to objects, rows written, writes to KV]. */
async function costs(what, expected, send) {
  await spent();
  const answer = await send();
  const { requests, objectRequests, rowsWritten, kvWrites } = await spent();
  assert.equal(requests, 1, what);
  assert.deepEqual([objectRequests, rowsWritten, kvWrites], expected, what);
  return answer;
}

/** One request of a browser, which is not led on. */
const open = (visitor, address) => fetch(address, { redirect: "manual", headers: { cookie: visitor.cookies } });
const send = (visitor, { action, body }, fields) => {
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return fetch(action, { method: "POST", redirect: "manual", headers: { cookie: visitor.cookies, origin: url }, body });
};
const status = (expected) => (response) => assert.equal(response.status, expected) ?? response;

test("each request costs what the design says: objects, rows, and no write to KV", async () => {
  const ada = await newPerson(url);
  const app = await newClient(url, { scope });
  const rotating = await newClient(url, { scope, client_name: "Rotating", rotate_refresh_tokens: true });
  const service = await newService({ client_name: "Nightly" });

  const proof = pkce();
  const begun = await costs("/authorize, nobody signed in", [0, 0, 0], () => fetch(authorizeUrl(app, proof), { redirect: "manual" }).then(status(303)));
  assert.match(begun.headers.get("location"), /\/login\?/);
  await new Visitor(url).allow(authorizeUrl(rotating, proof), ada);
  const visitor = new Visitor(url);
  const login = await visitor.open(authorizeUrl(app, proof));
  const form = visitor.form(login, "login-form");
  const who = { username: ada.userName, password: ada.password };
  await costs("a sign-in", [3, 1, 0], () => send(visitor, form, who).then(status(303)));
  await costs("a wrong password", [3, 1, 0], () => send(visitor, form, { ...who, password: "wrong" }).then(status(401)));
  const asked = await visitor.submit(login, "login-form", who);
  const consent = visitor.form(asked, "consent-form");
  const allowed = await costs("a first consent", [2, 1, 0], () => send(visitor, consent, { decision: "allow" }).then(status(303)));
  const answer = new URL(allowed.headers.get("location"));

  const { body: tokens } = await costs("code to tokens", [1, 1, 0], () => redeem(app, answer, proof.verifier).then(status(200)));
  await costs("refresh without rotation", [1, 0, 0], () => refresh(app, tokens.refresh_token).then(status(200)));
  await costs("userinfo", [1, 0, 0], () => userinfo(tokens.access_token).then(status(200)));
  await costs("introspection", [1, 0, 0], () => post("/introspect", guard, { token: tokens.access_token }).then(status(200)));
  await costs("/authorize, remembered", [1, 0, 0], () => open(visitor, authorizeUrl(app, pkce())).then(status(303)));
  await costs("revocation", [1, 1, 0], () => post("/revoke", app, { token: tokens.refresh_token }).then(status(200)));
  await costs("a revoked token", [1, 0, 0], () => userinfo(tokens.access_token).then(status(401)));

  const another = await visitor.allow(authorizeUrl(rotating, proof), ada);
  const { body: first } = await costs("code to tokens", [1, 1, 0], () => redeem(rotating, another, proof.verifier).then(status(200)));
  await costs("refresh with rotation", [1, 1, 0], () => refresh(rotating, first.refresh_token).then(status(200)));
  await costs("the same refresh again", [1, 0, 0], () => refresh(rotating, first.refresh_token).then(status(200)));
  // The family and the event.
  await costs("a replayed code", [1, 2, 0], () => redeem(rotating, another, proof.verifier).then(status(400)));

  await costs("client credentials", [0, 0, 0], () => post("/token", service, { grant_type: "client_credentials" }).then(status(200)));
  for (const path of ["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server", "/jwks", "/"]) {
    await costs(path, [0, 0, 0], () => fetch(url + path).then(status(200)));
  }
});

test("a client's change costs one write to KV, a small one within a minute none, and no other change of the administrator does", async () => {
  const writes = async (what, expected, change) => {
    await spent();
    const answer = await change();
    assert.equal((await spent()).kvWrites, expected, what);
    return answer;
  };
  const app = await writes("registration", 1, () => newClient(url, { scope }));
  const { client_id, client_secret, registration_access_token, registration_client_uri, client_id_issued_at, client_secret_expires_at, ...metadata } = app;
  const own = `/register/${client_id}`;
  await writes("reading", 0, () => administer(url, "GET", own, undefined, 200));
  await writes("edit", 0, () => administer(url, "PUT", own, { ...metadata, client_id, client_name: "Another name" }, 200));
  await writes("fewer scopes", 1, () => administer(url, "PUT", own, { ...metadata, client_id, scope: "openid" }, 200));
  await writes("a refused edit", 0, () => administer(url, "PUT", own, { ...metadata, client_id, redirect_uris: ["javascript:alert(1)"] }, 400));
  await writes("deletion", 1, () => administer(url, "DELETE", own, undefined, 204));
  const ada = await writes("a person", 0, () => newPerson(url));
  await writes("a person's end", 0, () => administer(url, "DELETE", `/scim/v2/Users/${ada.id}`, undefined, 204));
});

/** Text that looks like a value of ours, but is none: the format and the key's name may be genuine, the rest is not. */
function garbage(prefix, genuine) {
  const bytes = randomBytes(randomInt(400));
  const head = genuine && Buffer.from(genuine.slice(prefix.length), "base64url").subarray(0, 5 * randomInt(2));
  head?.copy(bytes);
  return prefix + bytes.toString("base64url");
}

// spec: Invariant 3 - garbage at the running Worker reaches no object, no row and no write to KV
// spec: Invariant 5 - what was not sealed here does not open
test("four thousand garbage codes, tokens and cookies reach no object, no row, and write nothing to KV", async () => {
  const ada = await newPerson(url);
  const app = await newClient(url, { scope });
  const visitor = new Visitor(url);
  const proof = pkce();
  const login = await visitor.open(authorizeUrl(app, proof));
  const interaction = new URL(login.address).searchParams.get("interaction");
  const answer = await visitor.allow(authorizeUrl(app, proof), ada);
  const code = answer.searchParams.get("code");
  const { body: genuine } = await redeem(app, answer, proof.verifier);
  const [, cookie] = visitor.cookies.match(/^([^=]+)=/);
  const session = visitor.cookies.match(/gr_ses_[\w-]+/)[0];
  const [header, claims] = genuine.access_token.split(".");
  const callback = authorizeUrl(app, proof);

  const bearer = (token, path = "/userinfo") => fetch(url + path, { headers: { authorization: `Bearer ${token}` } });
  const page = (path, value) => fetch(url + path, { redirect: "manual", headers: { cookie: `${cookie}=${value}` } });
  const kinds = [
    [400, () => redeem(app, answer, proof.verifier, { code: garbage("gr_code_", code) })],
    [400, () => refresh(app, garbage("gr_rt_", genuine.refresh_token))],
    [400, () => refresh(app, garbage(""))],
    [401, () => bearer(garbage("gr_op_"))],
    [401, () => bearer([garbage(""), garbage(""), garbage("")].join("."))],
    [401, () => bearer([header, claims, randomBytes(64).toString("base64url")].join("."))],
    [200, () => post("/introspect", guard, { token: [header, claims, randomBytes(64).toString("base64url")].join(".") })],
    [200, () => post("/revoke", app, { token: garbage("gr_rt_", genuine.refresh_token) })],
    [303, () => page(callback.slice(url.length), garbage("gr_ses_", session))],
    [303, () => page("/account", garbage("gr_ses_", session))],
    [401, () => bearer(garbage("gr_rat_", app.registration_access_token), `/register/${app.client_id}`)],
    [401, () => bearer(garbage("gr_op_"), "/scim/v2/Users")],
    [401, () => bearer(garbage("gr_admin_"), "/health")],
    [400, () => page(`/login?interaction=${garbage("gr_int_", interaction)}`, garbage("gr_ses_", session))],
    [400, () => page(`/consent?interaction=${garbage("gr_int_", interaction)}`, session)],
  ];
  const pieces = 4_000;
  await spent();
  let sent = 0;
  await Promise.all(
    Array.from({ length: 8 }, async () => {
      while (sent < pieces) {
        const [expected, send] = kinds[sent++ % kinds.length];
        const response = await send();
        assert.equal(response.status, expected, send.toString());
        await response.arrayBuffer?.();
      }
    }),
  );
  const { requests, objectRequests, rowsRead, rowsWritten, kvWrites, kvReads } = await spent();
  assert.ok(requests >= pieces);
  assert.deepEqual({ objectRequests, rowsRead, rowsWritten, kvWrites }, { objectRequests: 0, rowsRead: 0, rowsWritten: 0, kvWrites: 0 });
  assert.ok(kvReads < pieces / 100, `an isolate looks the client up again now and then, and not for each piece: ${kvReads}`);
  assert.equal((await refresh(app, genuine.refresh_token)).status, 200, "and what is genuine is still good");
});
