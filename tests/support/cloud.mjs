// The platform's API as far as a deployment asks it (https://developers.cloudflare.com/api), for the wrangler of this project: it
// keeps what it is given, and nothing else.
import { once } from "node:events";
import { createServer } from "node:http";
import { after } from "node:test";

/** @returns {Promise<{env: Record<string, string>, changes: () => string[], script: () => object | undefined, namespaces: {id: string, title: string}[]}>} */
export async function startCloud() {
  const namespaces = [];
  let script;
  let subdomain = { enabled: false, previews_enabled: false };
  let changes = [];

  const unknown = { status: 404, errors: [{ code: 10007, message: "This Worker does not exist on your account." }] };
  const ofScript = (result) => (script ? { result } : unknown);
  const answers = {
    "GET /storage/kv/namespaces": () => ({ result: namespaces, result_info: { page: 1, per_page: 100, count: namespaces.length, total_count: namespaces.length } }),
    "POST /storage/kv/namespaces": async (request) => {
      const namespace = { id: String(namespaces.length + 1).padStart(32, "0"), title: (await request.json()).title };
      namespaces.push(namespace);
      return { result: namespace };
    },
    "GET /workers/services/grantry": () => (script ? { result: { id: "grantry", default_environment: { environment: "production", script: { tag: "t", last_deployed_from: "wrangler" } } } } : { ...unknown, errors: [{ code: 10090, message: "workers.api.error.service_not_found" }] }),
    "GET /workers/scripts/grantry/settings": () => ofScript(script && { bindings: script.bindings.map(({ text, ...binding }) => (binding.type === "secret_text" ? binding : { ...binding, text })) }),
    "GET /workers/scripts/grantry/secrets": () => ofScript(script?.bindings.filter(({ type }) => type === "secret_text").map(({ name, type }) => ({ name, type }))),
    "GET /workers/scripts/grantry/deployments": () => ofScript({ deployments: [] }),
    "GET /workers/scripts/grantry/schedules": () => ofScript({ schedules: [] }),
    "GET /workers/scripts/grantry/subdomain": () => ofScript(subdomain),
    "POST /workers/scripts/grantry/subdomain": async (request) => ({ result: (subdomain = await request.json()) }),
    "GET /workers/workers/grantry": () => ofScript({ id: "grantry", name: "grantry", subdomain }),
    "GET /workers/subdomain": () => ({ result: { subdomain: "a-company" } }),
    "PUT /workers/scripts/grantry": async (request) => {
      const form = await request.formData();
      const metadata = JSON.parse(await new Response(form.get("metadata")).text());
      const kept = script?.bindings.filter(({ type }) => metadata.keep_bindings?.includes(type)) ?? [];
      const bindings = metadata.bindings.map((binding) => (binding.type === "inherit" ? script.bindings.find(({ name }) => name === binding.name) : binding));
      const given = new Set(bindings.map(({ name }) => name));
      script = { ...metadata, files: [...form.keys()], sent: metadata.bindings, bindings: [...bindings, ...kept.filter(({ name }) => !given.has(name))] };
      return { result: { id: "grantry", etag: "e", pipeline_hash: "h", tag: "t", mutable_pipeline_id: "m", deployment_id: "d", startup_time_ms: 1, entry_point: "index.js" } };
    },
  };

  const server = createServer(async (incoming, outgoing) => {
    const chunks = await incoming.toArray();
    const path = new URL(incoming.url, "http://localhost").pathname.replace("/client/v4/accounts/account", "");
    const asked = `${incoming.method} ${path}`;
    if (incoming.method !== "GET") changes.push(asked);
    const request = incoming.method === "GET" ? undefined : new Request("http://localhost", { method: "POST", headers: { "content-type": incoming.headers["content-type"] ?? "" }, body: Buffer.concat(chunks) });
    const { status = 200, result = null, errors = [], ...more } = (await answers[asked]?.(request)) ?? { status: 404, errors: [{ code: 7003, message: `Nothing is known of ${asked}.` }] };
    outgoing.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ success: status === 200, errors, messages: [], result, ...more }));
  }).listen(0, "localhost");
  await once(server, "listening");
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  return {
    env: { CLOUDFLARE_API_BASE_URL: `http://localhost:${server.address().port}/client/v4`, CLOUDFLARE_API_TOKEN: "a-token", CLOUDFLARE_ACCOUNT_ID: "account" },
    namespaces,
    /** What is deployed. */
    script: () => script,
    /** What was asked for that changes something, since the last time. */
    changes() {
      const made = changes;
      changes = [];
      return made;
    },
  };
}
