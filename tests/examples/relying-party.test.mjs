// examples/relying-party: a user signs in, the app calls the API in the user's name, and each error is handled.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { AppVisitor } from "../support/app-visitor.mjs";
import { startExample } from "../support/example.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const server = await startServer();
const ada = await newPerson(server.url);
const [appPort, apiPort] = [await freePort(), await freePort()];
const home = `http://localhost:${appPort}`;
const registered = await newClient(server.url, { client_name: "Example", redirect_uris: [`${home}/callback`], post_logout_redirect_uris: [`${home}/`], token_endpoint_auth_method: "none" });
const api = await startExample("resource-server", `http://localhost:${apiPort}`, { args: ["--port", String(apiPort), "--var", `ISSUER:${server.url}`] });

/** Between app and API: keeps the tokens that pass by, and answers in the API's place when a test wants it to. */
const seen = [];
let instead;
const between = createServer(async (request, response) => {
  const { authorization } = request.headers;
  seen.push(authorization);
  if (instead) return void response.writeHead(401, { "www-authenticate": instead, "content-type": "application/json" }).end("{}");
  const answer = await fetch(api.url + request.url, { method: request.method, headers: { authorization } });
  response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
}).listen(0, "localhost");
await once(between, "listening");
after(() => between.close());

await startExample("relying-party", home, {
  env: { ISSUER: server.url, CLIENT_ID: registered.client_id, PORT: String(appPort), API: `http://localhost:${between.address().port}` },
});

/** A browser that is signed in at the app. */
async function signedIn() {
  const [atApp, atServer] = [new AppVisitor(), new Visitor(server.url)];
  await back(atApp, await atServer.allow((await atApp.open(`${home}/login`)).location.href, ada));
  return { atApp, atServer };
}

async function back(atApp, answer) {
  const { status, location } = await atApp.open(answer);
  assert.deepEqual([status, location?.href], [303, `${home}/`]);
}

// spec: OpenID Connect Core section 3.1 - the example signs a user in with the code flow
test("a user signs in, and the app reads the API in the user's name", async () => {
  const stranger = new AppVisitor();
  assert.ok((await stranger.open(home)).text.includes('href="/login"'));
  assert.equal((await stranger.open(`${home}/reservations`)).location.href, `${home}/login`);

  const { atApp } = await signedIn();
  assert.ok((await atApp.open(home)).text.includes("Hello, Ada Lovelace"));
  const read = await atApp.open(`${home}/reservations`);
  assert.equal(read.status, 200);
  assert.ok(read.text.includes("Sea view") && read.text.includes(ada.id), read.text);
  const made = await atApp.open(`${home}/reservations`, { method: "POST" });
  assert.equal(made.status, 201);
  assert.ok(made.text.includes("Garden"));
});

// spec: RFC 9700 section 4.7 - an answer that another browser asked for signs nobody in
test("an answer that this browser did not ask for signs nobody in", async () => {
  const asked = await new AppVisitor().open(`${home}/login`);
  const answer = await new Visitor(server.url).allow(asked.location.href, ada);
  const victim = new AppVisitor();
  assert.equal((await victim.open(answer)).status, 400, "a browser that asked for nothing");
  await victim.open(`${home}/login`);
  assert.equal((await victim.open(answer)).status, 500, "a browser that asked for something else");
  assert.ok((await victim.open(home)).text.includes("Sign in"));
});

// spec: RFC 9207 section 2.4 - an answer that names another issuer is refused
test("an answer that is altered, or comes twice, is refused", async () => {
  for (const alter of [(url) => url.searchParams.set("iss", "https://evil.example"), (url) => url.searchParams.delete("iss"), (url) => url.searchParams.set("state", "x")]) {
    const atApp = new AppVisitor();
    const answer = await new Visitor(server.url).allow((await atApp.open(`${home}/login`)).location.href, ada);
    alter(answer);
    assert.notEqual((await atApp.open(answer)).location?.href, `${home}/`);
    assert.ok((await atApp.open(home)).text.includes("Sign in"));
  }
  const atApp = new AppVisitor();
  const answer = await new Visitor(server.url).allow((await atApp.open(`${home}/login`)).location.href, ada);
  await back(atApp, answer);
  assert.equal((await atApp.open(answer)).status, 400);
});

test("a user who declines is told so", async () => {
  const [atApp, atServer] = [new AppVisitor(), new Visitor(server.url)];
  const login = await atServer.open((await atApp.open(`${home}/login`)).location.href);
  const consent = await atServer.submit(login, "login-form", { username: ada.userName, password: ada.password });
  const { left } = await atServer.submit(consent, "consent-form", { decision: "deny" });
  const told = await atApp.open(left);
  assert.equal(told.status, 403);
  assert.ok(told.text.includes("access_denied"));
});

// spec: RFC 9470 section 4 - what the API demands is asked of the authorization server
test("when the API demands a fresh sign-in, the app asks for it", async () => {
  const { atApp, atServer } = await signedIn();
  instead = 'Bearer error="insufficient_user_authentication", max_age="0"';
  const { location } = await atApp.open(`${home}/reservations`, { method: "POST" });
  instead = undefined;
  assert.equal(location.origin, server.url);
  assert.equal(location.searchParams.get("max_age"), "0");
  const page = await atServer.open(location.href);
  assert.ok(page.html.includes('id="login-form"'), "although the user is signed in");
  const consent = await atServer.submit(page, "login-form", { username: ada.userName, password: ada.password });
  const { left } = await atServer.submit(consent, "consent-form", { decision: "allow" });
  const before = seen.at(-1);
  await back(atApp, left);
  assert.equal((await atApp.open(`${home}/reservations`, { method: "POST" })).status, 201);
  assert.notEqual(seen.at(-1), before, "with a new token");
});

// spec: RFC 7009 section 2.1 - signing out of the example revokes its tokens
// spec: OpenID Connect RP-Initiated Logout section 3 - and ends the session at the server, which brings the user back
test("signing out ends the tokens, and the session here and there", async () => {
  const { atApp, atServer } = await signedIn();
  await atApp.open(`${home}/reservations`);
  const authorization = seen.at(-1);
  const userinfo = async () => (await fetch(`${server.url}/userinfo`, { headers: { authorization } })).status;
  assert.equal(await userinfo(), 200);
  const out = await atApp.open(`${home}/logout`, { method: "POST" });
  assert.deepEqual([out.status, out.location.origin], [303, server.url]);
  assert.equal((await atServer.open(out.location.href)).left, `${home}/`);
  assert.ok((await atApp.open(home)).text.includes("Sign in"));
  assert.equal(await userinfo(), 401);
  const again = await atServer.open((await atApp.open(`${home}/login`)).location.href);
  assert.ok(again.html.includes('id="login-form"'));
});

test("the examples use the versions that are tested here", () => {
  const read = (file) => JSON.parse(readFileSync(inRoot(file), "utf8"));
  const { devDependencies } = read("package.json");
  for (const name of ["relying-party", "resource-server"]) {
    const example = read(`examples/${name}/package.json`);
    for (const [library, version] of Object.entries({ ...example.dependencies, ...example.devDependencies })) {
      assert.equal(version, devDependencies[library], `${library} of ${name}`);
    }
  }
});
