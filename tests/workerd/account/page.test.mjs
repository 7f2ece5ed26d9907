// The user's account page over HTTP: who sees it, what can be ended there, and that what has ended is over at the next request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API = "https://rooms.example";
const SCOPE = "openid offline_access rooms.read";
const server = await startServer({
  vars: { API_DEMO: JSON.stringify({ audience: API, scopes: { "rooms.read": "See your rooms" }, introspection_clients: ["rooms"] }) },
});
const { introspect, cost } = relyingParty(server);
const { authorizeUrl, redeem, refresh, userinfo } = connection(server.url);
const page = `${server.url}/account`;
const app = await newClient(server.url, { scope: SCOPE });
const rooms = await newClient(server.url, { client_id: "rooms", client_name: "Rooms", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "rooms.read" });

/** Signs in at the user's own page. */
async function atHome(person, visitor = new Visitor(server.url)) {
  const login = await visitor.open(page);
  assert.equal(new URL(login.address).pathname, "/login");
  return { visitor, home: await visitor.submit(login, "login-form", { username: person.userName, password: person.password }) };
}

/** A user whose app holds tokens and a code that is not redeemed yet. */
async function connected() {
  const person = await newPerson(server.url);
  const { visitor } = await atHome(person);
  const first = pkce();
  const answer = await visitor.allow(authorizeUrl(app, first, { scope: SCOPE }), person);
  const { status, body } = await redeem(app, answer, first.verifier);
  assert.equal(status, 200, JSON.stringify(body));
  const proof = pkce();
  const inFlight = await visitor.allow(authorizeUrl(app, proof, { scope: SCOPE }), person);
  return { person, visitor, tokens: body, inFlight, proof };
}

const inSilence = async (visitor) => new URL((await visitor.open(authorizeUrl(app, pkce(), { scope: SCOPE, prompt: "none" }))).left).searchParams;
const targets = ({ html }, action) =>
  [...html.match(new RegExp(`name="action" value="${action}"[\\s\\S]*?</form>`))[0].matchAll(/name="target" value="([^"]+)"/g)].map(([, target]) => target);
const notice = ({ html }) => html.match(/id="account-notice"[\s\S]*?<span>([^<]*)/)?.[1];
const post = (visitor, fields, headers) =>
  fetch(page, { method: "POST", redirect: "manual", headers: { cookie: visitor.cookies, origin: server.url, ...headers }, body: new URLSearchParams(fields) });

const patch = (path, value) => ({ schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path, value }] });
const byScim = (method, body, status) => ({ person }) => administer(server.url, method, `/scim/v2/Users/${person.id}`, body, status);
const onThePage = (form, fields) => async ({ visitor }) => visitor.submit(await visitor.open(page), form, fields);

const ENDS = [
  ["a disabled person", byScim("PATCH", patch("active", false), 200)],
  ["a deleted person", byScim("DELETE", undefined, 204)],
  ["a changed password", byScim("PATCH", patch("password", "another long password"), 200)],
  ["a revoked grant", onThePage("apps-form", { target: app.client_id })],
  ["an account that its person deleted", async ({ visitor, person }) => visitor.submit(await visitor.open(page), "delete-form", { username: person.userName })],
  ["a sign-out everywhere", onThePage("everywhere-form", {})],
];

for (const [what, end] of ENDS) {
  // spec: RFC 6749 section 5.2 - a code or refresh token that was revoked is invalid_grant
  // spec: RFC 6750 section 3.1 - a revoked access token is invalid_token
  // spec: RFC 7662 section 2.2 - a token that was revoked is not active
  // spec: OpenID Connect Core section 3.1.2.6 - login_required after what they rested on has ended
  test(`${what}: the next redeem, refresh, userinfo, introspection and authorize refuse, codes in flight included`, async () => {
    const QUESTIONS = {
      redeem: async (one) => {
        const { status, body } = await redeem(app, one.inFlight, one.proof.verifier);
        assert.deepEqual([status, body.error], [400, "invalid_grant"]);
      },
      refresh: async (one) => {
        const { status, body } = await refresh(app, one.tokens.refresh_token);
        assert.deepEqual([status, body.error], [400, "invalid_grant"]);
      },
      userinfo: async (one) => {
        const answer = await userinfo(one.tokens.access_token);
        assert.equal(answer.status, 401);
        assert.match(answer.headers.get("www-authenticate"), /error="invalid_token"/);
      },
      introspection: async (one) => {
        const { status, body } = await introspect(rooms, one.tokens.access_token);
        assert.deepEqual([status, body], [200, { active: false }]);
      },
      authorize: async (one) => assert.equal((await inSilence(one.visitor)).get("error"), "login_required"),
    };
    const one = await connected();
    assert.equal((await userinfo(one.tokens.access_token)).status, 200);
    assert.equal((await introspect(rooms, one.tokens.access_token)).body.active, true);
    assert.ok((await inSilence(one.visitor)).get("code"), "until then all is well");
    await end(one);
    for (const [question, refused] of Object.entries(QUESTIONS)) {
      await refused(one).catch((error) => assert.fail(`${question}: ${error.message}`));
    }
  });
}

test("a visitor signs in first and returns to the page, without any app", async () => {
  const person = await newPerson(server.url, { displayName: "Grace Hopper" });
  const { visitor, home } = await atHome(person);
  assert.equal(home.address, page);
  assert.ok(home.html.includes("Grace Hopper") && home.html.includes('id="account-apps"'));
  assert.equal((await visitor.open(page)).address, page, "and stays signed in");
});

test("the page costs one call of an object and no row, and shows app, scopes and browsers", async () => {
  const { visitor, person } = await connected();
  await atHome(person);
  const home = await visitor.open(page);
  assert.deepEqual(await cost(home), [1, 0]);
  for (const words of ["Harbour Reports", "See your rooms", "Know who you are", "This browser", "Another browser"]) {
    assert.ok(home.html.includes(words), words);
  }
  const today = new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  const text = home.html.replaceAll(/<[^>]*>/g, "");
  assert.ok(text.includes(`Allowed on ${today} · last used on ${today}`), "since when, and when last");
  assert.deepEqual(targets(home, "disconnect"), [app.client_id]);
  assert.equal(targets(home, "end-session").length, 1);
});

test("the app of a client that was deleted can still be disconnected", async () => {
  const gone = await newClient(server.url, { client_name: "Short-lived", scope: SCOPE });
  const person = await newPerson(server.url);
  const { visitor } = await atHome(person);
  await visitor.allow(authorizeUrl(gone, pkce(), { scope: SCOPE }), person);
  await administer(server.url, "DELETE", `/register/${gone.client_id}`, undefined, 204);
  const home = await visitor.open(page);
  assert.deepEqual(targets(home, "disconnect"), [gone.client_id]);
  const after = await visitor.submit(home, "apps-form", { target: gone.client_id });
  assert.equal(notice(after), "The app has been disconnected.");
  assert.ok(!after.html.includes('id="app-1"'));
});

test("to sign out of one other browser leaves this one signed in", async () => {
  const one = await connected();
  const other = await atHome(one.person);
  const home = await one.visitor.open(page);
  const after = await one.visitor.submit(home, "sessions-form", { target: targets(home, "end-session")[0] });
  assert.ok(after.address.startsWith(`${page}?notice=gr_nt_`), after.address);
  assert.ok(notice(after) && !after.html.includes("Another browser"));
  assert.equal(new URL((await other.visitor.open(page)).address).pathname, "/login");
});

// No link makes the page say that something was done
test("attack: a notice in a link is shown in no other browser than the one where it was done", async () => {
  const [one, other] = [await connected(), await connected()];
  const home = await one.visitor.open(page);
  const done = await one.visitor.submit(home, "apps-form", { target: targets(home, "disconnect")[0] });
  assert.ok(notice(done) && notice(await one.visitor.open(done.address)), "a reload says it again");
  for (const link of [done.address, `${page}?notice=password-changed`, `${page}?notice=gr_nt_x`]) {
    assert.ok(!(await other.visitor.open(link)).html.includes('id="account-notice"'), link);
  }
});

// spec: Invariant 7 - a form of an old page does nothing to the user who is signed in since
test("attack: a form of an old tab changes nothing of the user who signed in since", async () => {
  const { visitor, tokens } = await connected();
  const old = await visitor.open(page);
  const other = await newPerson(server.url);
  const login = await visitor.open(authorizeUrl(app, pkce(), { scope: SCOPE, prompt: "login" }));
  await visitor.submit(login, "login-form", { username: other.userName, password: other.password });
  const now = await visitor.open(page);
  for (const [form, fields] of [["everywhere-form", {}], ["apps-form", { target: app.client_id }], ["delete-form", { username: other.userName }], ["password-form", passwords(other.password)]]) {
    const after = await visitor.submit(old, form, fields);
    assert.match(notice(after), /belonged to another user/, form);
    assert.ok(after.html.includes(now.html.match(/name="user" value="([^"]+)"/)[1]), "the page of the user who is signed in");
  }
  assert.equal((await visitor.open(page)).status, 200, "nobody was signed out");
  assert.equal((await refresh(app, tokens.refresh_token)).status, 200);
});

const FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1";

test("browsers are shown by what they are and when they were last seen, and all others end at once", async () => {
  const person = await newPerson(server.url);
  const { visitor: firefox } = await atHome(person, new Visitor(server.url, FIREFOX));
  const others = [await atHome(person, new Visitor(server.url, SAFARI)), await atHome(person)];
  const home = await firefox.open(page);
  const listed = home.html.match(/id="account-sessions"[\s\S]*?<\/section>/)[0].replaceAll(/<\/?(?:bdi|b|p)[^>]*>/g, " ").replaceAll(/\s+/g, " ");
  assert.match(listed, /Firefox on Windows <span[^>]*>This browser/);
  assert.match(listed, /Safari on iPhone .*?Last seen on \d{1,2} [A-Z][a-z]+ \d{4}, \d\d:\d\d UTC/);
  assert.match(listed, /Another browser/, "one that says nothing of itself");
  assert.ok(!home.html.includes("Mozilla"), "what it sent is not shown");
  const after = await firefox.submit(home, "others-form", {});
  assert.equal(notice(after), "You have been signed out of all other browsers.");
  assert.deepEqual(targets(after, "end-session"), []);
  for (const { visitor } of others) assert.equal(new URL((await visitor.open(page)).address).pathname, "/login");
});

const NEW = "a long and better password";
const passwords = (current, fresh = NEW) => ({ "current-password": current, "new-password": fresh, "new-password-again": fresh });

// spec: RFC 9700 section 4.14.2 - a changed password ends refresh tokens
test("a changed password: this browser stays signed in, everything else is over, codes in flight included", async () => {
  const one = await connected();
  const other = await atHome(one.person);
  const after = await one.visitor.submit(await one.visitor.open(page), "password-form", passwords(one.person.password));
  assert.ok(after.address.startsWith(`${page}?notice=gr_nt_`), after.address);
  assert.ok(notice(after) && after.html.includes("You changed your password"), "and it is told");
  assert.equal((await redeem(app, one.inFlight, one.proof.verifier)).body.error, "invalid_grant");
  assert.equal((await refresh(app, one.tokens.refresh_token)).body.error, "invalid_grant");
  assert.equal((await userinfo(one.tokens.access_token)).status, 401);
  assert.equal((await inSilence(other.visitor)).get("error"), "login_required");
  assert.ok((await inSilence(one.visitor)).get("code"), "this browser goes on");
  assert.equal((await atHome(one.person)).home.status, 401, "the old password is over");
  assert.equal((await atHome({ ...one.person, password: NEW })).home.address, page);
});

// spec: NIST SP 800-63B section 5.2.2 - wrong passwords are counted together wherever they are typed
test("a wrong present password is refused and counts as a sign-in does", async () => {
  const person = await newPerson(server.url);
  const { visitor, home } = await atHome(person);
  const refused = await visitor.submit(home, "password-form", passwords("not the password"));
  assert.equal(refused.status, 400);
  assert.match(refused.html, /id="error-message" role="alert"[\s\S]*?current password is wrong/);
  for (let tries = 2; tries <= 5; tries++) await visitor.submit(home, "password-form", passwords("not the password"));
  const locked = await visitor.submit(home, "password-form", passwords(person.password));
  assert.equal(locked.status, 400, "not even the right one");
  assert.match((await visitor.open(page)).html, /too many wrong passwords/);
});

test("an account that was deleted frees its name, and the page says that it is gone", async () => {
  const person = await newPerson(server.url);
  const { visitor, home } = await atHome(person);
  assert.equal((await visitor.submit(home, "delete-form", { username: "somebody else" })).status, 400);
  const gone = await visitor.submit(home, "delete-form", { username: person.userName.toUpperCase() });
  assert.match(gone.html, /id="account-deleted"/);
  assert.equal((await atHome(person)).home.status, 401);
  await administer(server.url, "GET", `/scim/v2/Users/${person.id}`, undefined, 404);
  await newPerson(server.url, { userName: person.userName });
});

test("a second browser is signed out at once by sign-out everywhere", async () => {
  const one = await connected();
  const other = await atHome(one.person);
  const after = await one.visitor.submit(await one.visitor.open(page), "everywhere-form", {});
  assert.equal(notice(after), "You have been signed out everywhere.");
  assert.ok(after.html.includes('id="login-form"'));
  for (const visitor of [one.visitor, other.visitor]) assert.equal(new URL((await visitor.open(page)).address).pathname, "/login");
  const back = await one.visitor.submit(after, "login-form", { username: one.person.userName, password: one.person.password });
  assert.equal(back.address, page, "from there one comes back");
  assert.deepEqual(targets(back, "disconnect"), [app.client_id], "what was allowed is still allowed");
});

// spec: RFC 9700 section 4.16 - the user's own page cannot be framed
test("no other page can frame it", async () => {
  const { headers } = (await atHome(await newPerson(server.url))).home;
  assert.match(headers.get("content-security-policy"), /frame-ancestors 'none'/);
  assert.match(headers.get("content-security-policy"), /form-action 'self'/);
  assert.deepEqual([headers.get("x-frame-options"), headers.get("cache-control")], ["DENY", "no-store"]);
});

// spec: Fetch Metadata - a form that came from another site is refused
test("a form of another origin changes nothing", async () => {
  const one = await connected();
  for (const headers of [{ origin: "https://evil.example" }, { origin: "null", "sec-fetch-site": "cross-site" }]) {
    for (const fields of [{ action: "disconnect", target: app.client_id }, { action: "sign-out-everywhere" }]) {
      assert.equal((await post(one.visitor, fields, headers)).status, 403);
    }
  }
  assert.equal((await refresh(app, one.tokens.refresh_token)).status, 200);
  assert.equal((await one.visitor.open(page)).address, page);
});

test("a GET that names an action, and a form that names none, change nothing", async () => {
  const one = await connected();
  for (const query of [{ action: "disconnect", target: app.client_id }, { action: "sign-out-everywhere" }]) {
    const seen = await one.visitor.open(`${page}?${new URLSearchParams(query)}`);
    assert.ok(seen.html.includes('id="app-1"'));
  }
  for (const fields of [{}, { action: "else" }, { action: "disconnect" }, { action: "disconnect", target: "\u0001" }, { action: "end-session", target: "" }]) {
    assert.equal((await post(one.visitor, fields)).status, 400, JSON.stringify(fields));
  }
  assert.equal((await refresh(app, one.tokens.refresh_token)).status, 200);
});

// spec: Invariant 7 - what changes an account takes a live session of its own
test("a session that has ended, or is another user's, changes nothing", async () => {
  const ada = await connected();
  const stale = await atHome(ada.person);
  const home = await ada.visitor.open(page);
  await ada.visitor.submit(home, "sessions-form", { target: targets(home, "end-session")[0] });
  for (const fields of [{ action: "disconnect", target: app.client_id }, { action: "sign-out-everywhere" }]) {
    const refused = await post(stale.visitor, fields);
    assert.deepEqual([refused.status, new URL(refused.headers.get("location"), page).pathname], [303, "/login"]);
  }
  const third = await atHome(ada.person);
  const [own] = targets(await ada.visitor.open(page), "end-session");
  const mallory = await connected();
  const [, user] = (await mallory.visitor.open(page)).html.match(/name="user" value="([^"]+)"/);
  for (const target of [own, "A".repeat(22)]) {
    const refused = await post(mallory.visitor, { action: "end-session", target, user });
    assert.deepEqual([refused.status, refused.headers.get("location")], [303, "/account"]);
  }
  await mallory.visitor.submit(await mallory.visitor.open(page), "apps-form", { target: app.client_id });
  assert.equal((await third.visitor.open(page)).address, page, "Ada's other browser stays signed in");
  assert.equal((await refresh(app, ada.tokens.refresh_token)).status, 200, "and Ada's app stays connected");
});

test("of several users in one browser, the current one is shown, and the chooser leads to the other", async () => {
  const [ada, bob] = [await newPerson(server.url), await newPerson(server.url, { displayName: "Bob" })];
  const { visitor, home } = await atHome(ada);
  const link = (html) => new URL(html.match(/href="(\/login\?[^"]+)"/)[1].replaceAll("&amp;", "&"), server.url).href;
  const chooser = await visitor.open(link(home.html));
  assert.ok(chooser.html.includes('id="choose-form"'));
  const login = await visitor.open(link(chooser.html));
  const asBob = await visitor.submit(login, "login-form", { username: bob.userName, password: bob.password });
  assert.equal(asBob.address, page);
  assert.match(asBob.html, /id="account-person"[\s\S]*?Bob/);
  const both = await visitor.open(link(asBob.html));
  const choices = [...both.html.matchAll(/name="account" value="([^"]+)"/g)].map(([, value]) => value);
  assert.equal(choices.length, 2);
  const asAda = await visitor.submit(both, "choose-form", { account: choices[1] });
  assert.equal(asAda.address, page);
  assert.match(asAda.html, /id="account-person"[\s\S]*?Ada Lovelace/);
});
