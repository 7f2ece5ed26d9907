// Every page in every state is fit for everybody, in both themes.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { named, open, pageTest } from "../support/written-pages.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

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
