import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createPrivateKey, createPublicKey, sign, verify } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { parseEnv } from "node:util";
import { formatDotenv, freshSecrets, rotate, thumbprint, updateDotenv } from "../../scripts/lib/keys.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const fresh = await freshSecrets();
const NEW_KEY = { kid: "00000002", key: "new", seals_from: 0 };

test("a fresh set has the secrets and formats that the Worker reads", () => {
  assert.deepEqual(Object.keys(fresh), ["MASTER_KEYS", "SUBJECT_KEY", "SIGNING_KEYS", "ADMIN_TOKEN"]);
  const [master, ...others] = JSON.parse(fresh.MASTER_KEYS);
  assert.deepEqual(others, []);
  assert.deepEqual(Object.keys(master), ["kid", "key", "seals_from"]);
  assert.match(master.kid, /^[0-9a-f]{8}$/);
  assert.match(master.key, /^[\w-]{43}$/);
  assert.equal(master.seals_from, 0);
  assert.match(fresh.SUBJECT_KEY, /^[\w-]{43}$/);
  assert.match(fresh.ADMIN_TOKEN, /^gr_admin_[\w-]{43}$/);
});

test("each algorithm has a private signing key of its own", () => {
  const { keys } = JSON.parse(fresh.SIGNING_KEYS);
  assert.deepEqual(keys.map(({ alg, kty }) => `${alg} ${kty}`), ["ES256 EC", "RS256 RSA", "PS256 RSA", "EdDSA OKP"]);
  assert.equal(new Set(keys.map(({ kid }) => kid)).size, keys.length);
  for (const jwk of keys) {
    assert.equal(jwk.use, "sig");
    const key = createPrivateKey({ key: jwk, format: "jwk" });
    const message = Buffer.from("message");
    const digest = jwk.alg === "EdDSA" ? null : "sha256";
    assert.ok(verify(digest, message, createPublicKey(key), sign(digest, message, key)), jwk.alg);
  }
});

test("no secret exceeds what the platform takes, even while keys are rotated", () => {
  const rotated = rotate(fresh, { now: 1, masterKey: NEW_KEY, signingKeys: fresh.SIGNING_KEYS });
  for (const [name, value] of Object.entries(rotated)) assert.ok(Buffer.byteLength(value) <= 5000, name);
});

test("a ring of master keys that outgrows the platform is refused with advice", () => {
  const MASTER_KEYS = JSON.stringify(Array(60).fill({ kid: "00000001", key: "k".repeat(43), seals_from: 0 }));
  assert.throws(() => rotate({ ...fresh, MASTER_KEYS }, { now: 1, masterKey: NEW_KEY, signingKeys: "{}" }), /retired_at/);
});

test("the key id is the RFC 7638 thumbprint (its example, section 3.1)", () => {
  const n =
    "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMst" +
    "n64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbIS" +
    "D08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
  assert.equal(thumbprint({ kty: "RSA", n, e: "AQAB", alg: "RS256", kid: "2011-04-29" }), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
});

test("signing keys are published before they sign and after", () => {
  const step = (secrets, signingKeys) => rotate(secrets, { now: 1, masterKey: NEW_KEY, signingKeys });
  const stages = ({ SIGNING_KEYS, SIGNING_KEYS_NEXT, SIGNING_KEYS_PREVIOUS }) => [SIGNING_KEYS_PREVIOUS, SIGNING_KEYS, SIGNING_KEYS_NEXT];

  const first = step({ MASTER_KEYS: "[]", SIGNING_KEYS: "a" }, "b");
  assert.deepEqual(stages(first), [undefined, "a", "b"]);
  const second = step(first, "unused");
  assert.deepEqual(stages(second), ["a", "b", undefined]);
  assert.ok(!("SIGNING_KEYS_NEXT" in second));
  const third = step(second, "c");
  assert.deepEqual(stages(third), ["a", "b", "c"]);
  assert.deepEqual(stages(step(third, "unused")), ["b", "c", undefined]);
});

test("a new master key seals ten minutes later, and the older one retires at that moment", () => {
  const before = { MASTER_KEYS: '[{"kid":"00000001","key":"old","seals_from":0}]', SIGNING_KEYS: "a" };
  const once = rotate(before, { now: 1000, masterKey: NEW_KEY, signingKeys: "b" });
  assert.deepEqual(JSON.parse(once.MASTER_KEYS), [
    { kid: "00000001", key: "old", seals_from: 0, retired_at: 1600 },
    { kid: "00000002", key: "new", seals_from: 1600 },
  ]);
  const twice = rotate(once, { now: 2000, masterKey: { kid: "00000003", key: "newer" }, signingKeys: "c" });
  assert.deepEqual(JSON.parse(twice.MASTER_KEYS).map(({ retired_at }) => retired_at), [1600, 2600, undefined]);
});

test("rotation leaves the other secrets alone", () => {
  const rotated = rotate(fresh, { now: 1, masterKey: NEW_KEY, signingKeys: "{}" });
  assert.equal(rotated.SUBJECT_KEY, fresh.SUBJECT_KEY);
  assert.equal(rotated.ADMIN_TOKEN, fresh.ADMIN_TOKEN);
});

test("a dotenv file gives back every value, and an update keeps the other lines", () => {
  const text = `# kept\n${formatDotenv({ A: '{"x":"#"}', GONE: "1" })}`;
  assert.deepEqual({ ...parseEnv(text) }, { A: '{"x":"#"}', GONE: "1" });
  const updated = updateDotenv(text, parseEnv(text), { A: "2", B: "3" });
  assert.equal(updated, "# kept\nA='2'\nB='3'\n");
});

test("the command makes a file that only its owner reads, refuses to overwrite it, and rotates it", (t) => {
  const folder = mkdtempSync(path.join(tmpdir(), "grantry-keys-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = path.join(folder, "prod.vars");
  const keys = (...args) => spawnSync(process.execPath, [inRoot("scripts/keys.mjs"), ...args], { cwd: inRoot(), encoding: "utf8" });
  const names = () => Object.keys(parseEnv(readFileSync(file, "utf8"))).sort();
  const made = ["ADMIN_TOKEN", "MASTER_KEYS", "SIGNING_KEYS", "SUBJECT_KEY"];

  const deploying = `\n  cp ${file} .prod.vars\n  npm run deploy\n`;
  const first = keys("--out", file);
  assert.equal(first.status, 0);
  assert.ok(first.stdout.endsWith(deploying), first.stdout);
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.deepEqual(names(), made);

  const text = readFileSync(file, "utf8");
  const refused = keys("--out", file);
  assert.equal(refused.status, 1);
  assert.match(refused.stderr, /exists/);
  assert.equal(readFileSync(file, "utf8"), text);

  const published = keys("--rotate", file).stdout;
  assert.ok(published.includes(`Publish them with:\n${deploying}`), published);
  assert.deepEqual(names(), [...made, "SIGNING_KEYS_NEXT"].sort());
  const promoted = keys("--rotate", file).stdout;
  assert.ok(promoted.endsWith(`${deploying}  npx wrangler secret delete SIGNING_KEYS_NEXT\n`), promoted);
  assert.deepEqual(names(), [...made, "SIGNING_KEYS_PREVIOUS"].sort());
  assert.equal(statSync(file).mode & 0o777, 0o600);
});
