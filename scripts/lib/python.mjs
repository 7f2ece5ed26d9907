// A Python of the checkout's own, for tests with libraries from PyPI: exact versions, each checked against its hash.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { inRoot } from "./paths.mjs";
import { firstLine, step } from "./run.mjs";

const REQUIREMENTS = inRoot("tests/third-party/requirements.txt");
const FOLDER = inRoot(".tools/python");

/** Whether there is a Python that can make environments; Debian has that part in python3-venv. */
export async function hasPython() {
  return (await firstLine(["python3", "-c", "import ensurepip, venv; print('yes')"])) === "yes";
}

/** Creates the environment unless it is current, and gives its Python. */
export async function ensurePython() {
  const [program, stamp] = [`${FOLDER}/bin/python`, `${FOLDER}/.requirements-hash`];
  const wanted = createHash("sha256").update(readFileSync(REQUIREMENTS)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return program;
  await step("Creating a Python environment in .tools", ["python3", "-m", "venv", "--clear", FOLDER]);
  const install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"];
  await step("Installing the libraries of tests/third-party", [program, ...install, "--requirement", REQUIREMENTS], {
    hint: "Check that the Python package index can be reached, then run the command again.",
  });
  writeFileSync(stamp, wanted);
  return program;
}
