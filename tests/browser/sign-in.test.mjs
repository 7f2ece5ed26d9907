// The main job in a real browser: a user signs in, consents or denies, and sees every error page.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, beforeEach } from "node:test";
import { administer, newClient, newPerson } from "../support/administration.mjs";
import { browserTest } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";

const server = await startServer();
const ada = await newPerson(server.url);
const bob = await newPerson(server.url, { displayName: "Bob" });
const SIX = "openid profile email offline_access reservations.read reservations.create";
const LONG_NAME = "A very long name that a careful marketing team once agreed on";

const authorizeUrl = (client, more = {}) => {
  const parameters = { response_type: "code", client_id: client.client_id, redirect_uri: client.redirect_uris[0], scope: "openid reservations.read", state: "s", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256", ...more };
  return `${server.url}/authorize?${new URLSearchParams(parameters)}`;
};

/** The client's side: what arrives at its redirect URI on this machine is kept. */
const arrived = [];
const posted = [];
const listening = createServer(async (request, response) => {
  if (request.url.startsWith("/callback")) arrived.push(new URL(request.url, "http://localhost"));
  if (request.method === "POST") posted.push(new URLSearchParams(Buffer.concat(await request.toArray()).toString()));
  response.setHeader("content-type", "text/html").end("<h1>Back at the app</h1>");
}).listen(0, "localhost");
await once(listening, "listening");
after(() => listening.close());
beforeEach(() => [arrived, posted].forEach((list) => list.splice(0)));
const newApp = (more) => newClient(server.url, { redirect_uris: [`http://localhost:${listening.address().port}/callback`], ...more });

async function signIn(page, person) {
  await page.fill("#username", person.userName);
  await page.fill("#password", person.password);
  await page.click("#login-submit");
}

// spec: RFC 8252 section 8.6 - an app on this machine is asked about each time
browserTest("a user signs in, allows, and the app gets a code", async ({ page }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app));
  assert.equal(new URL(page.url()).pathname, "/login");
  await signIn(page, ada);
  assert.equal(new URL(page.url()).pathname, "/consent");
  const text = await page.locator("body").innerText();
  for (const words of ["Harbour Reports", "See your reservations", "Ada Lovelace"]) assert.ok(text.includes(words), words);
  await page.click("#consent-allow");
  await page.getByText("Back at the app").waitFor();
  assert.match(arrived[0].searchParams.get("code"), /^gr_code_/);
  // Any program could listen on this machine, so an app there is asked about each time.
  await page.goto(authorizeUrl(app));
  assert.equal(new URL(page.url()).pathname, "/consent");
});

browserTest("form_post sends the answer by itself, and no part of it in an address", async ({ page }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app, { response_mode: "form_post" }));
  await signIn(page, ada);
  await page.click("#consent-allow");
  await page.getByText("Back at the app").waitFor();
  assert.equal(arrived.at(-1).search, "");
  assert.match(posted[0].get("code"), /^gr_code_/);
  assert.equal(posted[0].get("state"), "s");
});

browserTest("form_post without script has a button", { javaScriptEnabled: false }, async ({ page }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app, { response_mode: "form_post" }));
  await signIn(page, ada);
  await page.click("#consent-deny");
  await page.click("#form-post-continue");
  await page.getByText("Back at the app").waitFor();
  assert.equal(posted[0].get("error"), "access_denied");
});

// spec: WCAG 2.2 section 2.1.1 - signing in and deciding need no pointer
// spec: RFC 6749 section 4.1.2.1 - the answer of a user who declines is access_denied
browserTest("a user denies by keyboard alone", async ({ page }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app));
  await page.keyboard.press("Tab");
  while ((await page.evaluate(() => document.activeElement.id)) !== "username") await page.keyboard.press("Tab");
  await page.keyboard.type(ada.userName);
  await page.keyboard.press("Tab");
  await page.keyboard.type(ada.password);
  await page.keyboard.press("Enter");
  await page.waitForURL("**/consent?**");
  for (let presses = 0; presses < 20; presses++) {
    if ((await page.evaluate(() => document.activeElement.id)) === "consent-deny") break;
    await page.keyboard.press("Tab");
  }
  await page.keyboard.press("Enter");
  await page.getByText("Back at the app").waitFor();
  assert.equal(arrived[0].searchParams.get("error"), "access_denied");
});

// spec: Invariant 11 - no refusal says whether the name exists
browserTest("a wrong password and an unknown name are answered alike", async ({ page }) => {
  const app = await newApp();
  const answers = [];
  for (const person of [{ ...ada, password: "wrong password" }, { userName: "nobody-here", password: "wrong password" }]) {
    await page.goto(authorizeUrl(app));
    await signIn(page, person);
    answers.push(await page.locator("#error-message").innerText());
    assert.equal(await page.inputValue("#password"), "", "the password is not kept in the page");
  }
  assert.equal(answers[0], answers[1]);
});

browserTest("two requests in two tabs are both completed", async ({ page, context }) => {
  const [first, second] = [await newApp(), await newApp()];
  const other = await context.newPage();
  await page.goto(authorizeUrl(first));
  await other.goto(authorizeUrl(second));
  await signIn(page, ada);
  await page.click("#consent-allow");
  await page.getByText("Back at the app").waitFor();
  // The other tab still shows the sign-in form. The user is signed in by now, so consent is the next page.
  await signIn(other, ada);
  await other.click("#consent-allow");
  await other.getByText("Back at the app").waitFor();
  assert.equal(arrived.length, 2);
});

browserTest("the back button shows nothing that can be misused", async ({ page }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app));
  await signIn(page, ada);
  await page.click("#consent-allow");
  await page.getByText("Back at the app").waitFor();
  await page.goBack();
  // Pages are never cached, so the browser requested this one again: the same question to the same user, still open.
  assert.equal(new URL(page.url()).pathname, "/consent");
  assert.ok((await page.locator("#consent-client").innerText()).includes("Harbour Reports"));
  assert.ok((await page.locator("#consent-person").innerText()).includes("Ada Lovelace"));
  assert.ok(await page.locator("#consent-allow").isVisible());
  await page.goBack();
  assert.equal(new URL(page.url()).pathname, "/consent", "a signed-in user does not get the sign-in form");
  assert.equal(await page.locator("#password").count(), 0);
  assert.equal(arrived.filter((url) => url.searchParams.has("code")).length, 1, "going back sends the app nothing");
});

// spec: Invariant 7 - a consent page allows nothing in the name of another user
browserTest("another user who signs in meanwhile is asked in their own name", async ({ page, context }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app));
  await signIn(page, ada);
  assert.ok((await page.locator("#consent-form").innerText()).includes("Ada"));
  const other = await context.newPage();
  await other.goto(authorizeUrl(app, { prompt: "login" }));
  await signIn(other, bob);
  // Ada's page is still open; the form it holds was shown to Ada and allows nothing in Bob's name.
  await page.click("#consent-allow");
  assert.equal(new URL(page.url()).pathname, "/consent");
  assert.ok((await page.locator("#consent-form").innerText()).includes("Bob"));
});

browserTest("a user who is not the one shown signs in to their own account", async ({ page }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app));
  await signIn(page, ada);
  await page.locator("#consent-form a").first().click();
  assert.equal(new URL(page.url()).pathname, "/login");
  assert.ok((await page.locator("#choose-form button").innerText()).includes("Ada"), "Ada stays signed in");
  await page.locator("#choose-form a").click();
  await signIn(page, bob);
  assert.ok((await page.locator("#consent-person").innerText()).includes("Bob"));
  await page.click("#consent-allow");
  await page.getByText("Back at the app").waitFor();
  assert.ok(arrived[0].searchParams.get("code"));
});

// spec: RFC 6749 section 4.1.2.1 - an unknown client is told to the user
browserTest("a page of another browser, or garbage, says so and where to go", async ({ page }) => {
  await page.goto(`${server.url}/login?interaction=gr_int_garbage`);
  assert.ok(await page.locator("#error-message").isVisible());
  await page.goto(authorizeUrl({ client_id: "c_unknown", redirect_uris: ["https://reports.example.com/callback"] }));
  const text = await page.locator("#error-message").innerText();
  assert.ok(text.includes("invalid_client"), text);
});

browserTest("a page of another browser leads back to the same request, from the beginning", async ({ page, context }) => {
  const app = await newApp();
  await page.goto(authorizeUrl(app));
  const address = page.url();
  await context.clearCookies();
  await page.goto(address);
  assert.equal(await page.locator("#login-form").count(), 0);
  await page.getByRole("link", { name: "Start again" }).click();
  await page.locator("#login-form").waitFor();
  await signIn(page, ada);
  await page.click("#consent-allow");
  await page.getByText("Back at the app").waitFor();
  assert.ok(arrived[0].searchParams.get("code"));
});

browserTest("a consent page that was open for too long allows nothing", async ({ page }) => {
  const carl = await newPerson(server.url, { displayName: "Carl" });
  await page.goto(authorizeUrl(await newApp()));
  await signIn(page, carl);
  await page.locator("#consent-allow").waitFor();
  const change = { schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], Operations: [{ op: "replace", path: "active", value: false }] };
  await administer(server.url, "PATCH", `/scim/v2/Users/${carl.id}`, change, 200);
  await page.click("#consent-allow");
  await page.locator("#login-form").waitFor();
  assert.equal(new URL(page.url()).pathname, "/login", "going on needs a sign-in first");
  assert.equal(arrived.length, 0);
});

for (const colorScheme of ["light", "dark"]) {
  // spec: WCAG 2.2 section 1.4.10 - nothing scrolls sideways on a phone
  browserTest(`six scopes and a long name fit a phone (${colorScheme})`, async ({ page }) => {
    await page.setViewportSize({ width: 375, height: 667 });
    await page.emulateMedia({ colorScheme });
    const app = await newApp({ client_name: LONG_NAME });
    assert.ok(LONG_NAME.length >= 60);
    await page.goto(authorizeUrl(app, { scope: SIX }));
    await signIn(page, ada);
    const boxes = await Promise.all(["#consent-client", "#consent-person", "#consent-allow", "#consent-deny"].map((id) => page.locator(id).boundingBox()));
    for (const box of boxes) {
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 375 && box.y + box.height <= 667, JSON.stringify(boxes));
    }
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 375);
  });
}
