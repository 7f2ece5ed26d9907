// Users over HTTP: SCIM as provisioning systems use it, and its effect on signing in.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { newClient } from "../../support/administration.mjs";
import { secrets } from "../../support/secrets.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const USER = "urn:ietf:params:scim:schemas:core:2.0:User";
const PERSON = "urn:grantry:params:scim:schemas:1.0:Person";
const ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const server = await startServer();
const app = await newClient(server.url);

async function scim(method, path, body, more) {
  const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}`, ...(body && { "content-type": "application/scim+json" }), ...more };
  const response = await fetch(`${server.url}/scim/v2${path}`, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: text ? JSON.parse(text) : undefined };
}

const unique = (name) => `${name}-${randomBytes(6).toString("hex")}`;
const person = (more) => ({ schemas: [USER, PERSON], userName: unique("ada"), password: randomBytes(12).toString("base64url"), ...more });
const patch = (id, ...Operations) => scim("PATCH", `/Users/${id}`, { schemas: [PATCH_OP], Operations });

async function created(more) {
  const sent = person(more);
  const { status, body, text } = await scim("POST", "/Users", sent);
  assert.equal(status, 201, text);
  return { ...body, password: sent.password };
}

/** Where the browser is after an attempt to sign in. */
async function signsIn(username, password, visitor = new Visitor(server.url)) {
  const parameters = { response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: "openid", prompt: "login", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
  const page = await visitor.open(`${server.url}/authorize?${new URLSearchParams(parameters)}`);
  const began = Date.now();
  const next = await visitor.submit(page, "login-form", { username, password });
  return { ...next, in: !next.html?.includes('id="login-form"'), milliseconds: Date.now() - began, visitor };
}

// spec: RFC 7644 section 3 - create, read, filter, patch, replace and delete users
// spec: RFC 7644 section 3.14 - If-Match with another version than the current is 412
test("a user is created, read, found, changed and deleted", async () => {
  const made = await created({ displayName: "Ada", emails: [{ value: "ada@work.example", type: "work", primary: true }] });
  assert.equal(made.meta.location, `${server.url}/scim/v2/Users/${made.id}`);
  const read = await scim("GET", `/Users/${made.id}`);
  assert.equal(read.headers.get("content-type"), "application/scim+json");
  assert.equal(read.headers.get("etag"), 'W/"1"');
  assert.ok(!read.text.includes("password"));

  const filter = encodeURIComponent(`userName eq "${made.userName.toUpperCase()}"`);
  const found = await scim("GET", `/Users?filter=${filter}`);
  assert.deepEqual([found.body.totalResults, found.body.Resources[0].id], [1, made.id]);

  const changed = await patch(made.id, { op: "Replace", path: 'emails[type eq "work"].value', value: "ada@new.example" });
  assert.deepEqual([changed.status, changed.body.emails[0].value, changed.body.meta.version], [200, "ada@new.example", 'W/"2"']);
  const stale = await scim("PUT", `/Users/${made.id}`, person({ userName: made.userName }), { "if-match": 'W/"1"' });
  assert.equal(stale.status, 412);
  const { password, ...whole } = person({ userName: made.userName, title: "Countess" });
  const replaced = await scim("PUT", `/Users/${made.id}`, whole);
  assert.deepEqual([replaced.status, replaced.body.title, replaced.body.displayName], [200, "Countess", undefined]);

  assert.equal((await scim("DELETE", `/Users/${made.id}`)).status, 204);
  assert.equal((await scim("GET", `/Users/${made.id}`)).status, 404);
  assert.equal((await scim("POST", "/Users", person({ userName: made.userName }))).status, 201, "the name is free");
});

// spec: RFC 7644 section 3.12 - errors have a status and a scimType
test("errors are SCIM's", async () => {
  const made = await created();
  const taken = await scim("POST", "/Users", person({ userName: made.userName }));
  assert.deepEqual([taken.status, taken.body.status, taken.body.scimType], [409, "409", "uniqueness"]);
  const invalid = await scim("POST", "/Users", person({ userName: "ada@example.com" }));
  assert.deepEqual([invalid.status, invalid.body.scimType], [400, "invalidValue"]);
  const twice = await fetch(`${server.url}/scim/v2/Users`, { method: "POST", headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}`, "content-type": "application/scim+json" }, body: `{"schemas":["${USER}"],"userName":"a","userName":"b"}` });
  assert.deepEqual([twice.status, (await twice.json()).scimType], [400, "invalidSyntax"]);
  const stranger = await scim("GET", "/Users", undefined, { authorization: "Bearer wrong" });
  assert.equal(stranger.status, 401);
  assert.match(stranger.headers.get("www-authenticate"), /^Bearer /);
});

// spec: RFC 7643 section 4.1.1 - of many requests for one user name at once, one gets it
test("of many requests for one name at once, one gets it", async () => {
  const userName = unique("grace");
  const answers = await Promise.all(Array.from({ length: 8 }, () => scim("POST", "/Users", person({ userName, password: undefined }))));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409, 409, 409, 409, 409, 409, 409]);
});

// spec: RFC 7644 section 3.4.2.4 - pages by startIndex and count, with a total
test("pages have a total and an end", async () => {
  const made = await Promise.all([1, 2, 3].map(() => created({ password: undefined })));
  const { body: all } = await scim("GET", "/Users?count=0");
  assert.deepEqual(all.Resources, []);
  const seen = new Set();
  for (let startIndex = 1; startIndex <= all.totalResults; startIndex += 2) {
    const { body } = await scim("GET", `/Users?startIndex=${startIndex}&count=2`);
    for (const { id } of body.Resources) seen.add(id);
  }
  assert.ok(made.every(({ id }) => seen.has(id)));
});

// spec: RFC 7644 section 4 - the schemas that are listed can be read
test("what discovery says is there", async () => {
  const config = await scim("GET", "/ServiceProviderConfig");
  assert.equal(config.body.patch.supported, true);
  const { body } = await scim("GET", "/Schemas");
  assert.deepEqual(body.Resources.map(({ id }) => id), [USER, PERSON, ENTERPRISE]);
  for (const { meta } of body.Resources) {
    assert.equal((await fetch(meta.location, { headers: { authorization: `Bearer ${secrets.ADMIN_TOKEN}` } })).status, 200);
  }
});

// spec: RFC 7643 section 4.1.1 - a user name is not case sensitive
test("a user signs in with the user name, and with a verified address only", async () => {
  const email = `${unique("ada")}@example.com`;
  const made = await created({ emails: [email] });
  assert.equal((await signsIn(made.userName.toUpperCase(), made.password)).in, true);
  assert.equal((await signsIn(email, made.password)).in, false);
  await patch(made.id, { op: "add", path: `${PERSON}:emailVerified`, value: true });
  assert.equal((await signsIn(email, made.password)).in, true);
});

// spec: RFC 7643 section 4.1.1 - a user who is not active cannot sign in, and their sessions are over
test("a deactivated user is signed out at once, in every browser", async () => {
  const made = await created();
  const { visitor } = await signsIn(made.userName, made.password);
  assert.equal((await patch(made.id, { op: "replace", value: { active: false } })).body.active, false);
  const parameters = { response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: "openid", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
  const page = await visitor.open(`${server.url}/authorize?${new URLSearchParams(parameters)}`);
  assert.ok(page.html.includes('id="login-form"'), "the session has ended");
  assert.equal((await signsIn(made.userName, made.password)).in, false);
});

test("a new password ends the sessions of the old one", async () => {
  const made = await created();
  const password = randomBytes(12).toString("base64url");
  assert.equal((await patch(made.id, { op: "replace", path: "password", value: password })).status, 200);
  assert.equal((await signsIn(made.userName, made.password)).in, false);
  assert.equal((await signsIn(made.userName, password)).in, true);
});

// spec: Invariant 11 - no refusal says whether the name exists
test("refusals for known and unknown names look alike and take as long", async () => {
  const made = await created();
  const known = await signsIn(made.userName, "wrong password");
  const unknown = await signsIn(unique("nobody"), "wrong password");
  assert.deepEqual([known.status, unknown.status], [401, 401]);
  for (const { milliseconds } of [known, unknown]) assert.ok(milliseconds >= 700, `answered after ${milliseconds} ms`);
});

// spec: RFC 6749 section 10.10 - the number of guesses is bounded
test("guessing ends, and the browser that is known goes on", async () => {
  const made = await created();
  const known = await signsIn(made.userName, made.password);
  const guesses = await Promise.all(Array.from({ length: 12 }, (_, number) => signsIn(made.userName, `guess number ${number}`)));
  assert.ok(guesses.every((guess) => !guess.in));
  assert.equal((await signsIn(made.userName, made.password)).in, false, "not even the right one");
  assert.equal((await signsIn(made.userName, made.password, known.visitor)).in, true);
});
