// What npm run mutants makes of its list of equivalent mutants and of what cargo-mutants found.
import assert from "node:assert/strict";
import { test } from "node:test";
import { judge, listed, parseMutant, report, wrongEntries } from "../../scripts/lib/mutants.mjs";

const CODE = "fn f() {\n    a && b\n    a && b\n    c < d && e < f\n}";
const mutant = (line, column, what) => parseMutant(`src/a.rs:${line}:${column}: ${what}`, () => CODE);
const AND = mutant(2, 7, "replace && with || in f");
const LESS = mutant(4, 7, "replace < with <= in f");
const entry = ({ file, mutant, line }) => ({ file, mutant, line, reason: "…" });

test("an equivalent mutant is known by what it does and by the line that it changes, wherever the line is", () => {
  assert.deepEqual(entry(LESS), { file: "src/a.rs", mutant: "replace < with <= in f", line: "c < d && e < f", reason: "…" });
  assert.deepEqual(wrongEntries([entry(LESS)], [AND, LESS]), []);
});

test("an entry of the list that no mutant has any more, or that is for several, is wrong", () => {
  assert.deepEqual(wrongEntries([{ ...entry(LESS), line: "c < d" }], [AND, LESS]), ['no mutant is "replace < with <= in f" at "c < d" in src/a.rs']);
  const twice = [AND, mutant(3, 7, "replace && with || in f"), LESS];
  assert.deepEqual(wrongEntries([entry(AND)], twice), ['2 mutants are "replace && with || in f" at "a && b" in src/a.rs']);
});

test("a survivor that is not listed is a failure, an equivalent one that a test notices is wrong, and the rest was not tried", () => {
  const mutants = [AND, LESS, mutant(4, 16, "replace < with > in f"), mutant(4, 11, "replace && with || in f"), mutant(1, 1, "replace f with ()")];
  const [and, less, greater, other] = mutants.map(({ name }) => name);
  const found = judge({ mutants, caught: [and], missed: [less, greater], unviable: [other], equivalents: [entry(LESS), entry(AND)] });
  assert.deepEqual(found, { tried: 3, caught: 1, untried: 1, equivalent: 1, survivors: [mutants[2]], wrong: [`a test notices ${and}`] });
  assert.equal(
    report(found),
    `survived: ${greater}\n    c < d && e < f\ntests/mutants.json is wrong: a test notices ${and}\n`
      + "3 mutants tried: 1 caught, 1 equivalent, 1 survived; 1 not tried\n",
  );
});

test("every equivalent mutant that is listed has a reason", () => {
  for (const { mutant, reason } of listed().equivalents) assert.match(reason, /\w{3}.*\.$/, mutant);
});
