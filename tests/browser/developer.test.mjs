// The developer portal in a real browser: a developer registers an app and looks after it without a pointer.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { DEVELOPER, newPerson } from "../support/administration.mjs";
import { browserTest, tabTo } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const server = await startServer();

/** Goes to an element and presses Enter there; the next page is there when this returns. */
async function press(page, id) {
  await tabTo(page, id);
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
}

async function type(page, id, text) {
  await tabTo(page, id);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
}

/** axe-core has nothing against what the page shows now. It runs past the page's own policy. */
async function isFitForAll(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`), [], page.url());
}

const notice = async (page) => (await page.locator("#account-notice").innerText()).trim();

// spec: WCAG 2.2 section 2.1.1 - an app is registered, changed, published and deleted without a pointer
// spec: WCAG 2.2 section 3.3.1 - what is wrong with a field is said in words beside it
browserTest("a developer looks after an app by keyboard alone", async ({ page }) => {
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  const person = await newPerson(server.url, DEVELOPER);
  await page.goto(`${server.url}/developer`);
  await type(page, "username", person.userName);
  await type(page, "password", person.password);
  await Promise.all([page.waitForURL(`${server.url}/developer`), page.keyboard.press("Enter")]);
  await isFitForAll(page);

  await press(page, "new-app");
  await isFitForAll(page);
  await type(page, "client_name", "Tide Tables");
  await type(page, "redirect_uris", "http://tide.example.com/callback");
  await press(page, "app-submit");
  assert.equal(await page.evaluate(() => document.activeElement.id), "redirect_uris", "one is led to what is wrong");
  assert.match(await page.locator("#redirect_uris-problem").innerText(), /http:\/\/tide\.example\.com\/callback/);
  assert.equal(await page.locator("#client_name").inputValue(), "Tide Tables");
  await isFitForAll(page);

  await type(page, "redirect_uris", "https://tide.example.com/callback");
  await type(page, "client_uri", "https://tide.example.com");
  await press(page, "app-submit");
  const secret = await page.locator("#client-secret").innerText();
  assert.match(secret, /^gr_secret_/);
  await isFitForAll(page);
  await page.reload();
  assert.equal(await page.locator("#client-secret").count(), 0, "a reload shows it no more");
  assert.match(await notice(page), /has already been created/);
  await isFitForAll(page);

  await press(page, "rotate");
  const second = await page.locator("#client-secret").innerText();
  assert.notEqual(second, secret);
  await press(page, "to-app");
  assert.ok(!(await page.content()).includes(second));
  await press(page, "end-earlier");
  assert.match(await notice(page), /no longer works/);

  await type(page, "client_name", "Ebb Tables");
  await press(page, "app-submit");
  assert.match(await notice(page), /saved/);
  assert.equal(await page.locator("h1").innerText(), "Ebb Tables");
  await press(page, "publish");
  assert.match(await notice(page), /administrator will review/);
  await press(page, "withdraw");

  await press(page, "delete");
  await isFitForAll(page);
  await press(page, "delete-confirm");
  assert.match(await notice(page), /deleted/);
  assert.equal(await page.locator("#apps-none").count(), 1);
  await isFitForAll(page);
  // A refused form is answered 400, and a browser says so.
  assert.deepEqual(complaints.filter((text) => !text.includes("400 (Bad Request)")), [], "the browser has nothing else to complain about");
});

browserTest("a user without the role reads whom to ask, and everybody reads the documentation, without script", { javaScriptEnabled: false }, async ({ page }) => {
  const person = await newPerson(server.url);
  await page.goto(`${server.url}/developer`);
  await page.fill("#username", person.userName);
  await page.fill("#password", person.password);
  await page.click("#login-submit");
  assert.match(await page.locator("#developer-denied").innerText(), /administrator/);
  await page.goto(`${server.url}/developer/docs`);
  assert.ok((await page.locator("pre").count()) >= 10);
});

// spec: WCAG 2.2 section 2.1.1 - a file is chosen, sent and taken away without a pointer
browserTest("a logo is chosen, uploaded, shown and removed by keyboard alone", async ({ page }) => {
  const person = await newPerson(server.url, DEVELOPER);
  await page.goto(`${server.url}/developer/new`);
  await type(page, "username", person.userName);
  await type(page, "password", person.password);
  await Promise.all([page.waitForURL(`${server.url}/developer`), page.keyboard.press("Enter")]);
  await press(page, "new-app");
  await type(page, "client_name", "Tide Tables");
  await type(page, "redirect_uris", "https://tide.example.com/callback");
  await press(page, "app-submit");
  await press(page, "to-app");

  // A listener that is there before the key is pressed holds the dialog back.
  page.on("filechooser", () => {});
  /** Opens the browser's own dialog with that key, and chooses what is in it. */
  const choose = async (key, name, mimeType, buffer) => {
    await tabTo(page, "logo");
    const [chooser] = await Promise.all([page.waitForEvent("filechooser"), page.keyboard.press(key)]);
    assert.equal(chooser.isMultiple(), false);
    await chooser.setFiles({ name, mimeType, buffer });
  };
  await choose("Space", "logo.svg", "image/png", Buffer.from("<svg/>"));
  await press(page, "logo-send");
  assert.match(await page.locator("#logo-problem").innerText(), /not a PNG/);
  assert.equal(await page.evaluate(() => document.activeElement.id), "logo", "one is led to what is wrong");
  await isFitForAll(page);
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNg2Cb2HwAC9AGu5ZtnQwAAAABJRU5ErkJggg==", "base64");
  await choose("Enter", "logo.png", "image/png", png);
  await press(page, "logo-send");
  assert.match(await notice(page), /logo has been updated/);
  const logo = page.locator(".headline img.pic");
  assert.equal(await logo.getAttribute("src"), `data:image/png;base64,${png.toString("base64")}`);
  assert.equal(await logo.evaluate(({ complete, naturalWidth }) => complete && naturalWidth), 1, "the browser draws it");
  await isFitForAll(page);
  await press(page, "logo-remove");
  assert.equal(await logo.count(), 0);
});
