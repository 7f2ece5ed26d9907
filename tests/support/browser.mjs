// Tests in a real browser. Without Chromium each is skipped, and npm test says so.
import path from "node:path";
import { after, test } from "node:test";
import { chromium } from "playwright-core";
import { findChromium } from "../../scripts/lib/chromium.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import "./ending.mjs";

const executablePath = findChromium();
const results = process.env.TEST_RESULTS ?? inRoot("test-results");

let launched;
const browser = () =>
  (launched ??= chromium.launch({
    executablePath,
    // Containers have no user namespaces for the sandbox, and a test wants no traffic but its own.
    args: ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-gpu"],
  }));

after(async () => (await launched)?.close());

/**
 * A test with a browser profile of its own; when it fails, what the person saw is kept in test-results/ (or TEST_RESULTS).
 * @param {string} name
 * @param {import("playwright-core").BrowserContextOptions} options may be left out
 * @param {(tools: {page: import("playwright-core").Page, context: import("playwright-core").BrowserContext}) => Promise<void>} body
 */
export function browserTest(name, ...[options, body = options]) {
  test(name, { skip: !executablePath && "there is no Chromium" }, async () => {
    const context = await (await browser()).newContext(typeof options === "function" ? {} : options);
    const page = await context.newPage();
    try {
      await body({ page, context });
    } catch (error) {
      const file = path.join(results, `${name.replace(/\W+/g, "-")}.png`);
      const kept = page.screenshot({ path: file, fullPage: true }).then(() => `looked like ${file}`);
      console.error(`${page.url()} ${await kept.catch(({ message }) => message)} when "${name}" failed.`);
      throw error;
    } finally {
      await context.close();
    }
  });
}

/**
 * Goes on with the Tab key until an element has the focus.
 * @param {import("playwright-core").Page} page
 * @param {string | (() => boolean)} where its id, or what is true in the page when it has the focus
 */
export async function tabTo(page, where) {
  const [is, id] = typeof where === "string" ? [(id) => document.activeElement.id === id, where] : [where];
  for (let presses = 0; presses < 60; presses++) {
    if (await page.evaluate(is, id)) return;
    await page.keyboard.press("Tab");
  }
  throw new Error(`The Tab key does not lead to ${where} at ${page.url()}.`);
}
