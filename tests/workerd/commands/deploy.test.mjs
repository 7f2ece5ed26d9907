// npm run deploy: the dry run works without a network or an account and leaves nothing behind; a deployment makes what is missing.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { parseEnv } from "node:util";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { startCloud } from "../../support/cloud.mjs";

/** The command where there is no network at all; without such a place, where every request is sent to a port without a listener. */
function offline(command) {
  const nowhere = "http://127.0.0.1:9";
  const env = { ...process.env, HTTP_PROXY: nowhere, HTTPS_PROXY: nowhere, http_proxy: nowhere, https_proxy: nowhere };
  const [program, ...args] = spawnSync("unshare", ["-rn", "true"]).status === 0 ? ["unshare", "-rn", ...command] : command;
  return spawnSync(program, args, { cwd: inRoot(), env, encoding: "utf8" });
}

test("a dry run bundles the Worker with its bindings and makes no secrets", () => {
  const out = mkdtempSync(path.join(tmpdir(), "grantry-deploy-"));
  const had = existsSync(inRoot(".prod.vars"));
  const run = offline(["npm", "run", "deploy", "--", "--dry-run", "--outdir", out]);
  const printed = run.stdout + run.stderr;
  assert.equal(run.status, 0, printed);
  for (const binding of ["ACCOUNT", "DIRECTORY", "REGISTRY", "REPLAY", "CLIENTS"]) assert.ok(printed.includes(binding), `${binding}: ${printed}`);
  assert.ok(readdirSync(out).some((file) => file.endsWith(".wasm")), "the wasm is in the bundle");
  assert.equal(existsSync(inRoot(".prod.vars")), had);
  rmSync(out, { recursive: true });
});

/** A checkout beside this one, with the same sources and build, and no secrets yet. */
function checkout() {
  const root = mkdtempSync(path.join(tmpdir(), "grantry-deploy-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of readdirSync(inRoot())) {
    const isOwn = ["scripts", "node_modules"].includes(name) || name.includes(".vars") || name.startsWith(".git") || name === ".wrangler";
    if (!isOwn) symlinkSync(inRoot(name), path.join(root, name));
  }
  cpSync(inRoot("scripts"), path.join(root, "scripts"), { recursive: true });
  return root;
}

/** One whose wrangler and whose build only note what they were asked for. */
function checkoutWithoutTools() {
  const root = checkout();
  mkdirSync(path.join(root, "node_modules/.bin"), { recursive: true });
  cpSync(inRoot("node_modules/.lock-hash"), path.join(root, "node_modules/.lock-hash"));
  const wrangler = '#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS"\nexit "$OUTCOME"\n';
  writeFileSync(path.join(root, "node_modules/.bin/wrangler"), wrangler, { mode: 0o700 });
  const build = 'import { appendFileSync } from "node:fs";\nexport function build() {\n  appendFileSync(process.env.CALLS, "build\\n");\n  if (process.env.BUILD_FAILS) throw new Error("it does not compile");\n}\n';
  writeFileSync(path.join(root, "scripts/lib/build.mjs"), build);
  const calls = path.join(root, "calls");
  return {
    secrets: path.join(root, ".prod.vars"),
    /** Deploys, and gives the exit code and what was asked for, in order. */
    deploy(outcome, more) {
      rmSync(calls, { force: true });
      const args = [path.join(root, "scripts/deploy.mjs"), "--var", "ISSUER:https://auth.example.com"];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, CALLS: calls, OUTCOME: String(outcome), ...more } });
      assert.ok(existsSync(calls), stdout + stderr);
      return { status, asked: readFileSync(calls, "utf8").trim().split("\n") };
    },
  };
}

test("secrets are made once, sent until a deployment has taken them, and again only when they have changed", () => {
  const { secrets, deploy } = checkoutWithoutTools();
  const plain = "deploy --var ISSUER:https://auth.example.com";
  const withSecrets = `${plain} --secrets-file ${secrets}`;
  assert.deepEqual(deploy(0, { BUILD_FAILS: "1" }), { status: 1, asked: ["build"] });
  assert.equal(existsSync(secrets), false, "what does not build makes no secrets");
  assert.deepEqual(deploy(1), { status: 1, asked: ["build", withSecrets] }, "the first deployment fails");
  const made = readFileSync(secrets, "utf8");
  assert.equal(statSync(secrets).mode & 0o777, 0o600);
  assert.deepEqual(deploy(0), { status: 0, asked: ["build", withSecrets] }, "nobody has them yet");
  assert.deepEqual(deploy(0), { status: 0, asked: ["build", plain] });
  assert.equal(readFileSync(secrets, "utf8"), made, "they stay as they are");
  appendFileSync(secrets, "ADMIN_TOKEN='gr_admin_another'\n");
  assert.deepEqual(deploy(0), { status: 0, asked: ["build", withSecrets] });
  assert.deepEqual(deploy(0), { status: 0, asked: ["build", plain] });
});

test("a first deployment makes the namespace and sets the secrets, and the next one finds both", async () => {
  const root = checkout();
  symlinkSync(inRoot("node_modules"), path.join(root, "node_modules"));
  const cloud = await startCloud();
  const deploy = async () => {
    const args = [path.join(root, "scripts/deploy.mjs"), "--var", "ISSUER:https://auth.example.com"];
    const run = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...cloud.env, CI: "1" }, stdio: ["ignore", "pipe", "pipe"] });
    let printed = "";
    for (const stream of [run.stdout, run.stderr]) stream.setEncoding("utf8").on("data", (text) => (printed += text));
    const [status] = await once(run, "close");
    assert.equal(status, 0, printed);
    // Each deployment says again whether it is at workers.dev.
    return cloud.changes().filter((change) => !change.endsWith("/subdomain"));
  };
  const bound = () => Object.fromEntries(cloud.script().bindings.map(({ name, ...binding }) => [name, binding]));

  assert.deepEqual(await deploy(), ["POST /storage/kv/namespaces", "PUT /workers/scripts/grantry"]);
  const secrets = parseEnv(readFileSync(path.join(root, ".prod.vars"), "utf8"));
  const first = bound();
  assert.deepEqual(first.CLIENTS, { type: "kv_namespace", namespace_id: cloud.namespaces[0].id });
  assert.deepEqual(first.ISSUER, { type: "plain_text", text: "https://auth.example.com" });
  for (const [name, text] of Object.entries(secrets)) assert.deepEqual(first[name], { type: "secret_text", text }, name);
  for (const name of ["ACCOUNT", "DIRECTORY", "REGISTRY", "REPLAY", "HASHER"]) assert.equal(first[name].type, "durable_object_namespace", name);
  assert.ok(cloud.script().files.some((name) => name.endsWith(".wasm")), "the wasm is there");

  assert.deepEqual(await deploy(), ["PUT /workers/scripts/grantry"]);
  assert.ok(!cloud.script().sent.some(({ type }) => type === "secret_text"), "no secret is sent again");
  assert.deepEqual(bound(), first, "and everything is as it was");
  assert.equal(cloud.namespaces.length, 1);
});
