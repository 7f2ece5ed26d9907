// Programs that others wrote and that send the user to a browser: they print the address, and wait to be called back.
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { PassThrough } from "node:stream";
import { start } from "../../scripts/lib/run.mjs";
import { toolEnv } from "../../scripts/lib/toolchain.mjs";

/**
 * Runs a program to its end, and acts as the user at each address that it prints.
 * @param {string[]} command
 * @param {{env?: Record<string, string>, issuer: string, person: (address: string) => Promise<URL>}} options
 * @returns {Promise<{status: number, output: string}>}
 */
export async function runWithPerson(command, { env = {}, issuer, person }) {
  const program = start(command, { env: { ...toolEnv(), ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const lines = new PassThrough();
  for (const stream of [program.stdout, program.stderr]) stream.pipe(lines, { end: false });
  program.ended.finally(() => lines.end()).catch(() => {});
  let output = "";
  for await (const line of createInterface({ input: lines })) {
    output += `${line}\n`;
    const address = line.trim();
    if (!address.startsWith(`${issuer}/authorize?`)) continue;
    const called = await fetch(await person(address));
    assert.equal(called.status, 200, "the program takes the answer");
    await called.body.cancel();
  }
  return { status: await program.ended, output };
}
