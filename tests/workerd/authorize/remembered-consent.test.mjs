// Remembered consent over HTTP: for which apps it answers without a page, and which changes of an app ask again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { approve, newDeveloper } from "../../support/portal.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const { url } = await startServer({ vars: { DYNAMIC_REGISTRATION: "open" } });
const { authorizeUrl } = connection(url);
const SCOPE = "openid";
const HTTPS = "https://reports.example.com/callback";

/** A user allows the app. The returned function sends them there again and tells whether they are asked. */
async function allowed(app) {
  const visitor = new Visitor(url);
  const address = (more) => authorizeUrl(app, pkce(), { scope: SCOPE, ...more });
  assert.ok((await visitor.allow(address(), await newPerson(url))).searchParams.get("code"));
  return async (more) => {
    const page = await visitor.open(address(more));
    if (page.left) return new URL(page.left).searchParams.has("code") ? "answered" : page.left;
    return page.html.includes('id="consent-form"') ? "asked" : page.html;
  };
}

/** KV may have an older version of an app for a while. */
async function becomes(again, what, more) {
  let found = await again(more);
  for (const end = Date.now() + 60_000; found !== what && Date.now() < end; found = await again(more)) await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(found, what);
}

async function registeredItself(redirect_uri) {
  const body = JSON.stringify({ client_name: "Stranger", redirect_uris: [redirect_uri], scope: SCOPE });
  const response = await fetch(`${url}/register`, { method: "POST", headers: { "content-type": "application/json" }, body });
  assert.equal(response.status, 201);
  return response.json();
}

const registered = (redirect_uri, token_endpoint_auth_method) => newClient(url, { redirect_uris: [redirect_uri], token_endpoint_auth_method });
const APPS = [
  ["a confidential app of the administrator's", "answered", () => registered(HTTPS)],
  ["a public app of the administrator's that returns to https", "answered", () => registered(HTTPS, "none")],
  ["an app that returns to this machine by number", "asked", () => registered("http://127.0.0.1:51004/callback", "none")],
  ["an app that returns to localhost", "asked", () => registered("http://localhost:51004/callback", "none")],
  ["an app that returns to a scheme that any app may claim", "asked", () => registered("com.example.app:/callback", "none")],
  ["an app that registered itself", "asked", () => registeredItself(HTTPS)],
  ["a developer's app that was not reviewed", "asked", async () => (await newDeveloper(url)).made()],
  ["a developer's app that the administrator approved", "answered", async () => {
    const app = await (await newDeveloper(url)).made();
    await approve(url, app, { verified: true });
    return app;
  }],
];
for (const [app, what, make] of APPS) {
  // spec: RFC 8252 section 8.6 - a client whose identity is not assured is never answered without asking the user
  test(`a second request of ${app} is ${what}`, async () => {
    await becomes(await allowed(await make()), what);
  });
}

const other = "https://reports.example.com/other";
const CHANGES = {
  "another name": ["asked", { client_name: "Your Bank" }],
  "another site": ["asked", { client_uri: "https://bank.example" }],
  "another host to return to": ["asked", { redirect_uris: [HTTPS, "https://elsewhere.example/callback"] }],
  "another path on the same host": ["answered", { redirect_uris: [HTTPS, other] }, { redirect_uri: other }],
};
for (const [change, [what, members, more]] of Object.entries(CHANGES)) {
  // spec: OpenID Connect Core section 3.1.2.4 - a consent is given to a name, a site and the hosts an app returns to
  test(`after ${change} the app is ${what} when it comes again`, async () => {
    const app = await newClient(url, { scope: SCOPE });
    const again = await allowed(app);
    await approve(url, app, members);
    await becomes(again, what, more);
  });
}
