// npm run build, and the [build] command of wrangler.toml.
import { build } from "./lib/build.mjs";
import { main } from "./lib/run.mjs";

// The tests start many servers on one build and must not have it replaced under them.
if (process.env.GRANTRY_KEEP_BUILD !== "1") await main(build);
