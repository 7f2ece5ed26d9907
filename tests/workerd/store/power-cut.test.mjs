// workerd is killed in the middle of its work and started again on the same storage: what was answered is still true, and
// nothing is spent twice.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { newClient, newPerson } from "../../support/administration.mjs";
import { startDevelopmentServer } from "../../support/development-server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const persistTo = mkdtempSync(path.join(tmpdir(), "grantry-kill-"));
after(() => rmSync(persistTo, { recursive: true, force: true }));
// The issuer, which every sealed value is bound to, has the port in it.
const port = await freePort();
const ROUNDS = 3;
const CODES = 24;
/** More rotations than a family remembers for parallel uses (sixteen): the first token of the chain is an old one then. */
const TURNS = 18;

// spec: Invariant 2 - what was answered is still true after a power cut, and nothing is spent twice
test("a power cut in the middle of redemptions and refreshes loses nothing and spends nothing twice", async () => {
  let server = await startDevelopmentServer({ persistTo, port });
  const ada = await newPerson(server.url);
  const app = await newClient(server.url, { token_endpoint_auth_method: "none" });
  const visitor = new Visitor(server.url);
  const token = async (fields) => {
    try {
      const response = await fetch(`${server.url}/token`, { method: "POST", body: new URLSearchParams({ client_id: app.client_id, ...fields }) });
      return { status: response.status, body: await response.json() };
    } catch {
      return { lost: true };
    }
  };
  const redeem = ({ code, verifier }) => token({ grant_type: "authorization_code", code, code_verifier: verifier, redirect_uri: app.redirect_uris[0] });
  const refresh = (refresh_token) => token({ grant_type: "refresh_token", refresh_token });
  const newCode = async () => {
    const verifier = randomBytes(32).toString("base64url");
    const url = new URL(`${server.url}/authorize`);
    const parameters = { response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: "openid offline_access", code_challenge: createHash("sha256").update(verifier).digest("base64url"), code_challenge_method: "S256" };
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    const answer = await visitor.allow(url.href, ada);
    return { code: answer.searchParams.get("code"), verifier };
  };
  let [answered, lost] = [0, 0];

  for (let round = 0; round < ROUNDS; round++) {
    const before = await redeem(await newCode());
    const chain = [before.body.refresh_token];
    while (chain.length <= TURNS) chain.push((await refresh(chain.at(-1))).body.refresh_token);
    const codes = [];
    for (let made = 0; made < CODES; made++) codes.push(await newCode());
    // The cut comes when some were answered; the others are under way then.
    const cut = Promise.withResolvers();
    let answers = 0;
    const underWay = codes.map(async (code, place) => {
      await new Promise((resolve) => setTimeout(resolve, place * 10));
      const first = await redeem(code);
      if (!first.lost && ++answers === 2 + round) cut.resolve();
      return { code, first };
    });
    const rotation = (async () => {
      for (;;) {
        const next = await refresh(chain.at(-1));
        if (next.lost) return;
        assert.equal(next.status, 200, JSON.stringify(next.body));
        chain.push(next.body.refresh_token);
      }
    })();
    await cut.promise;
    await server.kill();
    const outcomes = await Promise.all(underWay);
    await rotation;
    server = await startDevelopmentServer({ persistTo, port });

    for (const { code, first } of outcomes) {
      if (first.lost) {
        lost++;
        // It may have been committed without being answered; then it counts as spent, and never twice as good.
        const again = await redeem(code);
        const third = await redeem(code);
        assert.ok(again.status === 200 || again.body.error === "invalid_grant");
        assert.equal(third.body.error, "invalid_grant");
      } else {
        answered++;
        assert.equal(first.status, 200, JSON.stringify(first.body));
        assert.equal((await refresh(first.body.refresh_token)).status, 200, "what was answered is still true");
        assert.equal((await redeem(code)).body.error, "invalid_grant", "and is spent");
      }
    }
    const onwards = await refresh(chain.at(-1));
    assert.equal(onwards.status, 200, "the chain goes on where its last answer was");
    const old = await refresh(chain[0]);
    assert.deepEqual([old.status, old.body.error], [400, "invalid_grant"], "an old token is still known to be one");
    assert.equal((await refresh(onwards.body.refresh_token)).body.error, "invalid_grant", "and its use ended the chain");
  }
  assert.ok(answered > 0 && lost > 0, `the cut has to fall between requests: ${answered} answered, ${lost} lost`);
  await server.stop();
});
