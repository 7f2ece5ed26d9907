// The `openidconnect` crate, untouched, against the running Worker: see tests/relying-party.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { newClient, newPerson } from "../../support/administration.mjs";
import { localhost } from "../../support/certificate.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

// spec: RFC 7009 section 2.1 - the openidconnect crate's own revocation ends the refresh token and the access tokens of its family
// spec: OpenID Connect Core section 3.1.3.7 - the openidconnect crate finds the ID token and its at_hash valid
test("the openidconnect crate: discovery, code with PKCE, ID token, userinfo, refresh, revocation", async () => {
  // The crate revokes over https only.
  const server = await startServer({ certificate: localhost });
  const ada = await newPerson(server.url);
  const app = await newClient(server.url, { token_endpoint_auth_method: "client_secret_post" });
  const command = ["run", "--quiet", "--locked", "--manifest-path", inRoot("tests/relying-party/Cargo.toml"), "--"];
  const party = spawn("cargo", [...command, server.url, app.client_id, app.client_secret, app.redirect_uris[0], localhost.certFile], {
    cwd: inRoot(),
    env: { ...process.env, CARGO_TARGET_DIR: inRoot("target/relying-party") },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(party, "exit");
  const lines = createInterface({ input: party.stdout })[Symbol.asyncIterator]();
  const { value: address } = await lines.next();
  const answer = await new Visitor(server.url).allow(address, ada);
  party.stdin.end(answer.href);
  const { value: outcome } = await lines.next();
  const [code] = await ended;
  assert.equal(code, 0);
  assert.equal(outcome, `${ada.id} ${ada.userName}@example.com`);
});
