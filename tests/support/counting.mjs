// The running Worker with counters around it (tests/support/counted.mjs): what requests cost, counted at the platform.
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { startObjects } from "./objects.mjs";

/** @param {Record<string, string>} [vars] */
export async function startCounted(vars) {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  await startObjects({ port, vars, around: ["tests/support/counted.mjs", "bench/lib/instrumented.mjs"] });
  return {
    url,
    port,
    /**
     * What was spent since this was last asked; what has to follow has by then been done.
     * @returns {Promise<Record<"requests" | "objectRequests" | "rowsRead" | "rowsWritten" | "kvReads" | "kvWrites", number>>}
     */
    spent: async () => (await fetch(`${url}/counts`, { method: "POST" })).json(),
  };
}
