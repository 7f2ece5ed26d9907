// What the documents refer to: files of the checkout, by links and by paths in code spans.
import { existsSync, readFileSync, readdirSync, statSync } from "node:fs";
import path from "node:path";

/** Folders whose files a document may name by their path in backticks. */
const NAMED = /`((?:src|tests|scripts|docs|templates|bench|examples|\.ci)\/[^\s`*{}<>]+)`/g;
const LINK = /\]\((?!https?:|mailto:|#)([^)\s#]+)(?:#[^)\s]*)?\)/g;

/** @returns {string[]} the documents of the checkout at `root`, by their paths */
export function documents(root) {
  const below = (folder) =>
    readdirSync(path.join(root, folder)).flatMap((name) => {
      if (["node_modules", "target", ".git", ".tools", "build", ".wrangler"].includes(name)) return [];
      const file = path.join(folder, name);
      if (statSync(path.join(root, file)).isDirectory()) return below(file);
      return name.endsWith(".md") ? [file] : [];
    });
  return below("");
}

/**
 * What a document refers to and is not there.
 * @param {string} root @param {string} document its path below the root
 */
export function dangling(root, document, text = readFileSync(path.join(root, document), "utf8")) {
  const missing = (file) => !existsSync(path.join(root, file));
  const links = [...text.matchAll(LINK)].map(([, to]) => path.join(path.dirname(document), decodeURI(to)));
  const named = [...text.matchAll(NAMED)].map(([, file]) => file.replace(/[:#].*$/, ""));
  return [...new Set([...links, ...named].filter(missing))];
}
