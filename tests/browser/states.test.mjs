// Every page in every state, as the host tests wrote them (tests/host/pages/contract.rs): fit for everybody, in both themes, and with room for
// longer languages. What a person cannot reach in one test run (locked, foreign, finished) is among them.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:http";
import { once } from "node:events";
import path from "node:path";
import { after, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { pageTests } from "../support/browser.mjs";

const FOLDER = inRoot("target/pages");
const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const PHONE = { width: 375, height: 667 };

const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".html")) : [];
const named = (suffix) => files.map((name) => name.slice(0, -".html".length)).filter((name) => suffix.test(name)).sort();

/** The pages over HTTP, each under the policy that it comes with, but for scripts: the page of form_post would leave at once. */
const server = createServer((request, response) => {
  const file = path.join(FOLDER, path.basename(new URL(request.url, "http://localhost").pathname));
  if (!existsSync(`${file}.html`)) return response.writeHead(404).end();
  response.setHeader("content-security-policy", readFileSync(`${file}.csp`, "utf8").replace(/script-src [^;]*; /, ""));
  response.setHeader("content-type", "text/html; charset=utf-8").end(readFileSync(`${file}.html`));
}).listen(0, "localhost");
await once(server, "listening");
after(() => server.close());
const at = (name) => `http://localhost:${server.address().port}/${name}`;

test("the host tests have written the pages", () => {
  assert.ok(named(/^[\w-]+$/).length > 20, "make them with: cargo test --test host pages");
});

const pageTest = pageTests({ viewport: PHONE });

/** Opens a page with everything on it that can be unfolded. */
async function open(page, name) {
  await page.goto(at(name));
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
}

for (const name of named(/^[\w-]+(\.brand)?$/)) {
  // spec: WCAG 2.2 - axe-core has nothing against any page in either theme, neither of any impact nor as a best practice
  pageTest(`${name} has nothing that axe-core would find`, async ({ page }) => {
    for (const colorScheme of ["light", "dark"]) {
      await page.emulateMedia({ colorScheme });
      await open(page, name);
      await page.evaluate(AXE);
      const { violations, passes } = await page.evaluate(() => window.axe.run(document));
      const found = violations.map(({ id, impact, nodes }) => `${id} (${impact}): ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join("; ")}`);
      assert.deepEqual(found, [], colorScheme);
      assert.ok(passes.some(({ id }) => id === "color-contrast"), "contrast was measured");
    }
  });
}

/** Presses Tab until nothing new gets the focus; gives what can be operated, what got the focus, and where that could not be seen. */
async function tabbedThrough(page) {
  await page.evaluate(() => {
    const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((one) => one.checkVisibility() && !one.disabled);
    // Of radio buttons the Tab key leads to one; the arrow keys lead to the others.
    window.named = new Map(all.map((one) => [one, one.type === "radio" ? `radio ${one.name}` : one.outerHTML]));
  });
  const operable = new Set(await page.evaluate(() => [...window.named.values()]));
  const [focused, unseen] = [new Set(), []];
  for (let presses = 0; presses <= 2 * operable.size + 4 && focused.size < operable.size; presses++) {
    await page.keyboard.press("Tab");
    const at = await page.evaluate(() => {
      const one = document.activeElement;
      if (!window.named.has(one)) return undefined;
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      const { x, y, width, height } = one.getBoundingClientRect();
      const top = document.elementFromPoint(x + width / 2, y + height / 2);
      const isSeen = outlineStyle !== "none" && parseFloat(outlineWidth) > 0 && top !== null && (one.contains(top) || top.contains(one));
      return { name: window.named.get(one), isSeen };
    });
    if (!at) continue;
    focused.add(at.name);
    if (!at.isSeen) unseen.push(at.name);
  }
  return { operable: [...operable].sort(), focused: [...focused].sort(), unseen };
}

for (const name of named(/^[\w-]+$/)) {
  // spec: WCAG 2.2 section 2.1.1 - whatever can be operated on any page is reached by keyboard
  // spec: WCAG 2.2 section 2.4.7 - and where the focus is can be seen
  // spec: WCAG 2.2 section 2.4.11 - also where a part of the page stays in view
  pageTest(`on ${name} the Tab key leads to everything`, async ({ page }) => {
    await open(page, name);
    const { operable, focused, unseen } = await tabbedThrough(page);
    assert.deepEqual(focused, operable);
    assert.deepEqual(unseen, []);
  });
}

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
