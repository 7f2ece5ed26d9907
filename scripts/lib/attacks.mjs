// Which attacks the tests try. A test of an attack says so by its name: `attack: a notice in a link says nothing` in JavaScript,
// `attack_a_notice_in_a_link_says_nothing` in Rust. docs/attacks.md is generated from these names.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { filesUnder } from "./files.mjs";
import { groupedBy } from "./specs.mjs";

export const PAGE = "docs/attacks.md";

/**
 * The page that the tests of one checkout give.
 * @param {string} root
 * @returns {{page: string, stale: boolean}}
 */
export function readAttacks(root) {
  const read = (file) => readFileSync(path.join(root, file), "utf8");
  const isSource = (file) => /\.(?:rs|mjs)$/.test(file) && !file.startsWith("tests/tooling/");
  const files = ["src", "tests"].flatMap((folder) => filesUnder(root, folder)).filter(isSource);
  const page = pageOf(files.flatMap((file) => attacks({ file, text: read(file) })));
  return { page, stale: !existsSync(path.join(root, PAGE)) || read(PAGE) !== page };
}

/** The attacks in one file. @param {{file: string, text: string}} source @returns {{file: string, attack: string}[]} */
export function attacks({ file, text }) {
  const names = file.endsWith(".rs") ? text.matchAll(/^\s*(?:async )?fn attack_(\w+)\(\)/gm) : text.matchAll(/^\s*(?:test|\w+Test)\((?:["'`])attack: (.*?[^\\])["'`],/gm);
  return [...names].map(([, name]) => ({ file, attack: name.replaceAll(/\$\{[^}]*\}/g, "…").replaceAll("_", " ") }));
}

/** @param {{file: string, attack: string}[]} all */
function pageOf(all) {
  const lines = [...groupedBy(all, ({ attack }) => attack)].sort(([one], [other]) => one.localeCompare(other, "en")).map(([attack, tries]) => {
    const files = tries.map(({ file }) => `[${path.basename(file)}](../${file})`);
    return `- ${attack.charAt(0).toUpperCase()}${attack.slice(1)}: ${[...new Set(files)].join(", ")}\n`;
  });
  return `# Attacks

What the tests try as an attacker, and what then holds. \`node scripts/specs.mjs\` generates this page from the names of the tests that
begin with "attack". [specs.md](specs.md) lists the tests by the specification that they are about.

${lines.join("")}`;
}
