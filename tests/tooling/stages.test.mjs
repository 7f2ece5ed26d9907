import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** What a run of stages prints. */
function run(lanes, ...named) {
  const script = `
    import { runStages } from ${JSON.stringify(inRoot("scripts/lib/stages.mjs"))};
    import { counts } from ${JSON.stringify(inRoot("scripts/lib/counts.mjs"))};
    const other = Promise.withResolvers();
    const all = await runStages(${lanes}, ${JSON.stringify(named)});
    console.error(all);`;
  const { stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  return { printed: stdout.replaceAll(/\d+\.\d s/g, "0.0 s"), stderr: stderr.trim() };
}

/** Two lanes; the first stage of one ends only when the other has run. */
const LANES = `[
  { first: async ({ write }) => (write("one\\n"), await other.promise, write("two\\n"), counts(2)), second: () => { throw new Error("broken"); } },
  { third: async ({ run }) => { const { code, output } = await run(["echo", "three"]); other.resolve(); return counts(code === 0 && output === "three\\n" ? 1 : 0); } },
]`;

test("lanes run side by side, and what a stage prints stays in one piece", () => {
  const { printed } = run(LANES);
  assert.match(printed, /\n=== first\none\ntwo\n=== first: 2 passed, 0 failed, 0\.0 s\n/);
  assert.match(printed, /\n=== third\nthree\n=== third: 1 passed, 0 failed, 0\.0 s\n/);
});

test("a stage that breaks is a failure, and the last line counts all stages", () => {
  const { printed, stderr } = run(LANES);
  assert.match(printed, /\n=== second\nError: broken\n/);
  assert.match(printed, /\nfirst +0\.0 s +2 passed, 0 failed\nsecond +0\.0 s +0 passed, 1 failed\nthird +0\.0 s +1 passed, 0 failed\n\n3 passed, 1 failed\n$/);
  assert.equal(stderr, "false");
});

test("only the stages that are named run, and a name that is none lists them", () => {
  const { printed, stderr } = run(LANES, "third");
  assert.equal(printed, "\n=== third\nthree\n=== third: 1 passed, 0 failed, 0.0 s\n\nthird           0.0 s   1 passed, 0 failed\n\n1 passed, 0 failed\n");
  assert.equal(stderr, "true");
  assert.match(run(LANES, "fourth").stderr, /There is no stage fourth\. The stages are: first, second, third\./);
});
