// What a failing browser test leaves: a red run, a picture of what the user saw, and no process.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { inflateSync } from "node:zlib";
import { findChromium } from "../../scripts/lib/chromium.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const skip = !findChromium() && "there is no Chromium";
const folder = mkdtempSync(path.join(tmpdir(), "grantry-failures-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs a test file as npm test does, and says how that ended. */
async function run(name, text) {
  const file = path.join(folder, `${name}.test.mjs`);
  const results = path.join(folder, name);
  writeFileSync(file, `import { browserTest } from ${JSON.stringify(inRoot("tests/support/browser.mjs"))};\n${text}`);
  // Without the mark that this process is itself a test file; it would make the inner run report to the outer one.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const child = spawn(process.execPath, ["--test", "--test-timeout=120000", file], { env: { ...env, TEST_RESULTS: results, TEST_GRACE_MS: "1000" } });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text) => (output += text));
  const code = await new Promise((resolve) => child.on("close", resolve));
  return { code, output, results };
}

/** The size of a picture and the colour of its first pixel (PNG, W3C Recommendation, sections 5.2, 9.2 and 11.2). */
function readPng(file) {
  const png = readFileSync(file);
  assert.equal(png.subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n");
  const chunks = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) chunks.push([png.toString("latin1", at + 4, at + 8), png.subarray(at + 8, at + 8 + png.readUInt32BE(at))]);
  assert.equal(chunks[0][0], "IHDR");
  assert.equal(chunks.at(-1)[0], "IEND", "it is whole");
  const [, header] = chunks[0];
  const [width, height, depth, colours] = [header.readUInt32BE(0), header.readUInt32BE(4), header[8], header[9]];
  const channels = { 2: 3, 6: 4 }[colours];
  const pixels = inflateSync(Buffer.concat(chunks.filter(([type]) => type === "IDAT").map(([, data]) => data)));
  assert.equal(pixels.length, height * (1 + (width * channels * depth) / 8));
  return { width, height, first: [...pixels.subarray(1, 4)] };
}

test("a browser test that fails keeps what the user saw, and the run is red", { skip }, async () => {
  const { code, output, results } = await run("failing", `
    browserTest("passes", ({ page }) => page.setContent("<p>fine"));
    browserTest("fails: on purpose?", { viewport: { width: 400, height: 300 } }, async ({ page }) => {
      await page.setContent('<body style="margin: 0; background: rgb(12, 34, 56)">');
      throw new Error("on purpose");
    });`);
  assert.equal(code, 1, output);
  assert.match(output, /pass 1\n[\s\S]*fail 1\n/);
  assert.deepEqual(readdirSync(results), ["fails-on-purpose-.png"], "of the test that failed, and of no other");
  assert.deepEqual(readPng(path.join(results, "fails-on-purpose-.png")), { width: 400, height: 300, first: [12, 34, 56] });
  assert.ok(output.includes(path.join(results, "fails-on-purpose-.png")), "the log says where it is");
});

test("a file whose tests leave something open ends all the same, and the run is red", { skip }, async () => {
  const { code, output } = await run("lingering", `
    import { createServer } from "node:http";
    browserTest("passes, and leaves a server behind", () => new Promise((resolve) => createServer().listen(0, resolve)));`);
  assert.equal(code, 1, output);
  assert.match(output, /the file does not end\. What is open: .*TCPServerWrap/i);
});

test("a file that closes what it opens is green", { skip }, async () => {
  const { code, output, results } = await run("passing", `browserTest("passes", ({ page }) => page.setContent("<p>fine"));`);
  assert.equal(code, 0, output);
  assert.throws(() => readdirSync(results), { code: "ENOENT" });
});
