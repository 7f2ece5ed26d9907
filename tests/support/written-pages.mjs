// Every page in every state, as the host tests wrote them (tests/host/pages/contract.rs): what nobody
// can reach in one test run (locked, foreign, finished) is among them.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:http";
import path from "node:path";
import { after } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { pageTests } from "./browser.mjs";

const FOLDER = inRoot("target/pages");
export const PHONE = { width: 375, height: 667 };

const files = existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith(".html")) : [];
/** The names of the pages that end like this. */
export const named = (suffix) => files.map((name) => name.slice(0, -".html".length)).filter((name) => suffix.test(name)).sort();

/** The pages over HTTP, each under the policy that it comes with, but for scripts: the page of form_post would leave at once. */
const server = createServer((request, response) => {
  const file = path.join(FOLDER, path.basename(new URL(request.url, "http://localhost").pathname));
  if (!existsSync(`${file}.html`)) return response.writeHead(404).end();
  response.setHeader("content-security-policy", readFileSync(`${file}.csp`, "utf8").replace(/script-src [^;]*; /, ""));
  response.setHeader("content-type", "text/html; charset=utf-8").end(readFileSync(`${file}.html`));
}).listen(0, "localhost");
await once(server, "listening");
after(() => server.close());
/** The address of a page. */
export const at = (name) => `http://localhost:${server.address().port}/${name}`;

/** A test of a page as a phone shows it. */
export const pageTest = pageTests({ viewport: PHONE });

/** Opens a page with everything on it that can be unfolded. */
export async function open(page, name) {
  await page.goto(at(name));
  await page.evaluate(() => document.querySelectorAll("details").forEach((details) => (details.open = true)));
}
