// The build with the counters of bench/lib/instrumented.mjs around it, and one more for KV. They stand outside: what a request
// costs is told by who pays, not by the log of who spends.
import { WorkerEntrypoint } from "cloudflare:workers";
import Instrumented, * as objects from "./instrumented.mjs";

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

export default class extends WorkerEntrypoint {
  constructor(context, env) {
    super(context, env);
    watch(env.CLIENTS);
    this.instrumented = new Instrumented(context, env);
  }

  async fetch(request) {
    if (request.method !== "POST" || new URL(request.url).pathname !== "/counts") return this.instrumented.fetch(request);
    const { REGISTRY } = this.env;
    const own = await (await REGISTRY.get(REGISTRY.idFromName("t0/registry/1/0of1")).fetch("http://settled/")).json();
    const taken = { ...(await (await this.instrumented.fetch(request)).json()), ...counts, ...own };
    counts = nothing();
    return Response.json(taken);
  }
}

/** What a client's change has yet to do is done by the registry's alarm: "http://settled/" answers when it has, with how often. */
export class Registry extends objects.Registry {
  #alarms = 0;
  #running = 0;

  constructor(state, env) {
    super(state, env);
    this.storage = state.storage;
  }

  async fetch(request) {
    if (request.url !== "http://settled/") return super.fetch(request);
    while (this.#running > 0 || ((await this.storage.getAlarm()) ?? Infinity) < Date.now() + 1_000) await new Promise((resolve) => setTimeout(resolve, 5));
    const alarms = this.#alarms;
    this.#alarms = 0;
    return Response.json({ alarms });
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
