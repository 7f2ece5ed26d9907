// npm start: from a fresh clone to a running server, and from there to a running server within seconds.
// Runs on the machine's own Node, perhaps before node_modules exists: imports nothing from it.
import { build } from "./lib/build.mjs";
import { adminToken, ensureDevVars } from "./lib/dev-vars.mjs";
import { main } from "./lib/run.mjs";
import { seed } from "./lib/seed.mjs";
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

/** What happens once the server answers: a newcomer gets something to try. */
async function ready(url, issuer) {
  console.log(`\n  Grantry is ready on ${url}\n`);
  if (issuer === url) {
    const { userName, password, app, service } = await seed(url, adminToken());
    console.log(`  A person to sign in as:  ${userName}, password ${password}`);
    console.log(`  An app to connect:       client_id ${app}, public, returns to http://localhost:<any port>/callback`);
    console.log("  A first access token:\n");
    console.log(`    curl -s -u ${service.id}:${service.secret} -d grant_type=client_credentials ${url}/token\n`);
  } else {
    console.log(`  Its issuer is ${issuer}, so requests to ${url} are answered 421 and no demo data is made.\n`);
  }
  console.log("  Press Ctrl-C to stop it.\n");
}
