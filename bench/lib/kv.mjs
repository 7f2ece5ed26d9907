// Workers KV for bare workerd, which has none: the requests that a kvNamespace binding makes, on one object with SQLite. It
// is faster than the real one and durable at once, so products that depend on KV are measured at their best.
import { DurableObject } from "cloudflare:workers";

const nothing = () => ({ kvReads: 0, kvWrites: 0, kvDeletes: 0, kvLists: 0 });
let counts = nothing();

const COUNTED = { PUT: "kvWrites", DELETE: "kvDeletes" };

export default {
  fetch(request, { NAMESPACE }) {
    const { pathname } = new URL(request.url);
    if (request.method === "POST") {
      // From outside, not from the binding: what was asked since the last time.
      const taken = counts;
      counts = nothing();
      return Response.json(taken);
    }
    counts[COUNTED[request.method] ?? (pathname === "/" ? "kvLists" : "kvReads")]++;
    return NAMESPACE.get(NAMESPACE.idFromName("all")).fetch(request);
  },
};

export class Namespace extends DurableObject {
  constructor(state, env) {
    super(state, env);
    this.sql = state.storage.sql;
    this.sql.exec("CREATE TABLE IF NOT EXISTS entry (key TEXT PRIMARY KEY, value BLOB, expiration INTEGER, metadata TEXT) WITHOUT ROWID");
  }

  async fetch(request) {
    const { pathname, searchParams } = new URL(request.url);
    const key = decodeURIComponent(pathname.slice(1));
    const now = Math.floor(Date.now() / 1000);
    if (request.method === "PUT") {
      const life = searchParams.get("expiration_ttl");
      const expiration = life === null ? searchParams.get("expiration") : now + Number(life);
      const value = await request.arrayBuffer();
      this.sql.exec("INSERT OR REPLACE INTO entry VALUES (?, ?, ?, ?)", key, value, expiration, request.headers.get("CF-KV-Metadata"));
      return new Response();
    }
    if (request.method === "DELETE") {
      this.sql.exec("DELETE FROM entry WHERE key = ?", key);
      return new Response();
    }
    return key ? this.#get(key, now) : this.#list(searchParams, now);
  }

  #get(key, now) {
    const [found] = this.sql.exec("SELECT value, expiration, metadata FROM entry WHERE key = ?", key);
    if (!found || (found.expiration !== null && found.expiration <= now)) return new Response("Not Found", { status: 404 });
    const headers = new Headers();
    if (found.expiration !== null) headers.set("CF-Expiration", String(found.expiration));
    if (found.metadata !== null) headers.set("CF-KV-Metadata", found.metadata);
    return new Response(found.value, { headers });
  }

  #list(parameters, now) {
    const prefix = parameters.get("prefix") ?? "";
    const limit = Number(parameters.get("key_count_limit") ?? 1000);
    const after = parameters.get("cursor") ?? "";
    const statement = "SELECT key, expiration, metadata FROM entry WHERE key >= ? AND key < ? AND key > ? AND (expiration IS NULL OR expiration > ?) ORDER BY key LIMIT ?";
    const found = [...this.sql.exec(statement, prefix, `${prefix}\u{10ffff}`, after, now, limit + 1)];
    const page = found.slice(0, limit);
    const keys = page.map(({ key, expiration, metadata }) => ({ name: key, expiration: expiration ?? undefined, metadata: metadata ?? undefined }));
    const more = found.length > limit ? { list_complete: false, cursor: page.at(-1).key } : { list_complete: true };
    return Response.json({ keys, ...more, cacheStatus: null });
  }
}
