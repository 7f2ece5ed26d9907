// What the documents refer to: files of the checkout, by links and by paths in code spans.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { filesUnder } from "./files.mjs";
import { leadsSomewhere } from "./specs.mjs";

/** Folders whose files a document may name by their path in backticks. */
const NAMED = /`((?:src|tests|scripts|docs|templates|bench|examples|\.ci)\/[^\s`*{}<>]+)`/g;
const LINK = /\]\((?!https?:|mailto:)([^)\s]+)\)/g;

/** @returns {string[]} the documents of the checkout at `root`, by their paths */
export const documents = (root) => filesUnder(root, "").filter((file) => file.endsWith(".md"));

/**
 * What a document refers to and is not there.
 * @param {string} root @param {string} document its path below the root
 */
export function dangling(root, document, text = readFileSync(path.join(root, document), "utf8")) {
  const links = [...text.matchAll(LINK)].map(([, link]) => decodeURI(link)).filter((link) => !leadsSomewhere(root, document, text, link));
  const targets = links.map((link) => path.join(path.dirname(document), link.split("#")[0]));
  const named = [...text.matchAll(NAMED)].map(([, file]) => file.replace(/[:#].*$/, "")).filter((file) => !existsSync(path.join(root, file)));
  return [...new Set([...targets, ...named])];
}
