// `--help` of each command: what it does, its options and an example; nothing else happens.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";

const COMMANDS = [...readdirSync(inRoot("scripts")).filter((name) => name.endsWith(".mjs")).map((name) => `scripts/${name}`), "bench/run.mjs"];

const npmScripts = Object.values(JSON.parse(readFileSync(inRoot("package.json"), "utf8")).scripts);

test("each command of package.json is among those that have help", () => {
  for (const script of npmScripts) assert.ok(COMMANDS.includes(script.replace(/^exec node /, "")), script);
});

for (const file of COMMANDS) {
  test(`${file} --help says what the command does, its options and an example`, () => {
    const printed = ["--help", "-h"].map((option) => execFileSync(process.execPath, [inRoot(file), option], { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"], timeout: 10_000 }));
    const [help] = printed;
    assert.equal(printed[1], help);
    assert.match(help, /^(?:npm (?:run )?\w+|node scripts\/\w+\.mjs).* {4}\w/, "the first line is the command and what it does");
    assert.match(help, /^Options: ?/m);
    assert.match(help, /^Examples?:/m);
    const source = readFileSync(inRoot(file), "utf8");
    const options = [...source.matchAll(/"?([\w-]+)"?: \{ type: "(?:string|boolean)"/g)].map(([, name]) => name);
    for (const option of options) assert.match(help, new RegExp(`^  --${option}\\b`, "m"), `--${option} is not explained`);
  });
}
