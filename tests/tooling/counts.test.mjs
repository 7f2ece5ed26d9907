import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { cargoCounts, counts, nodeCounts, sum, summary } from "../../scripts/lib/counts.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

test("the tests of all cargo binaries are added up", () => {
  const output = `
test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s
a line that quotes test result: ok. 99 passed; 99 failed; 99 ignored;
test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.10s
`;
  assert.deepEqual(cargoCounts(output, 101), counts(15, 2, 1));
});

test("a run that fails without a failed test, or runs none, is a failure", () => {
  assert.deepEqual(cargoCounts("error: could not compile", 101), counts(0, 1));
  assert.deepEqual(cargoCounts("test result: ok. 4 passed; 0 failed; 0 ignored;", 101), counts(4, 1));
  assert.deepEqual(cargoCounts("test result: ok. 0 passed; 0 failed; 0 ignored;", 0), counts(0, 1));
  assert.deepEqual(nodeCounts("", 1), counts(0, 1));
  assert.deepEqual(nodeCounts('{"passed":0,"failed":0,"skipped":0}', 0), counts(0, 1));
});

test("of a node run, tests are counted and the suites around them are not", (t) => {
  const result = runNode(t, {
    "nested.test.mjs": `
      import { describe, test } from "node:test";
      describe("outer", () => {
        test("passes", () => {});
        describe("inner", () => test("fails", () => { throw new Error("on purpose"); }));
      });
      test("skipped", { skip: true }, () => {});`,
    "other.test.mjs": `import { test } from "node:test"; test("passes", () => {});`,
  });
  assert.deepEqual(result, counts(2, 1, 1));
});

test("a test file that is empty or cannot be loaded is a failure", (t) => {
  assert.deepEqual(runNode(t, { "empty.test.mjs": "" }), counts(0, 1));
  assert.deepEqual(runNode(t, { "broken.test.mjs": "import './missing.mjs';" }), counts(0, 1));
});

test("the last line names skipped tests only when there are some", () => {
  assert.equal(summary(sum([counts(3), counts(0, 1)])), "3 passed, 1 failed");
  assert.equal(summary(counts(3, 0, 2)), "3 passed, 0 failed, 2 skipped");
});

function runNode(t, files) {
  const folder = mkdtempSync(path.join(tmpdir(), "grantry-counts-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const paths = Object.entries(files).map(([name, text]) => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  });
  const reporter = `--test-reporter=${inRoot("scripts/lib/count-reporter.mjs")}`;
  // Without the mark that this process is itself a test file; it would make the inner run report to the outer one.
  const { NODE_TEST_CONTEXT, ...env } = process.env;
  const { stdout, status } = spawnSync(process.execPath, ["--test", reporter, ...paths], { encoding: "utf8", env });
  return nodeCounts(stdout, status);
}
