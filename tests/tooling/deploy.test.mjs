import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment } from "../../scripts/lib/deployment.mjs";

const LOCAL = 'name = "grantry"\n[vars]\nISSUER = "http://localhost:8787"\n';

test("a deployment without an https issuer is refused with advice", () => {
  assert.throws(() => deployment([], LOCAL), /npm run deploy -- --var ISSUER:https/);
  assert.throws(() => deployment(["--var", "ISSUER:https://auth.example.com/"], LOCAL), /https origin/);
});

test("the issuer is taken from the arguments or from wrangler.toml", () => {
  assert.equal(deployment(["--var", "ISSUER:https://auth.example.com"], LOCAL).issuer, "https://auth.example.com");
  assert.equal(deployment([], LOCAL.replace("http://localhost:8787", "https://a.example")).issuer, "https://a.example");
});

test("a dry run takes any issuer, and all arguments go on", () => {
  assert.deepEqual(deployment(["--dry-run", "--outdir", "x"], LOCAL), { dryRun: true, issuer: "http://localhost:8787", args: ["--dry-run", "--outdir", "x"] });
});
