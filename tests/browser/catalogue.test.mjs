// The catalogue in a real browser: a user who is signed in connects and disconnects apps there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { newClient, newPerson } from "../support/administration.mjs";
import { browserTest, tabTo } from "../support/browser.mjs";
import { connection, pkce } from "../support/connection.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const server = await startServer();
const { authorizeUrl } = connection(server.url);
const app = await newClient(server.url, { published: true, description: "Reports of the harbour" });
await newClient(server.url, { published: true, client_name: "Night Crew", client_uri: "https://crew.example.com/start" });

/** Signs in a user who connected the first app, and opens the catalogue. */
async function open(page) {
  const person = await newPerson(server.url);
  await new Visitor(server.url).allow(authorizeUrl(app, pkce()), person);
  await page.goto(`${server.url}/account`);
  await page.fill("#username", person.userName);
  await page.fill("#password", person.password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${server.url}/account`);
  await page.goto(`${server.url}/apps`);
}

// spec: WCAG 2.2 section 2.1.1 - an app is disconnected without a pointer
// spec: WCAG 2.2 section 4.1.3 - what was done is said as a status
browserTest("a user disconnects an app in the catalogue, by keyboard alone", async ({ page }) => {
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  await open(page);
  assert.equal(await page.locator("#app-1 .badge").innerText(), "Connected");
  assert.equal(await page.getByRole("link", { name: "Connect", exact: true }).getAttribute("href"), "https://crew.example.com/start");
  await tabTo(page, () => document.activeElement.matches("#app-1 button"));
  await page.keyboard.press("Enter");
  await page.locator("#account-notice").waitFor();
  assert.equal(await page.locator("#account-notice").getAttribute("role"), "status");
  assert.equal(await page.locator("#app-1 .badge").count(), 0);
  assert.equal(await page.locator("#app-1").getByRole("link", { name: "Connect", exact: true }).getAttribute("href"), "https://reports.example.com");
  assert.deepEqual(complaints, [], "the browser has nothing to complain about");
});

// spec: WCAG 2.2 - axe-core finds nothing on the catalogue of a signed-in user, before and after
browserTest("axe-core finds nothing on the catalogue of a signed-in user", { viewport: { width: 375, height: 667 } }, async ({ page }) => {
  await open(page);
  assert.deepEqual(await violations(page), []);
  await page.locator("#apps-form button").click();
  await page.locator("#account-notice").waitFor();
  assert.deepEqual(await violations(page), []);
  assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 375, "and nothing scrolls sideways");
});

async function violations(page) {
  await page.evaluate(AXE);
  const { violations } = await page.evaluate(() => window.axe.run(document));
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join("; ")}`);
}
