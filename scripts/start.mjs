// npm start: from a fresh clone to a running server, and from there to a running server within seconds.
// Runs on the machine's own Node, perhaps before node_modules exists: imports nothing from it.
import { build } from "./lib/build.mjs";
import { ensureDevVars } from "./lib/dev-vars.mjs";
import { main } from "./lib/run.mjs";
import { ensureNodeModules } from "./lib/toolchain.mjs";
import { answers, devArguments, requireFreePort, startWrangler } from "./lib/wrangler.mjs";

await main(async () => {
  const { port, url, issuer, args } = devArguments(process.argv.slice(2));
  await ensureNodeModules();
  await ensureDevVars();
  await build();
  await requireFreePort(port);
  const wrangler = startWrangler(args);
  if (await answers(url, wrangler)) await ready(url, issuer);
  process.exitCode = await wrangler.ended;
});

/** What happens once the server answers. */
async function ready(url, issuer) {
  console.log(`\n  Grantry is ready on ${url}\n`);
  if (issuer !== url) console.log(`  Its issuer is ${issuer}\n`);
  console.log("  Press Ctrl-C to stop it.\n");
}
