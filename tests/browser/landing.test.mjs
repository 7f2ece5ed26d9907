import assert from "node:assert/strict";
import { browserTest } from "../support/browser.mjs";
import { startServer } from "../support/server.mjs";

const server = await startServer();

browserTest("a developer who opens the issuer sees what it is and where things are", async ({ page }) => {
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  await page.goto(server.url);
  assert.equal(await page.locator("h1").count(), 1);
  const text = await page.locator("body").innerText();
  const metadata = await (await fetch(`${server.url}/.well-known/openid-configuration`)).json();
  const places = Object.entries(metadata).filter(([name]) => name === "issuer" || name === "jwks_uri" || name.endsWith("_endpoint"));
  assert.ok(places.length > 8);
  for (const [name, address] of places) assert.ok(text.includes(address), name);
  const styled = await page.locator("body").evaluate((body) => getComputedStyle(body).fontFamily);
  assert.match(styled, /sans-serif|system-ui/, "the style sheet is applied under the policy");
  assert.deepEqual(complaints, [], "the browser has nothing to complain about");
  await page.getByRole("link", { name: /health/i }).first().click();
  assert.equal(new URL(page.url()).pathname, "/health");
});

// spec: WCAG 2.2 section 1.4.10 - nothing scrolls sideways on a phone
browserTest("the landing page fits a phone", async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 667 });
  await page.goto(server.url);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= 375, `the page is ${width} px wide`);
});
