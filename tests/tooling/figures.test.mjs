import assert from "node:assert/strict";
import { test } from "node:test";
import { compare } from "../guard/figures.mjs";

test("a guarded figure may move by five per cent", () => {
  for (const found of [950, 1000, 1050]) assert.equal(compare(1000, found), "same", String(found));
});

test("a guarded figure that grew by more has grown, and so has one that is not written down or was not found", () => {
  assert.equal(compare(1000, 1051), "grew");
  assert.equal(compare(undefined, 1), "grew");
  assert.equal(compare(1000, undefined), "grew");
});

test("a guarded figure that shrank by more has shrunk", () => {
  assert.equal(compare(1000, 949), "shrank");
});
