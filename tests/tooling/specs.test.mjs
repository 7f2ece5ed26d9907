import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { danglingLinks } from "../../scripts/lib/documents.mjs";
import { annotations, readSpecs } from "../../scripts/lib/specs.mjs";

const ARCHITECTURE = "## Invariants\n\n1. One thing,\n   always.\n\n## Else\n\n1. No invariant.\n";
const SHOWN = `// spec: Invariant 1 - it holds
// spec: RFC 7009 section 2.2 - an invalid token is answered with 200
test("garbage is fine", () => {});
`;

/** A checkout with these files beside the least there is. */
function checkout(t, files) {
  const root = mkdtempSync(path.join(tmpdir(), "grantry-specs-"));
  t.after(() => rmSync(root, { recursive: true }));
  const all = { "src/lib.rs": "", "docs/architecture.md": ARCHITECTURE, "tests/a.test.mjs": SHOWN, ...files };
  for (const [file, text] of Object.entries(all)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return root;
}

test("an annotation belongs to the test below, whatever other comments and attributes stand between", () => {
  const rust = `
    // spec: RFC 7636 section 4.6 - another verifier is refused
    // spec: RFC 7636 appendix B - its example is read
    // spec: Invariant 3 - and changes nothing
    // Why this is so.
    #[test]
    #[should_panic]
    fn another_verifier() {}`;
  const found = annotations({ file: "a.rs", text: rust });
  assert.deepEqual(found.problems, []);
  assert.deepEqual(found.annotations.map(({ spec, section, requirement, test }) => [spec, section, requirement, test]), [
    ["RFC 7636", "section 4.6", "another verifier is refused", "another_verifier"],
    ["RFC 7636", "appendix B", "its example is read", "another_verifier"],
    ["Invariant 3", "", "and changes nothing", "another_verifier"],
  ]);
  for (const line of ['test("a name", () => {', 'browserTest("a name", async () => {', "  test(`a name`, { skip }, () => {"]) {
    const text = `// spec: OpenID Connect Core section 3.1.2.1 - it is so\n${line}`;
    assert.equal(annotations({ file: "a.mjs", text }).annotations[0]?.test, "a name", line);
  }
});

test("an annotation above no test, without a known specification or without a requirement is a problem", () => {
  for (const text of [
    "// spec: RFC 7009 section 2.2 - said of nothing\nfn helper() {}",
    "// spec: RFC 7009 section 2.2 - said of a helper\n#[cfg(test)]\nfn helper() {}",
    "// spec: RFC 7009 section 2.2 - said at the end",
    "// spec: RFC 7009 section 2.2 - with a gap\n\n#[test]\nfn far_away() {}",
    "// spec: RFC 70099 section 2.2 - a slip\n#[test]\nfn a() {}",
    "// spec: The Law section 2.2 - unknown\n#[test]\nfn a() {}",
    "// spec: RFC 7009 section 2.2\n#[test]\nfn a() {}",
  ]) {
    const found = annotations({ file: "a.rs", text });
    assert.equal(found.problems.length, 1, text);
    assert.match(found.problems[0], /^a\.rs:1: /);
    assert.deepEqual(found.annotations, []);
  }
});

test("the page links each requirement to its file and names the test", (t) => {
  const { page, problems } = readSpecs(checkout(t, {}));
  assert.deepEqual(problems, []);
  assert.ok(page.includes("## [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009): OAuth 2.0 Token Revocation\n\n### [Section 2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)\n"));
  assert.ok(page.includes("- an invalid token is answered with 200: [a.test.mjs](../tests/a.test.mjs) `garbage is fine`\n"));
  assert.ok(page.includes("## [Invariant 1](architecture.md#invariants): One thing, always.\n"));
});

test("a page that says something else is stale", (t) => {
  const root = checkout(t, {});
  assert.ok(readSpecs(root).stale, "there is none");
  writeFileSync(path.join(root, "docs/specs.md"), readSpecs(root).page);
  assert.ok(!readSpecs(root).stale);
  writeFileSync(path.join(root, "tests/a.test.mjs"), SHOWN.replace("garbage is fine", "garbage is very fine"));
  assert.ok(readSpecs(root).stale);
});

test("an invariant that no test shows is a problem", (t) => {
  const root = checkout(t, { "tests/a.test.mjs": SHOWN.replace(/^.*Invariant 1.*\n/, "") });
  assert.match(readSpecs(root).problems.join(), /no test says that it shows invariant 1/);
});

test("a link to a file or heading that is not there is a problem", (t) => {
  const root = checkout(t, { "docs/other.md": "# A heading, with words\n", "picture.png": "" });
  const linksOf = (text) => danglingLinks(root, "docs/some.md", text);
  assert.deepEqual(linksOf("[a](other.md) ![b](../picture.png) [c](other.md#a-heading-with-words) [d](https://example.com/x)"), []);
  assert.deepEqual(linksOf("# Mine\n[a](#mine) `[b](nowhere.md)`\n```\n[c](nowhere.md)\n```\n"), []);
  assert.equal(linksOf("[a](nowhere.md)").length, 1);
  assert.equal(linksOf("[a](other.md#another-heading)").length, 1);
  assert.equal(linksOf("[a](#not-mine)").length, 1);
  assert.match(readSpecs(checkout(t, { "README.md": "[a](gone.md)" })).problems.join(), /README\.md: the link gone\.md leads nowhere/);
});
