// The build, and POST /memory tells how much of it is wasm, with ?collect after a collection of garbage.
import { memories } from "./memory-watch.mjs";
import entry from "./index.js";

export * from "./index.js";

export default {
  fetch(request, env, context) {
    const { pathname, search } = new URL(request.url);
    if (request.method === "POST" && pathname === "/memory") {
      if (search) globalThis.gc();
      return Response.json(memories.map(({ buffer }) => buffer.byteLength));
    }
    return entry.fetch(request, env, context);
  },
};
