// /account in a real browser: a user manages their account without any app.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";
import { newClient, newPerson } from "../support/administration.mjs";
import { browserTest, tabTo } from "../support/browser.mjs";
import { connection, pkce } from "../support/connection.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const server = await startServer();
const { authorizeUrl } = connection(server.url);
const app = await newClient(server.url);

/** Where an app listens that runs on the user's own machine. */
const listening = createServer((request, response) => response.setHeader("content-type", "text/html").end("<h1>Back at the app</h1>")).listen(0, "localhost");
await once(listening, "listening");
after(() => listening.close());

/** A user who allowed the app, in another browser than the one of the test. */
async function connected() {
  const person = await newPerson(server.url);
  const visitor = new Visitor(server.url);
  await visitor.allow(authorizeUrl(app, pkce()), person);
  return { person, visitor };
}

async function signIn(page, person) {
  await page.goto(`${server.url}/account`);
  await page.fill("#username", person.userName);
  await page.fill("#password", person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.url}/account`);
}

// spec: WCAG 2.2 section 2.1.1 - disconnecting an app and signing out need no pointer
// spec: WCAG 2.2 section 4.1.3 - what was done is said as a status
browserTest("a user disconnects an app and signs out everywhere, by keyboard alone", async ({ page }) => {
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  const { person, visitor } = await connected();
  await signIn(page, person);
  const text = await page.locator("main").innerText();
  for (const words of ["Ada Lovelace", "Harbour Reports", "See your reservations", "This browser", "Another browser"]) assert.ok(text.includes(words), words);

  await tabTo(page, "disconnect-1");
  await page.keyboard.press("Enter");
  await page.locator("#account-notice").waitFor();
  assert.equal(await page.locator("#account-notice").getAttribute("role"), "status");
  assert.equal(await page.locator("#app-1").count(), 0);

  await tabTo(page, "sign-out-everywhere");
  await page.keyboard.press("Enter");
  await page.locator("#login-form").waitFor();
  assert.ok((await page.locator("#account-notice").innerText()).includes("signed out everywhere"));
  assert.ok((await visitor.open(`${server.url}/account`)).html.includes('id="login-form"'), "the other browser too");
  await page.reload();
  assert.deepEqual(complaints, [], "the browser has nothing to complain about");
});

// spec: WCAG 2.2 section 2.1.1 - earlier activity is reached without a pointer
browserTest("a user looks at earlier activity, by keyboard alone", async ({ page }) => {
  const { person } = await connected();
  for (let times = 0; times < 4; times++) await new Visitor(server.url).allow(authorizeUrl(app, pkce()), person);
  await signIn(page, person);
  const lines = page.locator("#account-activity li");
  assert.equal(await lines.count(), 5);
  await tabTo(page, "activity-more");
  await page.keyboard.press("Enter");
  await page.waitForURL(/activity=all/);
  assert.equal(await lines.count(), 7, "six sign-ins and one consent");
  const place = await page.locator("#account-activity").boundingBox();
  assert.ok(place.y >= 0 && place.y < page.viewportSize().height, "in sight");
});

// spec: WCAG 2.2 section 2.1.1 - changing the password and deleting the account need no pointer
// spec: WCAG 2.2 section 3.3.1 - what is wrong is said beside the field, in words
browserTest("a user changes their password and deletes their account, by keyboard alone", async ({ page }) => {
  const { person, visitor } = await connected();
  await signIn(page, person);
  const type = async (id, text) => {
    await tabTo(page, id);
    await page.keyboard.type(text);
  };
  const change = async (current) => {
    await type("current-password", current);
    await type("new-password", "a long and better password");
    await type("new-password-again", "a long and better password");
    await page.keyboard.press("Enter");
  };
  await tabTo(page, "password-open");
  await page.keyboard.press("Enter");
  await change("not the password");
  await page.locator("#error-message").waitFor();
  assert.ok(await page.locator("#password-form").isVisible(), "the form is still open");
  assert.equal(await page.locator("#current-password").getAttribute("aria-invalid"), "true");
  await change(person.password);
  await page.locator("#account-notice").waitFor();
  assert.ok((await page.locator("#account-activity").innerText()).includes("You changed your password"));
  assert.ok((await visitor.open(`${server.url}/account`)).html.includes('id="login-form"'), "the other browser is signed out");

  await tabTo(page, "delete-open");
  await page.keyboard.press("Enter");
  await type("delete-name", person.userName);
  await page.keyboard.press("Enter");
  await page.locator("#account-deleted").waitFor();
  await page.goto(`${server.url}/account`);
  await page.locator("#login-form").waitFor();
});

browserTest("a user ticks an optional scope, by keyboard alone", async ({ page }) => {
  const choosing = await newClient(server.url, { optional_scope: "email reservations.create", redirect_uris: ["http://localhost:47123/callback"] });
  const person = await newPerson(server.url);
  await signIn(page, person);
  await page.goto(authorizeUrl(choosing, pkce(), { scope: "openid email reservations.create" }));
  assert.deepEqual(await page.locator("#consent-optional input").evaluateAll((all) => all.map((one) => one.checked)), [false, false]);
  await tabTo(page, "allow-2");
  await page.keyboard.press("Space");
  await tabTo(page, "consent-allow");
  const answered = page.waitForRequest(/\/callback\?/);
  await page.keyboard.press("Enter");
  assert.equal(new URL((await answered).url()).searchParams.get("scope"), "openid reservations.create");
});

// spec: WCAG 2.2 section 2.1.1 - to end one session, or all others, needs no pointer
browserTest("a user signs out one other browser, and then all others, by keyboard alone", async ({ page }) => {
  const { person, visitor } = await connected();
  const others = [visitor, new Visitor(server.url), new Visitor(server.url)];
  for (const other of others.slice(1)) await other.allow(authorizeUrl(app, pkce()), person);
  await signIn(page, person);
  const left = async () => {
    const homes = await Promise.all(others.map((other) => other.open(`${server.url}/account`)));
    return homes.filter(({ html }) => !html.includes('id="login-form"')).length;
  };
  const press = async (where) => {
    await tabTo(page, where);
    await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
    assert.equal(await page.locator("#account-notice").getAttribute("role"), "status");
  };
  await press(() => document.activeElement.matches("#sessions-form button"));
  assert.equal(await left(), 2);
  await press("sign-out-others");
  assert.equal(await left(), 0);
  assert.equal(await page.locator("#sessions-form button, #sign-out-others").count(), 0, "only this one is left");
});

browserTest("a user signs out in another browser, without script", { javaScriptEnabled: false }, async ({ page }) => {
  const { person, visitor } = await connected();
  await signIn(page, person);
  await page.locator("#sessions-form button").click();
  await page.locator("#account-notice").waitFor();
  assert.equal(await page.locator("#sessions-form button").count(), 0);
  assert.ok((await visitor.open(`${server.url}/account`)).html.includes('id="login-form"'));
});

browserTest("the back button shows no page of a session that has ended", async ({ page }) => {
  const { person } = await connected();
  await signIn(page, person);
  await page.locator("#sign-out-everywhere").click();
  await page.locator("#login-form").waitFor();
  await page.goBack();
  assert.equal(await page.locator("#account-apps").count(), 0, "the page was not kept");
});

// spec: WCAG 2.2 section 2.1.1 - every step from the sign-in to the sign-out needs no pointer
browserTest("a user signs in, allows, chooses their account, searches the catalogue and signs out, by keyboard alone", async ({ page }) => {
  const loopback = await newClient(server.url, { redirect_uris: [`http://localhost:${listening.address().port}/callback`] });
  const person = await newPerson(server.url);
  await page.goto(authorizeUrl(loopback, pkce(), { scope: "openid reservations.read" }));
  await tabTo(page, "username");
  await page.keyboard.type(person.userName);
  await tabTo(page, "password");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await page.locator("#consent-allow").waitFor();
  for (const more of [undefined, { prompt: "select_account" }]) {
    if (more) {
      await page.goto(authorizeUrl(loopback, pkce(), { scope: "openid reservations.read", ...more }));
      await tabTo(page, () => document.activeElement.name === "account");
      await page.keyboard.press("Enter");
      await page.locator("#consent-allow").waitFor();
    }
    await tabTo(page, "consent-allow");
    await page.keyboard.press("Enter");
    await page.getByText("Back at the app").waitFor();
    assert.ok(new URL(page.url()).searchParams.get("code"));
  }
  await page.goto(`${server.url}/apps`);
  await tabTo(page, "q");
  await page.keyboard.type("no such app");
  await page.keyboard.press("Enter");
  await page.locator("#apps-none").waitFor();
  await page.goto(`${server.url}/logout`);
  await tabTo(page, "logout-confirm");
  await page.keyboard.press("Enter");
  await page.locator("#logged-out").waitFor();
});
