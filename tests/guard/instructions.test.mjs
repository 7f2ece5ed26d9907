// How many instructions the endpoints execute for one request, on the host, counted by callgrind: SQLite is in it and the
// signatures, which are WebCrypto's, are not. What the tests' build of the code does is counted, because it is there; an additional
// copy, parse or allocation shows in it as well.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { collect, start } from "../../scripts/lib/run.mjs";
import { toolEnv } from "../../scripts/lib/toolchain.mjs";
import { hasValgrind } from "../../scripts/lib/valgrind.mjs";
import { holds } from "./figures.mjs";

/** The functions of tests/host/endpoints/token/instructions.rs. */
const OPERATIONS = ["code_exchange", "refresh_rotating", "refresh_not_rotating", "client_credentials", "introspection", "userinfo"];

const skip = !(await hasValgrind()) && "there is no valgrind";
const temporary = mkdtempSync(path.join(tmpdir(), "grantry-callgrind-"));
after(() => rmSync(temporary, { recursive: true }));
const counts = skip ? {} : await countInstructions();

for (const operation of OPERATIONS) {
  test(`${operation} takes no more instructions than it is known to take`, { skip }, () => holds("instructions", operation, counts[operation]));
}

/** The instructions of one call of each operation. */
async function countInstructions() {
  const messages = await output(["cargo", "test", "--locked", "--test", "host", "--no-run", "--message-format=json"]);
  const built = messages.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
  const { executable } = built.find(({ executable, target }) => executable && target.name === "host");
  const profile = path.join(temporary, "profile");
  await output(["valgrind", "--quiet", "--tool=callgrind", `--callgrind-out-file=${profile}`, executable, "endpoints::token::instructions", "--test-threads=1"]);
  const annotated = await output(["callgrind_annotate", "--inclusive=yes", "--tree=calling", "--threshold=100", "--auto=no", profile]);
  // `24,205,957 (25.16%)  => file:host::endpoints::token::instructions::code_exchange (20x) [...]`: what was called, how often, at what cost in all.
  const calls = annotated.matchAll(/^ *([\d,]+)[^=\n]*> [^\n]*token::instructions::(\w+) \((\d+)x\)/gm);
  return Object.fromEntries([...calls].map(([, all, name, times]) => [name, Math.round(Number(all.replaceAll(",", "")) / Number(times))]));
}

/** What a program prints, which has to succeed. */
async function output(command) {
  const child = start(command, { env: toolEnv(), stdio: ["ignore", "pipe", "inherit"] });
  const printed = collect(child);
  assert.equal(await child.ended, 0, `${command.join(" ")} failed`);
  return printed();
}
