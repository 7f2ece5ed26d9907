// A cold isolate pays for every byte of the Worker.
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { holds } from "./figures.mjs";

const wasm = readFileSync(inRoot("build/index_bg.wasm"));

test("the wasm is no larger than it is known to be", () => holds("bytes", "wasm", wasm.length));

test("the gzipped wasm is no larger than it is known to be", () => holds("bytes", "wasm, gzipped", gzipSync(wasm, { level: 9 }).length));
