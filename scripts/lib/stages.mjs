// Stages of a test run, in parallel. The output of a stage is shown in one piece when it ends; a stage that runs alone prints as it goes.
import { counts, sum, summary } from "./counts.mjs";
import { Failure } from "./failure.mjs";
import { start } from "./run.mjs";

/**
 * What a stage prints with.
 * @typedef {object} Output
 * @property {(text: string) => void} write
 * @property {(command: string[], options?: {env?: NodeJS.ProcessEnv}) => Promise<{code: number, output: string}>} run runs a program and
 *   writes what it prints; `output` is its standard output
 */

/** @param {(text: string) => void} write @returns {Output} */
const outputTo = (write) => ({
  write,
  async run(command, { env } = {}) {
    const child = start(command, { env, stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text) => {
      output += text;
      write(text);
    });
    child.stderr.setEncoding("utf8").on("data", write);
    return { code: await child.ended, output };
  },
});

/** Runs one stage. An error in it counts as a failed test. */
async function runStage(name, body, isAlone) {
  const parts = [];
  const write = isAlone ? (text) => process.stdout.write(text) : (text) => parts.push(text);
  console.log(isAlone ? `\n=== ${name}` : `... ${name}`);
  const began = Date.now();
  let result;
  try {
    result = await body(outputTo(write));
  } catch (error) {
    write(error instanceof Failure ? `error: ${error.message}\n` : `${error.stack}\n`);
    result = counts(0, 1);
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(1);
  if (!isAlone) process.stdout.write(`\n=== ${name}\n${parts.join("")}`);
  console.log(`=== ${name}: ${summary(result)}, ${seconds} s`);
  return { name, seconds, ...result };
}

/**
 * Runs the chosen stages and prints the table of all; the last line is the count.
 * @param {Record<string, (output: Output) => Promise<import("./counts.mjs").Counts>>[]} lanes the stages of a lane run one after the other,
 *   the lanes side by side
 * @param {string[]} named the stages to run; all, when none is named
 * @returns {Promise<boolean>} whether all passed
 */
export async function runStages(lanes, named) {
  const stages = lanes.flatMap(Object.keys);
  const unknown = named.find((name) => !stages.includes(name));
  if (unknown) throw new Failure(`There is no stage ${unknown}. The stages are: ${stages.join(", ")}.`);
  const isChosen = (name) => named.length === 0 || named.includes(name);
  const isAlone = stages.filter(isChosen).length === 1;
  const results = await Promise.all(
    lanes.map(async (lane) => {
      const ended = [];
      for (const [name, body] of Object.entries(lane)) if (isChosen(name)) ended.push(await runStage(name, body, isAlone));
      return ended;
    }),
  );

  const all = results.flat();
  const total = sum(all);
  console.log(`\n${all.map(({ name, seconds, ...result }) => `${name.padEnd(12)} ${seconds.padStart(6)} s   ${summary(result)}`).join("\n")}\n`);
  console.log(summary(total));
  return total.failed === 0;
}
