// Authlib from PyPI, untouched, against the running Worker: see authlib_client.py.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { ensurePython, hasPython } from "../../scripts/lib/python.mjs";
import { newClient, newPerson } from "../support/administration.mjs";
import { startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

const skip = !(await hasPython()) && "there is no Python that can make environments";
const { server, ada, python } = skip ? {} : await arrange();
const SCOPE = "openid profile email offline_access reservations.read";
const AUDIENCE = "https://api.example.com";

async function arrange() {
  const [python, server] = await Promise.all([ensurePython(), startServer()]);
  return { python, server, ada: await newPerson(server.url) };
}

/** Runs a scenario, and is the person's browser when it asks for one. */
async function run(scenario, settings) {
  const program = spawn(python, [inRoot("tests/third-party/authlib_client.py"), scenario, JSON.stringify(settings)], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(program, "exit");
  let last;
  for await (const line of createInterface({ input: program.stdout })) {
    last = line;
    if (!line.startsWith("http")) continue;
    const answer = await new Visitor(server.url).allow(line, ada);
    assert.equal(answer.searchParams.get("iss"), server.url);
    program.stdin.write(`${answer.href}\n`);
  }
  const [status] = await ended;
  assert.equal(status, 0, `${scenario} failed`);
  return JSON.parse(last);
}

const settingsOf = ({ client_id, client_secret, redirect_uris }, method, more) => ({
  ...{ issuer: server.url, audience: AUDIENCE, scope: SCOPE, method, client_id, client_secret, redirect_uri: redirect_uris?.[0] },
  ...more,
});

for (const [method, alg, rotated] of [
  ["client_secret_basic", "RS256", false],
  ["client_secret_post", "ES256", false],
  ["none", "PS256", true],
]) {
  test(`Authlib: a client that uses ${method}, with ID tokens by ${alg}, from discovery to revocation`, { skip }, async () => {
    const app = await newClient(server.url, { token_endpoint_auth_method: method, id_token_signed_response_alg: alg });
    assert.deepEqual(await run("code", settingsOf(app, method)), {
      sub: ada.id,
      name: "Ada Lovelace",
      alg,
      rotated,
      error_after: "invalid_grant",
      userinfo_after: 401,
    });
  });
}

test("Authlib: client credentials", { skip }, async () => {
  const service = await newClient(server.url, { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const found = await run("machine", settingsOf(service, "client_secret_basic", { scope: "reservations.read" }));
  assert.deepEqual(found, { sub: service.client_id, scope: "reservations.read" });
});
