// npm start: from a fresh clone to a running server, and from there to a running server within seconds.
// Runs on the machine's own Node, perhaps before node_modules exists: imports nothing from it.
import { build } from "./lib/build.mjs";
import { adminToken, ensureDevVars } from "./lib/dev-vars.mjs";
import { main } from "./lib/run.mjs";
import { seed } from "./lib/seed.mjs";
import { ensureNodeModules } from "./lib/toolchain.mjs";
import { answers, devArguments, requireFreePort, startWrangler } from "./lib/wrangler.mjs";

const HELP = `npm start    builds the server, runs it on this machine and creates a demo user and a demo app

Options: those of \`wrangler dev\`, for example
  --port PORT              the port (default: 8787)
  --var ISSUER:https://…   the issuer (default: the address of the server)

Example: npm start -- --port 8788`;

await main(HELP, async () => {
  const { port, url, issuer, args } = devArguments(process.argv.slice(2));
  await ensureNodeModules();
  await ensureDevVars();
  await build();
  await requireFreePort(port);
  const wrangler = startWrangler(args);
  if (await answers(url, wrangler)) await ready(url, issuer);
  process.exitCode = await wrangler.ended;
});

/** Prints what a newcomer can try, once the server answers. */
async function ready(url, issuer) {
  console.log(`\n  Grantry is ready on ${url}\n`);
  if (issuer === url) {
    const { userName, password, app, service } = await seed(url, adminToken());
    console.log(`  Demo user:  ${userName}, password ${password}`);
    console.log(`  Demo app:   client_id ${app}, no secret, redirect URI http://localhost:<any port>/callback`);
    console.log("  To sign in as the user and connect the app, open this link in a browser:\n");
    console.log(`    ${authorizationLink(url, app)}\n`);
    console.log("  To get an access token without a user, run this command:\n");
    console.log(`    curl -s -u ${service.id}:${service.secret} -d grant_type=client_credentials ${url}/token\n`);
  } else {
    console.log(`  Its issuer is ${issuer}, so it answers requests to ${url} with status 421, and there is no demo user or app.\n`);
  }
  console.log("  Press Ctrl-C to stop the server.\n");
}

/** An authorization request as the app would make it, with the PKCE challenge of RFC 7636 appendix B. */
function authorizationLink(url, app) {
  const request = {
    response_type: "code",
    client_id: app,
    redirect_uri: "http://localhost:3000/callback",
    scope: "openid profile offline_access reservations.read",
    state: "demo",
    code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
    code_challenge_method: "S256",
  };
  return `${url}/authorize?${new URLSearchParams(request)}`;
}
