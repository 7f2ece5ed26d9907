// npm run deploy -- --dry-run: works without a network or an account, and leaves nothing behind.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** The command where there is no network at all; without such a place, where every request is sent to a port that nobody hears. */
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

/** A checkout beside this one, with the same sources and build, whose wrangler only notes what it was asked for. */
function checkoutWithoutWrangler() {
  const root = mkdtempSync(path.join(tmpdir(), "grantry-deploy-"));
  after(() => rmSync(root, { recursive: true, force: true }));
  for (const name of readdirSync(inRoot())) {
    const isOwn = ["scripts", "node_modules"].includes(name) || name.includes(".vars") || name.startsWith(".git");
    if (!isOwn) symlinkSync(inRoot(name), path.join(root, name));
  }
  cpSync(inRoot("scripts"), path.join(root, "scripts"), { recursive: true });
  mkdirSync(path.join(root, "node_modules/.bin"), { recursive: true });
  cpSync(inRoot("node_modules/.lock-hash"), path.join(root, "node_modules/.lock-hash"));
  const wrangler = '#!/bin/sh\nprintf "%s\\n" "$*" >> "$CALLS"\nexit "$OUTCOME"\n';
  writeFileSync(path.join(root, "node_modules/.bin/wrangler"), wrangler, { mode: 0o700 });
  const calls = path.join(root, "calls");
  return {
    secrets: path.join(root, ".prod.vars"),
    /** Deploys, and gives the exit code and the arguments that wrangler got. */
    deploy(outcome) {
      rmSync(calls, { force: true });
      const args = [path.join(root, "scripts/deploy.mjs"), "--var", "ISSUER:https://auth.example.com"];
      const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", env: { ...process.env, CALLS: calls, OUTCOME: String(outcome) } });
      assert.ok(existsSync(calls), stdout + stderr);
      return { status, asked: readFileSync(calls, "utf8").trim() };
    },
  };
}

test("secrets are made once, sent until a deployment has taken them, and again only when they have changed", () => {
  const { secrets, deploy } = checkoutWithoutWrangler();
  const plain = "deploy --var ISSUER:https://auth.example.com";
  const withSecrets = `${plain} --secrets-file ${secrets}`;
  assert.deepEqual(deploy(1), { status: 1, asked: withSecrets }, "the first deployment fails");
  const made = readFileSync(secrets, "utf8");
  assert.equal(statSync(secrets).mode & 0o777, 0o600);
  assert.deepEqual(deploy(0), { status: 0, asked: withSecrets }, "nobody has them yet");
  assert.deepEqual(deploy(0), { status: 0, asked: plain });
  assert.equal(readFileSync(secrets, "utf8"), made, "they stay as they are");
  appendFileSync(secrets, "ADMIN_TOKEN='gr_admin_another'\n");
  assert.deepEqual(deploy(0), { status: 0, asked: withSecrets });
  assert.deepEqual(deploy(0), { status: 0, asked: plain });
});
