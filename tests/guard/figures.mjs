// Figures that are the same at every run, and that only a change of the code moves. They guard what the wall clock cannot.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inRoot } from "../../scripts/lib/paths.mjs";

const FILE = "tests/guard/figures.json";
const figures = JSON.parse(readFileSync(inRoot(FILE), "utf8"));

/** How far a figure may move before it is reported. */
const TOLERANCE = 0.05;

/**
 * Compares a figure with the one that is written down; `known` is undefined where none is.
 * @param {number | undefined} known
 * @param {number} found
 * @returns {"grew" | "shrank" | "same"}
 */
export function compare(known, found) {
  if (known === undefined || !(found <= known * (1 + TOLERANCE))) return "grew";
  return found < known * (1 - TOLERANCE) ? "shrank" : "same";
}

/** Fails when a figure has grown. When it has shrunk, the output asks for a lower figure, so that it cannot grow back unseen. */
export function holds(kind, name, found) {
  const known = figures[kind]?.[name];
  const change = compare(known, found);
  assert.notEqual(change, "grew", `${name} is ${found}, and ${FILE} says ${known}. If that is meant, set it there to ${found}, and write into the commit message why it grew.`);
  if (change === "shrank") console.log(`!!! ${name} shrank: it is ${found}, and ${FILE} says ${known}. Set it there to ${found}.`);
}
