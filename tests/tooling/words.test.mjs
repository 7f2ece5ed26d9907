// The list of words that the field does not use: each pattern finds what it is there for, and nothing else.
import assert from "node:assert/strict";
import test from "node:test";
import { WORDS, found } from "../../scripts/lib/words.mjs";

const WRONG = [
  "a session of hers", "Whoever asks", "the how manieth it is", "what it comes to", "it came to 12 ms", "what becomes of a body",
  "the face of before", "none of KV's business", "an answer to who showed a token", "/// Who is signed in.", "has asked in vain",
  "there is no use in putting", "listed otherwise than before", "founded anew", "hence refused", "the browser one looks at",
  "the most that is read", "identifiers of nobody's", "what there is",
];

test("each pattern finds the words that it is there for", () => {
  for (const text of WRONG) assert.notEqual(found(text).length, 0, text);
  for (const { pattern } of WORDS) assert.ok(WRONG.some((text) => [...text.matchAll(pattern)].length > 0), `${pattern} finds nothing`);
});

test("parts of words, and names of that kind, are left alone", () => {
  for (const text of ["the theory", "shell", "helium", "this", "others", "there", "history", "a user who asks", "welcome to 3 apps", "who is it?"]) {
    assert.deepEqual(found(text), [], text);
  }
});

test("what a line quotes from a standard that it names is the standard's", () => {
  assert.deepEqual(found('// "whoever presents her token" - RFC 6750 section 1.2'), []);
  assert.equal(found('// "whoever presents her token"').length, 2);
});
