// The build, and POST /memory tells how much of it is wasm, with ?collect after a collection of garbage.
import { memories } from "./memory-watch.mjs";
import { WorkerEntrypoint } from "cloudflare:workers";
import Entry from "./index.js";

export * from "./index.js";

export default class extends WorkerEntrypoint {
  constructor(context, env) {
    super(context, env);
    this.entry = new Entry(context, env);
  }

  fetch(request) {
    const { pathname, search } = new URL(request.url);
    if (request.method === "POST" && pathname === "/memory") {
      if (search) globalThis.gc();
      return Response.json(memories.map(({ buffer }) => buffer.byteLength));
    }
    return this.entry.fetch(request);
  }
}
