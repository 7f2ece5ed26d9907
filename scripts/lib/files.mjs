// The files of a checkout.
import { readdirSync } from "node:fs";
import path from "node:path";

/** Folders that tools install, build or keep. They hold no sources. */
const NOT_SOURCES = [".git", ".tools", ".wrangler", "build", "node_modules", "target"];

/** Orders names as people count: a2 before a10. */
export const natural = (a, b) => a.localeCompare(b, "en", { numeric: true });

/** The sources below a folder, by their paths from `root`, numbers in their order. @param {string} root @param {string} folder */
export function filesUnder(root, folder) {
  const entries = readdirSync(path.join(root, folder), { withFileTypes: true }).sort((a, b) => natural(a.name, b.name));
  return entries.flatMap((entry) => {
    const relative = path.join(folder, entry.name);
    if (NOT_SOURCES.includes(entry.name)) return [];
    return entry.isDirectory() ? filesUnder(root, relative) : [relative];
  });
}
