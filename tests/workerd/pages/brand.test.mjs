// Pages look as the deployment says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startServer } from "../../support/server.mjs";

const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

test("name, colour and logo are those of the deployment, on every page", async () => {
  const server = await startServer({ vars: { BRAND_NAME: "Harbour Office", BRAND_ACCENT: "#0a7f5a", BRAND_LOGO: `data:image/png;base64,${PIXEL}` } });
  for (const place of ["/", "/apps", "/logged-out", "/nowhere", "/authorize?client_id=nobody"]) {
    const page = await fetch(server.url + place);
    const html = await page.text();
    assert.match(html, /<title>[^<]*Harbour Office/, place);
    assert.match(html, /--accent:#0a7f5a/, place);
    assert.ok(html.includes(PIXEL), place);
    assert.match(page.headers.get("content-security-policy"), /img-src 'self' data:/, place);
    assert.ok(!html.includes("Grantry"), `${place} is the deployment's`);
  }
});
