// The catalogue over HTTP: what is published is there at the next request, for people and for the product's own pages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { administer, newClient, newPerson } from "../support/administration.mjs";
import { connection, pkce } from "../support/connection.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const { url } = await startServer();
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

test("L4: an app is listed at the next request after it was published, and gone at the next after it was withdrawn", async () => {
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
  assert.match(page.headers.get("content-security-policy"), /img-src data:;/);

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
  assert.equal(lucky.text.match(/<li class="person">/g).length, 1);
  assert.ok(lucky.text.includes("Buoy 7") && !lucky.text.includes("<b>bold"));
  assert.match((await html("/apps?q=submarine")).text, /No app matches <bdi>submarine<\/bdi>/);

  const first = await html("/apps?q=buoy");
  assert.equal(first.text.match(/<li class="person">/g).length, 20);
  const next = first.text.match(/<a href="([^"]*)" rel="next">/)[1].replaceAll("&#38;", "&").replaceAll("&amp;", "&");
  assert.equal(next, "/apps?q=buoy&page=2");
  const second = await html(next);
  assert.equal(second.text.match(/<li class="person">/g).length, 3);
  assert.match(second.text, /rel="prev"/);
  assert.doesNotMatch(second.text, /rel="next"/);

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

test("who is signed in sees which apps are connected; strangers and programs see nothing of that", async () => {
  const connected = await newClient(url, { published: true });
  const other = await newClient(url, { published: true, client_name: "Other" });
  const person = await newPerson(url);
  const visitor = new Visitor(url);
  await visitor.allow(connection(url).authorizeUrl(connected, pkce()), person);
  const page = await visitor.open(`${url}/apps`);
  const lines = page.html.split('<li class="person">').slice(1);
  assert.deepEqual(lines.map((line) => [line.includes("Harbour Reports"), line.includes("Connected")]), [[true, true], [false, false]]);
  assert.match(page.html, /href="\/account"/);
  const stranger = await html();
  assert.doesNotMatch(stranger.text, /Connected|\/account/);
  const program = await fetch(`${url}/apps.json`, { headers: { cookie: visitor.cookies } });
  assert.doesNotMatch(await program.text(), /connected/);
  for (const { client_id } of [connected, other]) await administer(url, "DELETE", `/register/${client_id}`, undefined, 204);
});

test("the consent page shows logo, policy and terms, and a new logo asks again", async () => {
  const client = await newClient(url, { logo: PNG, policy_uri: "https://reports.example.com/privacy", tos_uri: "https://reports.example.com/terms" });
  const visitor = new Visitor(url);
  const person = await newPerson(url);
  const address = connection(url).authorizeUrl(client, pkce());
  let page = await visitor.open(address);
  page = await visitor.submit(page, "login-form", { username: person.userName, password: person.password });
  for (const part of [`src="${PNG}"`, 'href="https://reports.example.com/privacy"', 'href="https://reports.example.com/terms"']) {
    assert.ok(page.html.includes(part), part);
  }
  assert.ok((await visitor.submit(page, "consent-form", { decision: "allow" })).left.includes("code="));
  assert.ok((await visitor.open(address)).left.includes("code="), "remembered");
  const chooser = await visitor.open(connection(url).authorizeUrl(client, pkce(), { prompt: "select_account" }));
  assert.ok(chooser.html.includes(`src="${PNG}"`), "the chooser shows the logo");
  await change(client, { logo: undefined });
  const again = await visitor.open(address);
  assert.match(again.html, /id="consent-form"/);
  assert.doesNotMatch(again.html, /src="data:/);
});
