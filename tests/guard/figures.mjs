// Figures that are the same at every run, and that only a change of the code moves. They guard what the wall clock cannot.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const FILE = "tests/guard/figures.json";
const figures = JSON.parse(readFileSync(inRoot(FILE), "utf8"));

/** How far a figure may be from what is written down: what another machine's instruction set or home folder makes of it. */
const TOLERANCE = 0.02;

/** Fails when a figure has grown; and when it has shrunk, because the guard would then let it grow back unseen. */
export function holds(kind, name, found) {
  const known = figures[kind]?.[name];
  const change = known ? found / known - 1 : Infinity;
  const way = change > 0 ? "It grew: write into the commit message why, and" : "It shrank:";
  assert.ok(Math.abs(change) <= TOLERANCE, `${name} is ${found}, and ${FILE} says ${known}. ${way} set it there to ${found}.`);
}
