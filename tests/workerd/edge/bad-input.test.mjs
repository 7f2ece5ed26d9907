// Bad input gets a clear error and changes nothing: each request here would be answered with success, were it not for one fault.
// Afterwards the very same request is sent without the fault, and is still good.
import assert from "node:assert/strict";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { basic, connection, pkce } from "../../support/connection.mjs";
import { startCounted } from "../../support/counting.mjs";
import { secrets } from "../../support/secrets.mjs";
import { Visitor } from "../../support/visitor.mjs";

const { url, port, spent } = await startCounted();
const { authorizeUrl, redeem, userinfo } = connection(url);
const ada = await newPerson(url);
const app = await newClient(url, { rotate_refresh_tokens: true });

/** Sends exactly these bytes and headers, which fetch would correct; in pieces, without their length in a header. */
function send({ method = "POST", path, headers, body = "", inPieces = false }) {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const framing = inPieces ? { "transfer-encoding": "chunked" } : { "content-length": bytes.length };
    const sent = request({ host: "localhost", port, method, path, agent: false, headers: { ...headers, ...framing } }, async (response) => {
      resolve({ status: response.statusCode, headers: response.headers, text: await text(response) });
    });
    sent.on("error", reject);
    for (let at = 0; inPieces && at < bytes.length; at += PIECE) sent.write(bytes.subarray(at, at + PIECE));
    sent.end(inPieces ? undefined : bytes);
  });
}

const FORM = "application/x-www-form-urlencoded";
const JSON_TYPE = "application/json";
const LONG = "x".repeat(70_000);
const PIECE = 1_000;
const withHeaders = (more) => (good) => ({ ...good, headers: { ...good.headers, ...more } });
const withMore = (more) => (good) => ({ ...good, body: Buffer.concat([Buffer.from(good.body), Buffer.from(more)]) });
const inQuery = (more) => (good) => ({ ...good, path: `${good.path}${more}` });
const withMember = (more) => (good) => ({ ...good, body: Buffer.concat([Buffer.from(good.body.slice(0, -1)), Buffer.from(","), Buffer.from(more), Buffer.from("}")]) });

const HOST = { "a foreign Host": [withHeaders({ host: "evil.example" }), 421] };
const ORIGIN = {
  "a foreign Origin": [withHeaders({ origin: "https://evil.example" }), 403],
  "a foreign site": [withHeaders({ origin: "null", "sec-fetch-site": "cross-site" }), 403],
};
const FORM_FAULTS = {
  ...HOST,
  "a NUL byte": [withMore("&more=\0"), 400],
  "an encoded NUL": [withMore("&more=%00"), 400],
  "a percent sign alone": [withMore("&more=%"), 400],
  "bytes that are not UTF-8": [withMore([...Buffer.from("&more="), 0xff]), 400],
  "encoded bytes that are not UTF-8": [withMore("&more=%c3%28"), 400],
  "a body that is too long": [withMore(`&more=${LONG}`), 400],
  "a body that is too long, in pieces": [(good) => ({ ...withMore(`&more=${LONG}`)(good), inPieces: true }), 400],
  "too many parameters": [withMore(Array.from({ length: 101 }, (_, place) => `&more${place}=x`).join("")), 400],
  "a parameter twice": [(good) => withMore(`&${good.body.split("&")[0]}`)(good), 400],
  "another content type": [withHeaders({ "content-type": "text/plain" }), 400],
  "the content type of JSON": [withHeaders({ "content-type": JSON_TYPE }), 400],
};
const QUERY_FAULTS = {
  ...HOST,
  "an encoded NUL": [inQuery("&more=%00"), 400],
  "a percent sign alone": [inQuery("&more=%"), 400],
  "encoded bytes that are not UTF-8": [inQuery("&more=%ff"), 400],
  "a parameter twice": [inQuery("&state=another"), 400],
  "too many parameters": [inQuery(Array.from({ length: 101 }, (_, place) => `&more${place}=x`).join("")), 400],
};
const JSON_FAULTS = (member) => ({
  ...HOST,
  "a NUL": [withMember(`"${member}": "a\\u0000b"`), 400],
  "bytes that are not UTF-8": [withMember([...Buffer.from(`"more": "`), 0xff, 0x22]), 400],
  "a member twice": [withMember(`"${member}": "another"`), 400],
  "half a body": [(good) => ({ ...good, body: good.body.slice(0, -1) }), 400],
  "more than a body": [withMore("{}"), 400],
  "a body that is too long": [withMember(`"more": "${LONG}"`), 413],
});
const CREDENTIALS_FAULTS = Object.fromEntries(
  Object.entries({ "no base64": "!!!", "no colon": btoa(app.client_id), "a NUL": btoa(`${app.client_id}:${app.client_secret}%00`), "no UTF-8": Buffer.from([...Buffer.from(`${app.client_id}:`), 0xff]).toString("base64"), "a wrong secret": btoa(`${app.client_id}:wrong`) })
    .map(([what, value]) => [`credentials with ${what}`, [withHeaders({ authorization: `Basic ${value}` }), 401]]),
);

const isRedirect = ({ status }) => assert.equal(status, 303);
const isGood = (answer) => assert.ok(answer.status < 300, `${answer.status} ${answer.text}`);
const form = (path, headers, fields) => ({ path, headers: { "content-type": FORM, ...headers }, body: new URLSearchParams(fields).toString() });

/** What a browser would send with this form. */
function ofBrowser(visitor, { action, body }, fields) {
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  return form(new URL(action).pathname, { cookie: visitor.cookies, origin: url }, body);
}

/** A new browser, and where the answer to its person's consent went. */
async function connected() {
  const visitor = new Visitor(url);
  const proof = pkce();
  return { visitor, proof, answer: await visitor.allow(authorizeUrl(app, proof), ada) };
}
const redemption = ({ answer, proof }) => ({ grant_type: "authorization_code", code: answer.searchParams.get("code"), redirect_uri: app.redirect_uris[0], code_verifier: proof.verifier });
const tokens = async () => {
  const browser = await connected();
  return (await redeem(app, browser.answer, browser.proof.verifier)).body;
};
const asAdministrator = { authorization: `Bearer ${secrets.ADMIN_TOKEN}` };
const NEW_CLIENT = { client_name: "Harbour Reports", redirect_uris: ["https://reports.example.com/callback"], scope: "openid" };
const newUser = (userName) => ({ schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"], userName, password: "a long enough password" });

/** Requests that would change something, by what they would change. */
const CHANGES = {
  "a code's redemption": async () => ({ good: form("/token", basic(app), redemption(await connected())), faults: { ...FORM_FAULTS, ...CREDENTIALS_FAULTS }, accepted: isGood }),
  "a refresh": async () => ({ good: form("/token", basic(app), { grant_type: "refresh_token", refresh_token: (await tokens()).refresh_token }), faults: { ...FORM_FAULTS, ...CREDENTIALS_FAULTS }, accepted: isGood }),
  "a revocation": async () => {
    const { access_token, refresh_token } = await tokens();
    const isLive = async (expected) => assert.equal((await userinfo(access_token)).status, expected);
    const accepted = async (answer) => isGood(answer) ?? (await isLive(401));
    return { good: form("/revoke", basic(app), { token: refresh_token, token_type_hint: "refresh_token" }), faults: { ...FORM_FAULTS, ...CREDENTIALS_FAULTS }, unchanged: () => isLive(200), accepted };
  },
  "an authorization": async () => {
    const { visitor } = await connected();
    const good = { method: "GET", path: authorizeUrl(app, pkce()).slice(url.length), headers: { cookie: visitor.cookies } };
    return { good, faults: QUERY_FAULTS, accepted: ({ headers }) => assert.match(headers.location, /[?&]code=gr_code_/) };
  },
  "a sign-in": async () => {
    const visitor = new Visitor(url);
    const page = await visitor.open(authorizeUrl(app, pkce()));
    return { good: ofBrowser(visitor, visitor.form(page, "login-form"), { username: ada.userName, password: ada.password }), faults: { ...FORM_FAULTS, ...ORIGIN }, accepted: isRedirect };
  },
  "a consent": async () => {
    const visitor = new Visitor(url);
    const unseen = await newClient(url, { client_name: "Unseen" });
    const login = await visitor.open(authorizeUrl(unseen, pkce()));
    const page = await visitor.submit(login, "login-form", { username: ada.userName, password: ada.password });
    const unchanged = async () => assert.ok((await visitor.open(authorizeUrl(unseen, pkce()))).html.includes('id="consent-form"'), "it is still asked");
    const accepted = ({ headers }) => assert.match(headers.location, /[?&]code=gr_code_/);
    return { good: ofBrowser(visitor, visitor.form(page, "consent-form"), { decision: "allow" }), faults: { ...FORM_FAULTS, ...ORIGIN }, unchanged, accepted };
  },
  "a sign-out": async () => {
    const { visitor } = await connected();
    const page = await visitor.open(`${url}/logout`);
    const isSignedIn = async (expected) => assert.equal((await visitor.open(authorizeUrl(app, pkce(), { prompt: "none" }))).left.includes("code=gr_code_"), expected);
    const accepted = ({ status }) => assert.ok(status < 400, `${status}`) ?? isSignedIn(false);
    // A foreign origin is no fault here: apps may send users to sign out, who are then asked (tests/workerd/sign_in/forms.test.mjs).
    return { good: ofBrowser(visitor, visitor.form(page, "logout-form"), { decision: "confirm" }), faults: FORM_FAULTS, unchanged: () => isSignedIn(true), accepted };
  },
  "a client's registration": () => ({
    good: { path: "/register", headers: { ...asAdministrator, "content-type": JSON_TYPE }, body: JSON.stringify(NEW_CLIENT) },
    faults: { ...JSON_FAULTS("client_name"), "another content type": [withHeaders({ "content-type": FORM }), 400] },
    accepted: isGood,
  }),
  "a client's edit": async () => {
    const { client_id } = await newClient(url);
    const read = () => administer(url, "GET", `/register/${client_id}`, undefined, 200);
    const before = await read();
    return {
      good: { method: "PUT", path: `/register/${client_id}`, headers: { ...asAdministrator, "content-type": JSON_TYPE }, body: JSON.stringify({ ...NEW_CLIENT, client_id, client_name: "Another name" }) },
      faults: { ...JSON_FAULTS("client_name"), "another content type": [withHeaders({ "content-type": FORM }), 400] },
      unchanged: async () => assert.deepEqual(await read(), before),
      accepted: isGood,
    };
  },
  "a client's deletion": async () => {
    const { client_id } = await newClient(url);
    const unchanged = () => administer(url, "GET", `/register/${client_id}`, undefined, 200);
    return { good: { method: "DELETE", path: `/register/${client_id}`, headers: asAdministrator }, faults: HOST, unchanged, accepted: isGood };
  },
  "a new person": () => {
    const userName = `grace-${process.hrtime.bigint()}`;
    const unchanged = async () => assert.equal((await administer(url, "GET", `/scim/v2/Users?${new URLSearchParams({ filter: `userName eq "${userName}"` })}`, undefined, 200)).totalResults, 0);
    return {
      good: { path: "/scim/v2/Users", headers: { ...asAdministrator, "content-type": "application/scim+json" }, body: JSON.stringify(newUser(userName)) },
      faults: { ...JSON_FAULTS("userName"), "another content type": [withHeaders({ "content-type": FORM }), 415] },
      unchanged,
      accepted: isGood,
    };
  },
  "a person's change": async () => {
    const { id } = await newPerson(url);
    const read = () => administer(url, "GET", `/scim/v2/Users/${id}`, undefined, 200);
    const before = await read();
    return {
      good: { method: "PATCH", path: `/scim/v2/Users/${id}`, headers: { ...asAdministrator, "content-type": "application/scim+json" }, body: JSON.stringify({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "displayName", value: "Another name" }] }) },
      faults: { ...JSON_FAULTS("schemas"), "another content type": [withHeaders({ "content-type": FORM }), 415] },
      unchanged: async () => assert.deepEqual(await read(), before),
      accepted: isGood,
    };
  },
};

for (const [what, make] of Object.entries(CHANGES)) {
  // spec: Invariant 3 - what cannot be read reaches no object, spends nothing and changes nothing
  // spec: RFC 6749 section 3.2 - a parameter that is sent twice is invalid_request, and the code is still good
  // spec: RFC 9110 section 15.5.20 - what is meant for another host is not done here
  test(`${what}: one fault in the request is an error and changes nothing`, async () => {
    const { good, faults, unchanged, accepted } = await make();
    for (const [fault, [spoil, expected]] of Object.entries(faults)) {
      await spent();
      const answer = await send(spoil(good));
      assert.equal(answer.status, expected, `${fault}: ${answer.text.slice(0, 300)}`);
      const { objectRequests, rowsWritten, kvWrites } = await spent();
      assert.deepEqual({ rowsWritten, kvWrites }, { rowsWritten: 0, kvWrites: 0 }, fault);
      // The administrator's edit is read together with what it changes.
      if (good.method !== "PUT") assert.equal(objectRequests, 0, fault);
      assert.equal(answer.headers.location, undefined, `${fault}: nobody is led on`);
      assert.equal(answer.headers["set-cookie"], undefined, `${fault}: nobody is signed in or out`);
      if (answer.headers["content-type"].includes("json")) {
        const { error, detail } = JSON.parse(answer.text);
        assert.ok(error ?? detail, `${fault}: ${answer.text}`);
      } else if (expected === 421) {
        assert.equal(answer.headers["content-type"], "text/plain; charset=utf-8", fault);
        assert.ok(answer.text.includes(`\nISSUER: ${url}\n`) && answer.headers["x-request-id"], `${fault}: ${answer.text}`);
      } else {
        assert.ok(answer.text.includes('id="error-message"') && answer.text.includes(answer.headers["x-request-id"]), `${fault}: ${answer.text}`);
      }
      await unchanged?.();
    }
    await accepted(await send(good));
  });
}

test("a body without an announced length is read like any other", async () => {
  const padding = "&more=" + "x".repeat(60_000);
  for (const inPieces of [false, true]) {
    const good = form("/token", basic(app), { grant_type: "refresh_token", refresh_token: (await tokens()).refresh_token });
    isGood(await send({ ...good, body: good.body + padding, inPieces }));
  }
});
