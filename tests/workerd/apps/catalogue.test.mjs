// The catalogue over HTTP: what is published is there at the next request, for users and for the product's own pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { relyingParty } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const server = await startServer();
const { url } = server;
const { cost } = relyingParty(server);
const { authorizeUrl, redeem, refresh, userinfo } = connection(url);
const PNG = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNg2Cb2HwAC9AGu5ZtnQwAAAABJRU5ErkJggg==";

async function json(path = "/apps.json", headers = {}) {
  const response = await fetch(url + path, { headers });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
}

async function html(path = "/apps") {
  const response = await fetch(url + path);
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Changes some members of a client as an administrator does. */
async function change(client, more) {
  const { client_id, client_name, client_uri, redirect_uris, grant_types, scope, logo, description, published } = await administer(url, "GET", `/register/${client.client_id}`, undefined, 200);
  return administer(url, "PUT", `/register/${client.client_id}`, { client_id, client_name, client_uri, redirect_uris, grant_types, scope, logo, description, published, ...more }, 200);
}

const listed = async () => (await json()).body.apps.map(({ client_id }) => client_id);

test("an app is listed at the next request after it was published, and gone at the next after it was withdrawn", async () => {
  const none = await html();
  assert.equal(none.status, 200);
  assert.match(none.text, /id="apps-none"/);
  const client = await newClient(url, { description: "Reports of the harbour", logo: PNG });
  assert.deepEqual(await listed(), []);

  await change(client, { published: true });
  const { body } = await json();
  assert.deepEqual(body, { apps: [{ client_id: client.client_id, client_name: "Harbour Reports", description: "Reports of the harbour", client_uri: "https://reports.example.com", logo: PNG }] });
  const page = await html();
  assert.match(page.text, /<a href="https:\/\/reports\.example\.com" rel="noreferrer"><bdi>Harbour Reports<\/bdi><\/a>/);
  assert.ok(page.text.includes(`<img class="pic" src="${PNG}" alt="">`));
  assert.match(page.headers.get("content-security-policy"), /img-src 'self' data:;/);

  await change(client, { client_name: "Port Reports" });
  assert.equal((await json()).body.apps[0].client_name, "Port Reports");
  await change(client, { published: false });
  assert.deepEqual(await listed(), []);
  await change(client, { published: true });
  assert.deepEqual(await listed(), [client.client_id]);
  await administer(url, "DELETE", `/register/${client.client_id}`, undefined, 204);
  assert.deepEqual(await listed(), []);
});

// spec: Fetch - scripts of any site may read the catalogue
// spec: RFC 9110 section 13.1.2 - a copy that is still good is not sent again
test("the product's own page reads the catalogue, and need not read it twice", async () => {
  const client = await newClient(url, { published: true });
  const first = await json("/apps.json", { origin: "https://product.example.com" });
  assert.equal(first.headers.get("access-control-allow-origin"), "*");
  assert.equal(first.headers.get("cache-control"), "public, max-age=60");
  const etag = first.headers.get("etag");
  assert.equal((await json("/apps.json", { "if-none-match": etag })).status, 304);
  await change(client, { description: "New" });
  const second = await json("/apps.json", { "if-none-match": etag });
  assert.equal(second.status, 200);
  assert.notEqual(second.headers.get("etag"), etag);
  await administer(url, "DELETE", `/register/${client.client_id}`, undefined, 204);
});

test("a search finds apps, says when it found none, and turns pages", async () => {
  const clients = await Promise.all(Array.from({ length: 23 }, (_, number) => newClient(url, { published: true, client_name: `Buoy ${number}`, description: number === 7 ? "Lucky & <b>bold</b>" : undefined })));
  const lucky = await html("/apps?q=LUCKY+bold");
  assert.equal(lucky.text.match(/<li class="row"/g).length, 1);
  assert.ok(lucky.text.includes("Buoy 7") && !lucky.text.includes("<b>bold"));
  assert.match((await html("/apps?q=submarine")).text, /No apps match <bdi>submarine<\/bdi>/);

  const first = await html("/apps?q=buoy");
  assert.equal(first.text.match(/<li class="row"/g).length, 20);
  const next = first.text.match(/<a href="([^"]*)" rel="next">/)[1].replaceAll("&#38;", "&").replaceAll("&amp;", "&");
  assert.equal(next, "/apps?q=buoy&page=2");
  const second = await html(next);
  assert.equal(second.text.match(/<li class="row"/g).length, 3);
  assert.match(second.text, /rel="prev"/);
  assert.doesNotMatch(second.text, /rel="next"/);
  const beyond = await fetch(`${url}/apps?q=buoy&page=9`, { redirect: "manual" });
  assert.deepEqual([beyond.status, beyond.headers.get("location")], [303, "/apps?q=buoy&page=1"], "a page of apps that went since");

  const all = [];
  for (let path = "/apps.json"; path; ) {
    const { body } = await json(path);
    all.push(...body.apps);
    path = body.next?.slice(url.length);
  }
  assert.deepEqual(all.map(({ client_id }) => client_id).sort(), clients.map(({ client_id }) => client_id).sort());
  for (const bad of ["?page=0", "?page=x", "?page=51", `?q=${"x".repeat(101)}`, "?q=a&q=b"]) {
    assert.equal((await html(`/apps${bad}`)).status, 400, bad);
    assert.equal((await json(`/apps.json${bad}`)).status, 400, bad);
  }
  await Promise.all(clients.map(({ client_id }) => administer(url, "DELETE", `/register/${client_id}`, undefined, 204)));
});

test("an odd search is answered: the search is plain text, and finds the apps that contain it", async () => {
  assert.deepEqual((await json()).body, { apps: [] });
  assert.match((await html()).text, /id="apps-none"/);
  const client = await newClient(url, { published: true, client_name: "Tide \u{1f30a} Tables", description: "100 % of O'Hara's <b>ports</b>_" });
  const asked = async (search) => {
    const [page, program] = [await html(`/apps?q=${search}`), await json(`/apps.json?q=${search}`)];
    assert.deepEqual([page.status, program.status], [200, 200], search);
    assert.match(page.headers.get("content-security-policy"), /default-src 'none'/);
    assert.equal(page.headers.get("set-cookie"), null, "a search is nothing that one is known by");
    assert.equal(page.text.includes('<li class="row"'), program.body.apps.length === 1, search);
    return { text: page.text, found: program.body.apps.length };
  };
  for (const good of ["\u{1f30a}", "100 %", "_", "O'Hara", "<b>", "tide  tables", "  ", ""]) assert.equal((await asked(encodeURIComponent(good))).found, 1, good);
  const strange = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1 --", "%%", "T_de", "*", "\u0001", "\u202e", "\ud800", "\u{1f30a}".repeat(100), "{{ 7 * 7 }}", "../../register"];
  for (const query of strange) {
    const { text, found } = await asked(encodeURIComponent(query.toWellFormed()));
    assert.equal(found, 0, query);
    assert.match(text, /No apps match <bdi>/);
    for (const raw of ["<script>alert", "<img src=x"]) assert.ok(!text.includes(raw), query);
  }
  assert.match((await asked("%3Cscript%3Ealert(1)%3C%2Fscript%3E")).text, /No apps match <bdi>&#60;script&#62;alert\(1\)&#60;\/script&#62;<\/bdi>/);

  for (const bad of [`q=${"x".repeat(200)}`, `q=${"%F0%9F%8C%8A".repeat(101)}`, "q=%00", "q=tide%00", "q=%FF", "q=%C3%28", "q=%ED%A0%80", "q=%", "q=%zz"]) {
    const [page, program] = [await html(`/apps?${bad}`), await json(`/apps.json?${bad}`)];
    assert.deepEqual([page.status, program.status, program.body.error], [400, 400, "invalid_request"], bad);
    assert.match(page.text, /The parameter q must have at most 100 characters/);
    assert.match(program.headers.get("content-type"), /^application\/json/);
  }
  assert.equal((await asked("tide")).found, 1, "and it is there as before");
  await administer(url, "DELETE", `/register/${client.client_id}`, undefined, 204);
});

/** The apps of a page: what each is called, what can be done with it, and whether it is said to be connected. */
const lines = ({ html }) =>
  html.split('<li class="row"').slice(1).map((line) => ({
    name: line.match(/<b id="[^"]*">.*?<bdi>([^<]*)/)[1],
    connected: />Connected</.test(line.replaceAll(/<svg[\s\S]*?<\/svg>/g, "")),
    disconnect: line.match(/<button[^>]*name="target" value="([^"]*)"/)?.[1],
    connect: line.match(/<a class="button plain" href="([^"]*)"/)?.[1],
  }));

/** Two published apps, a user who connected the first, and the user's browser. */
async function two() {
  const [first, second] = [await newClient(url, { published: true }), await newClient(url, { published: true, client_name: "Other", client_uri: "https://other.example.com/start" })];
  const [person, visitor, proof] = [await newPerson(url), new Visitor(url), pkce()];
  const { status, body } = await redeem(first, await visitor.allow(authorizeUrl(first, proof), person), proof.verifier);
  assert.equal(status, 200);
  const withdraw = () => Promise.all([first, second].map(({ client_id }) => administer(url, "DELETE", `/register/${client_id}`, undefined, 204)));
  return { first, second, person, visitor, tokens: body, withdraw };
}

test("a user who is signed in sees which apps are connected; visitors and programs do not", async () => {
  const { first, visitor, withdraw } = await two();
  const page = await visitor.open(`${url}/apps`);
  const [harbour, other] = [{ name: "Harbour Reports", connected: true, disconnect: first.client_id, connect: undefined }, { name: "Other", connected: false, disconnect: undefined, connect: "https://other.example.com/start" }];
  assert.deepEqual(lines(page), [harbour, other]);
  assert.deepEqual(await cost(page), [2, 0], "the registry, and the account once");
  assert.match(page.html, /href="\/account"/);
  assert.equal(page.headers.get("cache-control"), "no-store");
  const stranger = await new Visitor(url).open(`${url}/apps`);
  assert.deepEqual(lines(stranger), [{ ...harbour, connected: false, disconnect: undefined, connect: "https://reports.example.com" }, other]);
  assert.doesNotMatch(stranger.html, /Connected|Disconnect|\/account|apps-form/);
  const program = await fetch(`${url}/apps.json`, { headers: { cookie: visitor.cookies } });
  assert.doesNotMatch(await program.text(), /connected/);
  await withdraw();
});

// spec: Invariant 7 - to disconnect takes a session that is alive
test("a user who is signed in disconnects an app there, and it is over at the next request", async () => {
  const { first, second, visitor, tokens, withdraw } = await two();
  const before = await visitor.open(`${url}/apps?q=r`);
  const after = await visitor.submit(before, "apps-form", { target: first.client_id });
  assert.ok(after.address.startsWith(`${url}/apps?q=r&page=1&notice=gr_nt_`), "back to what was searched for");
  assert.match(after.html, /id="account-notice"[\s\S]*The app has been disconnected\./);
  assert.deepEqual(lines(after).map(({ connected, disconnect }) => [connected, disconnect]), [[false, undefined], [false, undefined]]);
  assert.equal((await refresh(first, tokens.refresh_token)).body.error, "invalid_grant");
  assert.equal((await userinfo(tokens.access_token)).status, 401);
  assert.match((await visitor.open(authorizeUrl(first, pkce()))).html, /id="consent-form"/, "to connect it again, the user is asked again");
  assert.equal((await visitor.submit(before, "apps-form", { target: second.client_id })).status, 200, "what is not connected stays so");
  await withdraw();
});

// spec: Fetch Metadata - a form that came from another site is refused
test("no other site, no stranger and no other user disconnects an app, and no GET does", async () => {
  const { first, visitor, tokens, withdraw } = await two();
  const fields = { action: "disconnect", target: first.client_id };
  const post = (cookie, headers, body = fields) => fetch(`${url}/apps`, { method: "POST", redirect: "manual", headers: { cookie, ...headers }, body: new URLSearchParams(body) });
  for (const headers of [{}, { origin: "https://evil.example" }, { origin: "null", "sec-fetch-site": "cross-site" }]) assert.equal((await post(visitor.cookies, headers)).status, 403);
  for (const body of [{}, { target: first.client_id }, { action: "disconnect" }, { action: "disconnect", target: "\u0001" }, { ...fields, action: "sign-out-everywhere" }]) {
    assert.equal((await post(visitor.cookies, { origin: url }, body)).status, 400, JSON.stringify(body));
  }
  const stranger = await post("", { origin: url });
  assert.deepEqual([stranger.status, stranger.headers.get("location")], [303, "/account"], "the account page asks the user to sign in");
  const mallory = new Visitor(url);
  await mallory.allow(authorizeUrl(first, pkce()), await newPerson(url));
  assert.equal((await post(mallory.cookies, { origin: url })).status, 303);
  assert.equal((await visitor.open(`${url}/apps?${new URLSearchParams(fields)}`)).status, 200);
  assert.equal((await refresh(first, tokens.refresh_token)).status, 200);
  await withdraw();
});

test("the consent page shows logo, policy and terms, and a new logo asks again", async () => {
  const client = await newClient(url, { logo: PNG, logo_uri: "https://tracker.example/logo.png", policy_uri: "https://reports.example.com/privacy", tos_uri: "https://reports.example.com/terms" });
  const visitor = new Visitor(url);
  const person = await newPerson(url);
  const address = connection(url).authorizeUrl(client, pkce());
  let page = await visitor.open(address);
  page = await visitor.submit(page, "login-form", { username: person.userName, password: person.password });
  for (const part of [`src="${PNG}"`, 'href="https://reports.example.com/privacy"', 'href="https://reports.example.com/terms"']) {
    assert.ok(page.html.includes(part), part);
  }
  assert.match(page.headers.get("content-security-policy"), /default-src 'none';.*img-src 'self' data:(;|$)/, "no picture is loaded from anywhere");
  assert.ok(!page.html.includes("tracker.example"));
  assert.ok((await visitor.submit(page, "consent-form", { decision: "allow" })).left.includes("code="));
  assert.ok((await visitor.open(address)).left.includes("code="), "remembered");
  const chooser = await visitor.open(connection(url).authorizeUrl(client, pkce(), { prompt: "select_account" }));
  assert.ok(chooser.html.includes(`src="${PNG}"`), "the chooser shows the logo");
  await change(client, { logo: undefined });
  const again = await visitor.open(address);
  assert.match(again.html, /id="consent-form"/);
  assert.doesNotMatch(again.html, /src="data:/);
});
