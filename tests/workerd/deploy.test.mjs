// npm run deploy -- --dry-run: works without a network or an account, and leaves nothing behind.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";

test("a dry run bundles the Worker with its bindings and makes no secrets", () => {
  const out = mkdtempSync(path.join(tmpdir(), "grantry-deploy-"));
  const had = existsSync(inRoot(".prod.vars"));
  const run = spawnSync("npm", ["run", "deploy", "--", "--dry-run", "--outdir", out], { cwd: inRoot(), encoding: "utf8" });
  const printed = run.stdout + run.stderr;
  assert.equal(run.status, 0, printed);
  for (const binding of ["ACCOUNT", "REGISTRY", "REPLAY", "CLIENTS"]) assert.ok(printed.includes(binding), `${binding}: ${printed}`);
  assert.ok(readdirSync(out).some((file) => file.endsWith(".wasm")), "the wasm is in the bundle");
  assert.equal(existsSync(inRoot(".prod.vars")), had);
  rmSync(out, { recursive: true });
});
