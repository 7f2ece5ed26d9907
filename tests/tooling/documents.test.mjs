// Documents refer to files that are there.
import assert from "node:assert/strict";
import test from "node:test";
import { dangling, documents } from "../../scripts/lib/documents.mjs";
import { ROOT } from "../../scripts/lib/paths.mjs";

test("every link and every path in the documents leads to a file", () => {
  const all = documents(ROOT);
  assert.ok(all.length > 20, `only ${all.length} documents were read`);
  const found = all.flatMap((document) => dangling(ROOT, document).map((file) => `${document}: ${file}`));
  assert.deepEqual(found, []);
});

test("a link and a path that lead nowhere are found", () => {
  const text = "See [it](nowhere.md#part), [that](README.md), `src/nothing.rs` and `src/lib.rs:4`, or `src/{a,b}.rs`.";
  assert.deepEqual(dangling(ROOT, "README.md", text), ["nowhere.md#part", "src/nothing.rs"]);
  assert.deepEqual(dangling(ROOT, "README.md", "```\n[it](nowhere.md)\n```\n`[that](nowhere.md)`"), [], "code is no link");
});
