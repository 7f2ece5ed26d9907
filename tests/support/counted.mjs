// The build with the counters of bench/lib/instrumented.mjs around it, and one more for KV. They are outside of the Worker: the cost
// of a request is counted at the platform, and not read from the Worker's own log.
import instrumented, * as objects from "./instrumented.mjs";

const nothing = () => ({ kvReads: 0, kvWrites: 0 });
let counts = nothing();
let watching = false;

/** Namespaces all have the same prototype. */
function watch(namespace) {
  if (watching) return;
  watching = true;
  const prototype = Object.getPrototypeOf(namespace);
  for (const [method, count] of [["get", "kvReads"], ["getWithMetadata", "kvReads"], ["list", "kvReads"], ["put", "kvWrites"], ["delete", "kvWrites"]]) {
    const original = prototype[method];
    prototype[method] = function (...parameters) {
      counts[count]++;
      return original.apply(this, parameters);
    };
  }
}

export default {
  async fetch(request, env, context) {
    watch(env.CLIENTS);
    if (request.method !== "POST" || new URL(request.url).pathname !== "/counts") return instrumented.fetch(request, env, context);
    const { REGISTRY } = env;
    const alarms = await REGISTRY.get(REGISTRY.idFromName("t0/registry/1/0of1")).settled();
    const taken = { ...(await (await instrumented.fetch(request, env, context)).json()), ...counts, alarms };
    counts = nothing();
    return Response.json(taken);
  },
};

/** What a client's change has yet to do is done by the registry's alarm: `settled` answers when it has, with how often. */
export class Registry extends objects.Registry {
  #alarms = 0;
  #running = 0;

  async settled() {
    while (this.#running > 0 || ((await this.ctx.storage.getAlarm()) ?? Infinity) < Date.now() + 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
    const alarms = this.#alarms;
    this.#alarms = 0;
    return alarms;
  }

  async alarm() {
    this.#alarms++;
    this.#running++;
    try {
      return await super.alarm();
    } finally {
      this.#running--;
    }
  }
}

export const { Account, Directory, Hasher, Replay } = objects;
