// What a client or a user loses is lost at the next request, with the registry, KV and the users' objects between the change and
// the request. tests/host/endpoints/token/rights_and_losses.rs has the whole table.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { claims, relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const ROOMS = "https://rooms.example";
const demo = { audience: ROOMS, scopes: { "rooms.read": "See rooms", "rooms.write": "Change rooms" }, introspection_clients: ["rooms-server"] };
const server = await startServer({ vars: { API_DEMO: JSON.stringify(demo) } });
const { authorizeUrl, redeem } = connection(server.url);
const { introspect, refresh, userinfo } = relyingParty(server);
const SCOPE = "openid email offline_access rooms.read rooms.write";
const IN_SESSION = "openid email rooms.read rooms.write";
const page = `${server.url}/account`;

const metadata = (more) => ({ client_name: "Harbour Reports", redirect_uris: ["https://reports.example.com/callback"], grant_types: ["authorization_code", "refresh_token"], scope: SCOPE, ...more });
const rooms = await newClient(server.url, { client_id: "rooms-server", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "rooms.read" });

const refusal = ({ status, body }) => `${status} ${body.error}`;
const audiences = (aud) => [aud].flat().map((audience) => ({ [ROOMS]: "rooms", [server.url]: "issuer" })[audience]).join("+");
function issued(answer) {
  if (answer.status !== 200) return refusal(answer);
  const { aud, scope } = claims(answer.body.access_token);
  assert.equal(scope, answer.body.scope);
  return `${audiences(aud)}: ${scope}`;
}

/** What each request gives to one who holds these; `app` is the client with its present secret. */
const REQUESTS = {
  code: async ({ app, code, proof }) => issued(await redeem(app, code, proof.verifier)),
  refresh: async ({ app, tokens }) => issued(await refresh(app, tokens.refresh_token)),
  introspection: ({ tokens }) => told(tokens),
  userinfo: ({ tokens }) => seen(tokens),
  "introspection in the session": ({ inSession }) => told(inSession),
  "userinfo in the session": ({ inSession }) => seen(inSession),
};

async function told({ access_token }) {
  const { status, body } = await introspect(rooms, access_token);
  assert.equal(status, 200);
  if (!body.active) assert.deepEqual(body, { active: false });
  return body.active ? `active ${audiences(body.aud)}: ${body.scope}` : "inactive";
}

async function seen({ access_token }) {
  const answer = await userinfo(access_token);
  return answer.status === 200 ? Object.keys(answer.body).sort().join(" ") : refusal(answer);
}

const issuedAll = `rooms+issuer: ${SCOPE}`;
const toldAll = "active rooms: rooms.read rooms.write";
const seenAll = "email email_verified sub";
const COMPLETE = { code: issuedAll, refresh: issuedAll, introspection: toldAll, userinfo: seenAll, "introspection in the session": toldAll, "userinfo in the session": seenAll };
const every = (code, introspection, userinfo) => ({
  code,
  refresh: code,
  introspection,
  userinfo,
  "introspection in the session": introspection,
  "userinfo in the session": userinfo,
});
const OF_A_USER = every("400 invalid_grant", "inactive", "401 invalid_token");

/** A user in a browser, a client that they allowed everything, and what it holds: tokens of both kinds and a code. */
async function connected() {
  const [person, app, visitor] = [await newPerson(server.url), await newClient(server.url, metadata()), new Visitor(server.url)];
  const allowed = async (scope) => {
    const proof = pkce();
    return { proof, code: await visitor.allow(authorizeUrl(app, proof, { scope }), person) };
  };
  const redeemed = async ({ code, proof }) => {
    const answer = await redeem(app, code, proof.verifier);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer;
  };
  const first = await redeemed(await allowed(SCOPE));
  assert.equal(issued(first), COMPLETE.code);
  return { person, app, visitor, tokens: first.body, inSession: (await redeemed(await allowed(IN_SESSION))).body, ...(await allowed(SCOPE)) };
}

const change = ({ app }, more) => administer(server.url, "PUT", `/register/${app.client_id}`, metadata({ client_id: app.client_id, ...more }), 200);
const remove = ({ app }) => administer(server.url, "DELETE", `/register/${app.client_id}`, undefined, 204);
const setActive = (active) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "active", value: active }] });
const onThePage = (form, fields) => async ({ visitor, app }) => visitor.submit(await visitor.open(page), form, fields(app));

const LOSSES = {
  "a scope that the administrator took": [
    (one) => change(one, { scope: "openid offline_access rooms.read" }),
    every("rooms+issuer: openid offline_access rooms.read", "active rooms: rooms.read", "sub"),
  ],
  "the client": [remove, every("401 invalid_client", "inactive", "401 invalid_token")],
  "the client, whose identifier and secret another one has": [
    async (one) => {
      await remove(one);
      const { client_id, client_secret } = one.app;
      await newClient(server.url, metadata({ client_id, client_secret }));
    },
    OF_A_USER,
  ],
  "the secret, which a new one replaced": [
    async (one) => {
      const before = { ...one.app };
      one.app.client_secret = (await change(one, { rotate_client_secret: { overlap_seconds: 0 } })).client_secret;
      assert.equal(refusal(await refresh(before, one.tokens.refresh_token)), "401 invalid_client");
      assert.equal(refusal(await redeem(before, one.code, one.proof.verifier)), "401 invalid_client");
    },
    COMPLETE,
  ],
  "the grant, which the user took back": [onThePage("apps-form", ({ client_id }) => ({ target: client_id })), OF_A_USER],
  "the session, at a sign-out": [
    async ({ visitor }) => visitor.submit(await visitor.open(`${server.url}/logout`), "logout-form", { decision: "confirm" }),
    { ...COMPLETE, code: "400 invalid_grant", "introspection in the session": "inactive", "userinfo in the session": "401 invalid_token" },
  ],
  "every session, at a sign-out everywhere": [onThePage("everywhere-form", () => ({})), OF_A_USER],
  "the user, who is disabled": [({ person }) => administer(server.url, "PATCH", `/scim/v2/Users/${person.id}`, setActive(false), 200), OF_A_USER],
  "the user, who is deleted": [({ person }) => administer(server.url, "DELETE", `/scim/v2/Users/${person.id}`, undefined, 204), OF_A_USER],
};

for (const [what, [lose, expected]] of Object.entries(LOSSES)) {
  // spec: RFC 6749 section 5.2 - a code or refresh token that rests on something lost is invalid_grant
  // spec: RFC 7662 section 2.2 - a token that rests on something lost is not active
  // spec: RFC 6750 section 3.1 - a token that rests on something lost is invalid_token
  test(`lost: ${what}`, async () => {
    const one = await connected();
    for (const [request, ask] of Object.entries(REQUESTS)) {
      // The code is for afterwards; one like it has just been redeemed.
      if (request !== "code") assert.equal(await ask(one), COMPLETE[request], `${request} before`);
    }
    await lose(one);
    for (const [request, ask] of Object.entries(REQUESTS)) assert.equal(await ask(one), expected[request], request);
  });
}

test("what a client itself may have follows its registration", async () => {
  const machine = await newClient(server.url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "rooms.read rooms.write" });
  const { post } = connection(server.url);
  const ask = () => post("/token", machine, { grant_type: "client_credentials" });
  const answer = await ask();
  assert.equal(issued(answer), "rooms: rooms.read rooms.write");
  assert.equal(await told(answer.body), toldAll);
  const taken = { client_id: machine.client_id, client_name: "Harbour Reports", grant_types: ["client_credentials"], scope: "rooms.read" };
  await administer(server.url, "PUT", `/register/${machine.client_id}`, taken, 200);
  assert.equal(issued(await ask()), "rooms: rooms.read");
  assert.equal(await told(answer.body), "active rooms: rooms.read");
  await administer(server.url, "DELETE", `/register/${machine.client_id}`, undefined, 204);
  assert.equal(refusal(await ask()), "401 invalid_client");
  assert.equal(await told(answer.body), "inactive");
});
