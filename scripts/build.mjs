// npm run build, and the [build] command of wrangler.toml.
import { build } from "./lib/build.mjs";
import { main } from "./lib/run.mjs";

const HELP = `npm run build    builds the Worker into build/, unless its sources are unchanged

Options: none. With GRANTRY_KEEP_BUILD=1 in the environment, the build stays as it is.

Example: npm run build`;

await main(HELP, async () => {
  // The tests start many servers on one build and must not have it replaced under them.
  if (process.env.GRANTRY_KEEP_BUILD !== "1") await build();
});
