// examples/relying-party in a real browser: what policies and cookies allow decides here.
import assert from "node:assert/strict";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { browserTest } from "../support/browser.mjs";
import { startExample } from "../support/example.mjs";
import { startServer } from "../support/server.mjs";

const server = await startServer();
const ada = await newPerson(server.url);
const port = await freePort();
const home = `http://localhost:${port}`;
const app = await newClient(server.url, { redirect_uris: [`${home}/callback`], post_logout_redirect_uris: [`${home}/`], token_endpoint_auth_method: "none" });
await startExample("relying-party", home, { env: { ISSUER: server.url, CLIENT_ID: app.client_id, PORT: String(port) } });

browserTest("a user signs in to the example and out of it again", async ({ page }) => {
  await page.goto(home);
  await page.getByRole("link", { name: "Sign in" }).click();
  assert.equal(new URL(page.url()).origin, server.url);
  await page.fill("#username", ada.userName);
  await page.fill("#password", ada.password);
  await page.click("#login-submit");
  await page.click("#consent-allow");
  await page.getByRole("heading", { name: "Hello, Ada Lovelace" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Welcome" }).waitFor();
  assert.equal(page.url(), `${home}/`);
  await page.getByRole("link", { name: "Sign in" }).click();
  await page.locator("#login-form").waitFor();
});
