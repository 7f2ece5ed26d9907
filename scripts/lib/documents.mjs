// What the documents refer to: files of the checkout and headings in them, by links, and files by paths in code spans.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { filesUnder } from "./files.mjs";

/** Folders whose files a document may name by their path in backticks. */
const NAMED = /`((?:src|tests|scripts|docs|templates|bench|examples|\.ci)\/[^\s`*{}<>]+)`/g;
const LINK = /\]\((?![a-z]+:)([^)\s]+)\)/g;
/** What is shown as it is written: no link is one there. */
const CODE = /^ *```[\s\S]*?^ *```$|`[^`\n]*`/gm;

/** @returns {string[]} the documents of the checkout at `root`, by their paths */
export const documents = (root) => filesUnder(root, "").filter((file) => file.endsWith(".md"));

/**
 * What a document refers to and is not there.
 * @param {string} root @param {string} document its path below the root
 */
export function dangling(root, document, text = readFileSync(path.join(root, document), "utf8")) {
  const named = [...text.matchAll(NAMED)].map(([, file]) => file.replace(/[:#].*$/, "")).filter((file) => !existsSync(path.join(root, file)));
  return [...danglingLinks(root, document, text), ...new Set(named)];
}

/** Links of a document to files or headings that do not exist. */
export function danglingLinks(root, document, text) {
  const links = [...text.replaceAll(CODE, "").matchAll(LINK)].map(([, link]) => decodeURI(link));
  return [...new Set(links)].filter((link) => !leadsSomewhere(root, document, text, link));
}

/** Whether a link of a document leads to a file, and to a heading in it. */
function leadsSomewhere(root, document, text, link) {
  const [target, heading] = link.split("#");
  const there = target ? path.join(root, path.dirname(document), target) : undefined;
  if (there && !existsSync(there)) return false;
  if (!heading) return true;
  const slugs = [...(there ? readFileSync(there, "utf8") : text).matchAll(/^#+ (.*)$/gm)].map(([, title]) => slugOf(title));
  return slugs.includes(heading);
}

/** The anchor that a heading gets when it is shown: words in lower case, hyphens between. */
const slugOf = (title) => title.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1").toLowerCase().replaceAll(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
