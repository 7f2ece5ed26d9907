// Every page in every state has room for longer languages.
import assert from "node:assert/strict";
import { test } from "node:test";
import { at, named, open, pageTest, PHONE } from "../support/written-pages.mjs";

test("the host tests have written the pages", () => {
  assert.ok(named(/^[\w-]+$/).length > 20, "make them with: cargo test --test host pages");
});

for (const name of named(/\.(pseudo|wide)$/)) {
  // spec: WCAG 2.2 section 1.4.10 - nothing scrolls sideways on a phone, in a language that is two fifths longer
  pageTest(`${name} fits a phone`, async ({ page }) => {
    await open(page, name);
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= PHONE.width, "no horizontal scrolling");
    assert.ok(await page.locator("h1").isVisible());
    for (const control of await page.locator("a, button, textarea, summary, input:not([type=hidden], [hidden])").all()) {
      const box = await control.boundingBox();
      assert.ok(box && box.x >= 0 && box.x + box.width <= PHONE.width, `${await control.evaluate(({ outerHTML }) => outerHTML)} ${JSON.stringify(box)}`);
    }
  });
}

for (const name of named(/^consent[\w-]*\.pseudo$/)) {
  pageTest(`${name} shows app, person and both buttons without scrolling`, async ({ page }) => {
    await page.goto(at(name));
    for (const id of ["#consent-client", "#consent-person", "#consent-allow", "#consent-deny"]) {
      const box = await page.locator(id).boundingBox();
      assert.ok(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= PHONE.width && box.y + box.height <= PHONE.height, `${id} ${JSON.stringify(box)}`);
    }
  });
}
