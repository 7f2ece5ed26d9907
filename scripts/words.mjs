// npm run words: fails on words that the field does not use. `node scripts/words.mjs PATH...` reads only these files and folders.
import { readFileSync, statSync } from "node:fs";
import { filesUnder } from "./lib/files.mjs";
import { inRoot, ROOT } from "./lib/paths.mjs";
import { main } from "./lib/run.mjs";
import { found } from "./lib/words.mjs";

const PLACES = [
  ...["src", "tests", "docs", "templates", "scripts", "examples", "bench", ".ci"],
  ...["README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "Cargo.toml", "wrangler.toml"],
];
const TEXTS = /\.(?:rs|mjs|js|md|html|css|toml|py|txt)$|(?:^|\/)run$/;
/** The list itself and its test; what is generated from other files; what other programs wrote. */
const LEFT_OUT = [
  ...["scripts/lib/words.mjs", "tests/tooling/words.test.mjs", "bench/results", "tests/third-party/requirements.txt"],
];

const HELP = `npm run words    fails on words that the field does not use, and says what to write instead

Options: the files and folders to read (default: all texts of the repository)

Example: npm run words -- docs README.md`;

await main(HELP, async () => {
  const places = process.argv.length > 2 ? process.argv.slice(2) : PLACES;
  const files = places.flatMap(textsUnder);
  const all = files.flatMap((file) => found(readFileSync(inRoot(file), "utf8")).map((one) => ({ file, ...one })));
  for (const { file, line, words, instead } of all) console.log(`${file}:${line}: "${words}": write ${instead}`);
  console.log(`${files.length} files read, ${all.length} words to replace`);
  if (all.length > 0) process.exitCode = 1;
});

function textsUnder(place) {
  const files = statSync(inRoot(place)).isDirectory() ? filesUnder(ROOT, place) : [place];
  const isLeftOut = (file) => LEFT_OUT.some((one) => file === one || file.startsWith(`${one}/`));
  return files.filter((file) => TEXTS.test(file) && !isLeftOut(file));
}
