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

const newContext = async (options) => (await browser()).newContext(options);

/** When the body fails, a picture of the page is kept in test-results/ (or TEST_RESULTS). */
async function pictured(name, page, body) {
  try {
    await body();
  } catch (error) {
    const file = path.join(results, `${name.replace(/\W+/g, "-")}.png`);
    const kept = page.screenshot({ path: file, fullPage: true }).then(() => `looked like ${file}`);
    console.error(`${page.url()} ${await kept.catch(({ message }) => message)} when "${name}" failed.`);
    throw error;
  }
}

const skip = !executablePath && "there is no Chromium";

/**
 * A test with a browser profile of its own.
 * @param {string} name
 * @param {import("playwright-core").BrowserContextOptions} options may be left out
 * @param {(tools: {page: import("playwright-core").Page, context: import("playwright-core").BrowserContext}) => Promise<void>} body
 */
export function browserTest(name, ...[options, body = options]) {
  test(name, { skip }, async () => {
    const context = await newContext(typeof options === "function" ? {} : options);
    const page = await context.newPage();
    try {
      await pictured(name, page, () => body({ page, context }));
    } finally {
      await context.close();
    }
  });
}

/**
 * Tests that share one page of the browser, for documents that keep nothing in it: a profile costs half a second of computing time.
 * @param {import("playwright-core").BrowserContextOptions} options
 * @returns {(name: string, body: (tools: {page: import("playwright-core").Page}) => Promise<void>) => void} defines one test
 */
export function pageTests(options) {
  let opened;
  const open = async () => (await newContext(options)).newPage();
  return (name, body) =>
    test(name, { skip }, async () => {
      const page = await (opened ??= open());
      await page.emulateMedia({ colorScheme: null });
      await pictured(name, page, () => body({ page }));
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
