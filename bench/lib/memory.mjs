// npm run bench -- memory: what the server's process holds, which part of it is whose, and whether it grows.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { floor } from "../subjects/floor.mjs";
import { grantry } from "../subjects/grantry.mjs";
import { openauth } from "../subjects/openauth.mjs";
import { workersOauthProvider } from "../subjects/workers-oauth-provider.mjs";
import { Inspector } from "./inspector.mjs";
import { measure } from "./measure.mjs";
import { table } from "./report.mjs";

const FULL = { steps: [0, 10_000, 10_000, 20_000] };
const QUICK = { steps: [0, 200, 200] };

export default async function memory({ quick, subjects: wanted, commit }) {
  const { steps } = quick ? QUICK : FULL;
  const found = [];
  for (const subject of [floor, grantry, workersOauthProvider, openauth].filter(({ name }) => !wanted || wanted.includes(name))) {
    await subject.prepare();
    found.push(...(await held(subject, steps)));
    console.log(`  ${subject.name} is measured`);
  }
  const text = page(found, commit);
  const file = inRoot(quick ? "target/bench/results/memory.md" : "bench/results/memory.md");
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  console.log(`\n${text}\nWritten to ${path.relative(inRoot(), file)}.`);
}

/** What a server holds when its people are there, after so many requests more each time, and when its garbage is collected. */
async function held(subject, steps) {
  const inspectorPort = await freePort();
  const start = subject.startProbing ?? subject.start;
  const server = await start({ log: "ignore", inspectorPort });
  try {
    const scenarios = await subject.scenarios(server);
    const inspector = await Inspector.open(inspectorPort);
    const rows = [];
    let requests = 0;
    for (const count of steps) {
      await measure(server, scenarios["refresh, rotating, no ID token"] ?? scenarios.row, 16, count);
      requests += count;
      rows.push({ subject: subject.name, after: requests.toLocaleString("en"), ...(await parts(subject, server, inspector)) });
    }
    if (subject.startProbing) {
      await wasmMemory(server, "?collect");
      rows.push({ subject: subject.name, after: "garbage collected", ...(await parts(subject, server, inspector)) });
    }
    inspector.close();
    return rows;
  } finally {
    await server.stop();
  }
}

/** In bytes. */
async function parts(subject, server, inspector) {
  const wasm = subject.startProbing && (await wasmMemory(server));
  return { ...resident(server.pid), wasm, ...(await inspector.heaps()) };
}

/** See memory-probe.mjs. */
async function wasmMemory({ url }, query = "") {
  const answer = await fetch(`${url}/memory${query}`, { method: "POST" });
  return (await answer.json()).reduce((sum, bytes) => sum + bytes, 0);
}

/** What is resident: of files (the program), and of no file. */
function resident(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const bytes = (name) => Number(status.match(new RegExp(`^${name}:\\s*(\\d+) kB$`, "m"))[1]) * 1024;
  return { all: bytes("VmRSS"), file: bytes("RssFile") + bytes("RssShmem"), anonymous: bytes("RssAnon") };
}

const COLUMNS = { all: "resident MB", file: "of it the program's file", anonymous: "of it of no file", heapUsed: "JavaScript heap in use", heapTotal: "JavaScript heap", wasm: "wasm memory" };

function page(found, commit) {
  const megabytes = (bytes) => (bytes === undefined ? "–" : (bytes / 1024 / 1024).toFixed(1));
  const rows = found.map((row) => [row.subject, row.after, ...Object.keys(COLUMNS).map((column) => megabytes(row[column]))]);
  return `# Memory

Made by \`npm run bench -- memory\` at commit ${commit}: the server's process with 64 users, then after the given number of refreshes
(rows for the floor) on 16 connections, and after the Worker's garbage has been collected (\`--expose-gc\`). Resident memory is the kernel's count
(\`/proc/PID/status\`); the JavaScript heaps of all isolates, including the one that replaces KV, are V8's (\`Runtime.getHeapUsage\`); wasm memory
is the \`byteLength\` of its buffer. The rest is the program's own: SQLite's pages, compiled code, buffers, and what its allocator keeps.

${table(["subject", "after", ...Object.values(COLUMNS)], rows)}
`;
}
