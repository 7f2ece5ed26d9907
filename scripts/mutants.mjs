// npm run mutants: changes the code in small ways, and fails where no test notices. CONTRIBUTING.md says how to read it.
import { parseArgs } from "node:util";
import { report, tryMutants } from "./lib/mutants.mjs";
import { main } from "./lib/run.mjs";

const HELP = `npm run mutants [-- OPTIONS] [PART OF A FILE'S NAME]...    changes the code in small ways, and fails where no test notices

tests/mutants.json lists the files and their tests.

Options:
  --changed    only the lines that the branch or the last commit changed
  --minutes    ends after so many minutes, and says how many mutants are left

Example:
  npm run mutants -- verified_return --minutes 10`;

await main(HELP, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      /** Only the lines that the branch or the last commit changed. */
      changed: { type: "boolean", default: false },
      /** Ends after so many minutes, and says how many mutants are left. */
      minutes: { type: "string" },
    },
  });
  const minutes = values.minutes === undefined ? undefined : Number(values.minutes);
  const found = await tryMutants({ ...values, minutes, files: positionals, write: (text) => process.stdout.write(text) });
  process.stdout.write(report(found));
  if (found.survivors.length + found.wrong.length > 0) process.exitCode = 1;
});
