// The build with a KV that may refuse, or never answer. POST /kv says how it behaves from then on, for the Worker and the registry.
import entry, * as classes from "./index.js";

let faults = {};
let puts = 0;

/** Does what is asked of the namespace, unless it is to fail. */
function faulty(namespace) {
  const unless = (kind, work) => {
    if (faults[kind] === "refuses") return Promise.reject(new Error(`KV ${kind} failed: 429 Too Many Requests`));
    if (faults[kind] === "hangs") return new Promise(() => {});
    return work();
  };
  return {
    get: (...parameters) => unless("get", () => namespace.get(...parameters)),
    getWithMetadata: (...parameters) => unless("get", () => namespace.getWithMetadata(...parameters)),
    list: (...parameters) => namespace.list(...parameters),
    delete: (...parameters) => namespace.delete(...parameters),
    put: (...parameters) =>
      unless("put", () => {
        puts++;
        return namespace.put(...parameters);
      }),
  };
}

const within = (env) => ({ ...env, CLIENTS: faulty(env.CLIENTS) });

export default {
  async fetch(request, env, context) {
    if (request.method !== "POST" || new URL(request.url).pathname !== "/kv") return entry.fetch(request, within(env), context);
    faults = await request.json();
    const made = puts;
    puts = 0;
    return Response.json({ puts: made });
  },
};

export class Registry extends classes.Registry {
  constructor(state, env) {
    super(state, within(env));
  }
}

export const { Account, Directory, Hasher, Replay } = classes;
