import assert from "node:assert/strict";
import { test } from "node:test";
import { attacks } from "../../scripts/lib/attacks.mjs";

test("a test whose name begins with attack is listed, and no other", () => {
  const of = (file, text) => attacks({ file, text }).map(({ attack }) => attack);
  assert.deepEqual(of("a.rs", "#[test]\nfn attack_a_code_is_guessed() {}\n#[test]\nfn a_code_is_redeemed() {}\nfn attack_with(one: u8) {}\n"), ["a code is guessed"]);
  assert.deepEqual(of("a.test.mjs", 'test("attack: a code is guessed", () => {});\ntest("an attack is described", () => {});\n  browserTest(`attack: of ${name}`, () => {});\n'), ["a code is guessed", "of …"]);
});
