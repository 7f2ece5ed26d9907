// Takes a picture of every page, for docs/pictures and for reviews. The pictures are kept only on request:
// PICTURES=docs/pictures npm test -- browser
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { DEVELOPER, newClient, newPerson } from "../support/administration.mjs";
import { browserTest } from "../support/browser.mjs";
import { connection, pkce } from "../support/connection.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const server = await startServer();
const unfinished = await startServer({ vars: { MASTER_KEYS: "", SIGNING_KEYS: "[]" } });
const { authorizeUrl } = connection(server.url);
const folder = process.env.PICTURES && inRoot(process.env.PICTURES);
if (folder) mkdirSync(folder, { recursive: true });
const SCOPES = "openid profile email offline_access reservations.read reservations.create";
await newClient(server.url, { client_name: "Lighthouse Ledger", client_uri: "https://ledger.example.com", description: "Keeps the books of harbours.", published: true });

for (const [size, viewport] of [["phone", { width: 375, height: 667 }], ["desk", { width: 1280, height: 800 }]]) {
  for (const colorScheme of ["light", "dark"]) {
    browserTest(`every page can be seen whole (${size}, ${colorScheme})`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      const seen = async (name, options) => {
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, `${name} is too wide`);
        assert.equal(await page.locator("h1").count(), 1, `${name} has one heading`);
        if (folder) await page.screenshot({ path: path.join(folder, `${name}-${size}-${colorScheme}.png`), ...options });
      };
      const ada = await newPerson(server.url, DEVELOPER);
      const app = await newClient(server.url);
      const query = new URLSearchParams({ response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: SCOPES, code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" });
      await page.goto(server.url);
      await seen("landing");
      await page.goto(`${server.url}/authorize?client_id=nobody`);
      await seen("error");
      await page.goto(`${server.url}/authorize?${query}`);
      await seen("login");
      await page.fill("#username", ada.userName);
      await page.fill("#password", "not the password");
      await page.click("#login-submit");
      await seen("login-refused");
      await page.fill("#password", ada.password);
      await page.click("#login-submit");
      await page.waitForURL("**/consent?**");
      await seen("consent");
      const another = await newClient(server.url, { client_name: "Northwind Fleet Planner & Crew Roster" });
      for (const [client, scope] of [[app, SCOPES], [another, "openid reservations.read"]]) {
        await new Visitor(server.url).allow(authorizeUrl(client, pkce(), { scope }), ada);
      }
      await page.goto(`${server.url}/account`);
      await seen("account", { fullPage: true });
      await page.goto(`${server.url}/apps`);
      await seen("apps");
      await page.goto(`${server.url}/developer/new`);
      await seen("developer-new", { fullPage: true });
      await page.fill("#client_name", "Tide Tables");
      await page.fill("#redirect_uris", "https://tide.example.com/callback");
      await page.click("#app-submit");
      await page.locator("#client-secret").waitFor();
      await seen("developer-made");
      await page.goto(`${server.url}/developer`);
      await seen("developer");
      await page.getByRole("link", { name: "Tide Tables" }).click();
      await page.locator("#client_name").waitFor();
      await seen("developer-app", { fullPage: true });
      await page.goto(`${server.url}/developer/docs`);
      await seen("developer-docs");
      await page.goto(`${server.url}/login?interaction=gr_int_garbage`);
      await seen("gone");
      await page.goto(`${server.url}/authorize?${query}&prompt=select_account`);
      await seen("choose");
      await page.goto(`${server.url}/logout`);
      await seen("logout");
      await page.click("#logout-confirm");
      await page.locator("#logged-out").waitFor();
      await seen("logged-out");
    });
  }
}

// Pages that a sign-in only passes, as the host tests wrote them (tests/host/pages/contract.rs), and the page of an unfinished deployment.
const PHONE = { width: 375, height: 667 };
const ON_THE_WAY = {
  "form-post": pathToFileURL(inRoot("target/pages/form-post.html")).href,
  onward: pathToFileURL(inRoot("target/pages/onward.html")).href,
  unavailable: unfinished.url,
};
for (const colorScheme of ["light", "dark"]) {
  // Without scripts, the page of form_post waits for the user as it does in a browser that runs none.
  browserTest(`pages on the way can be seen whole (phone, ${colorScheme})`, { viewport: PHONE, colorScheme, javaScriptEnabled: false }, async ({ page }) => {
    for (const [name, address] of Object.entries(ON_THE_WAY)) {
      await page.goto(address);
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width, `${name} is too wide`);
      assert.equal(await page.locator("h1").count(), 1, `${name} has one heading`);
      if (folder) await page.screenshot({ path: path.join(folder, `${name}-phone-${colorScheme}.png`) });
    }
  });
}
