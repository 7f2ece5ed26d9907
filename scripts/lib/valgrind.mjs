import { firstLine } from "./run.mjs";

/** Whether valgrind is there, and with it callgrind and its annotations. */
export const hasValgrind = async () => Boolean(await firstLine(["valgrind", "--version"]));
