// npm start as a newcomer meets it: what it prints works, at the first start and at every later one.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { freshSecrets } from "../../../scripts/lib/keys.mjs";
import { DEV_VARS } from "../../../scripts/lib/paths.mjs";
import { collect, start, stop } from "../../../scripts/lib/run.mjs";
import { seed } from "../../../scripts/lib/seed.mjs";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { claims } from "../../support/relying.mjs";
import { secrets } from "../../support/secrets.mjs";
import { despiteRaces, startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const hadDevVars = existsSync(DEV_VARS);
const folder = mkdtempSync(path.join(tmpdir(), "grantry-start-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
  if (!hadDevVars) rmSync(DEV_VARS, { force: true });
});

/** Runs npm start until it says that it is ready, and gives what it printed. */
async function npmStart(port) {
  const running = start(["npm", "start", "--", "--port", String(port), "--persist-to", path.join(folder, "npm-start")], { stdio: ["ignore", "pipe", "pipe"] });
  after(() => stop(running));
  const printed = collect(running);
  let over = false;
  running.ended.finally(() => (over = true)).catch(() => {});
  for (const end = Date.now() + 180_000; !printed().includes("Press Ctrl-C"); await new Promise((resolve) => setTimeout(resolve, 100))) {
    if (over || Date.now() > end) assert.fail(`npm start is not ready:\n${printed()}`);
  }
  return { printed: printed(), stop: () => stop(running) };
}

/** Signs the demo person in with the demo app, as the app would, to the tokens. */
async function connect(url, clientId, { userName, password }) {
  const { authorizeUrl, post } = connection(url);
  const app = { client_id: clientId, redirect_uris: ["http://localhost:50123/callback"] };
  const proof = pkce();
  const answer = await new Visitor(url).allow(authorizeUrl(app, proof, { scope: "openid profile offline_access" }), { userName, password });
  const fields = { client_id: clientId, code: answer.searchParams.get("code"), redirect_uri: app.redirect_uris[0], code_verifier: proof.verifier };
  const { status, body } = await post("/token", undefined, { grant_type: "authorization_code", ...fields });
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

test("what npm start prints works, and still does after the next start", async () => {
  let port;
  const outputs = [];
  for (let time = 1; time <= 2; time++) {
    const running = await despiteRaces(async () => {
      if (time === 1) port = await freePort();
      return npmStart(port);
    });
    const [, url] = running.printed.match(/Grantry is ready on (\S+)/);
    const [, userName, password] = running.printed.match(/Demo user: +(\S+), password (\S+)/);
    const [, app] = running.printed.match(/Demo app: +client_id (\S+),/);
    const [line] = running.printed.match(/^ *curl .*$/m);
    const [, link] = running.printed.match(/^ *(http\S+\/authorize\?\S+)$/m);
    assert.equal(url, `http://localhost:${port}`);

    const token = JSON.parse(execFileSync("sh", ["-c", line], { encoding: "utf8" }));
    assert.equal(token.token_type, "Bearer");
    assert.deepEqual([claims(token.access_token).iss, token.scope], [url, "reservations.read"]);
    const tokens = await connect(url, app, { userName, password });
    const person = await (await connection(url).userinfo(tokens.access_token)).json();
    assert.equal(person.name, "Demo User");
    const answered = await new Visitor(url).allow(link, { userName, password });
    assert.match(answered.href, /^http:\/\/localhost:3000\/callback\?code=/);
    outputs.push([userName, password, app, link, line]);
    await running.stop();
  }
  assert.deepEqual(outputs[1], outputs[0], "nothing that was written down goes stale");
});

test("what is printed works also when .dev.vars was made again over older storage", async () => {
  const persistTo = path.join(folder, "remade");
  const port = await freePort();
  const remade = await freshSecrets();
  const all = [];
  for (const vars of [secrets, remade]) {
    const server = await startServer({ persistTo, port, vars });
    const { post } = connection(server.url);
    // The second time nothing may be left to do.
    for (let time = 1; time <= 2; time++) {
      const seeded = await seed(server.url, vars.ADMIN_TOKEN);
      const service = { client_id: seeded.service.id, client_secret: seeded.service.secret };
      const token = await post("/token", service, { grant_type: "client_credentials" });
      assert.equal(token.status, 200, JSON.stringify(token.body));
      await connect(server.url, seeded.app, seeded);
      all.push(seeded.password);
    }
    await server.stop();
  }
  assert.ok(all[0] === all[1] && all[1] !== all[2] && all[2] === all[3], "the password follows from the token");
});
