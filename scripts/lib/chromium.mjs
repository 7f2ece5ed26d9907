import { accessSync, constants } from "node:fs";
import path from "node:path";
import { Failure } from "./failure.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const MACOS = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome";

/** The browser for the browser tests, or undefined. CHROMIUM_PATH wins over the usual names on the PATH. */
export function findChromium(env = process.env) {
  if (env.CHROMIUM_PATH) {
    if (isProgram(env.CHROMIUM_PATH)) return env.CHROMIUM_PATH;
    throw new Failure(`CHROMIUM_PATH is ${env.CHROMIUM_PATH}, which is not an executable file. Correct it, or unset it to search the PATH.`);
  }
  const onPath = env.PATH.split(":").flatMap((folder) => NAMES.map((name) => path.join(folder, name)));
  return [...onPath, MACOS].find(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
