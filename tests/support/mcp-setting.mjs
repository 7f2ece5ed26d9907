// The running Worker and examples/mcp-server beside it, all over https, as the tests of MCP need them.
import { createServer } from "node:https";
import { after } from "node:test";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { newPerson } from "./administration.mjs";
import { localhost } from "./certificate.mjs";
import { startExample } from "./example.mjs";
import { startServer } from "./server.mjs";

/** What makes another program trust the servers here: one of Node, one of Python. */
export const TRUST = { NODE_EXTRA_CA_CERTS: localhost.certFile, SSL_CERT_FILE: localhost.certFile };

/** An API as the var `API_<NAME>` describes it, for unverified clients too. */
const api = (audience, name) =>
  JSON.stringify({ audience, scopes: { [`${name}:read`]: `Read your ${name}`, [`${name}:write`]: `Write ${name} in your name` }, self_registered_clients: true });

/** A site where hosts publish the documents that describe them. */
async function startSite() {
  const documents = new Map();
  const site = createServer({ cert: localhost.cert, key: localhost.key }, (request, response) => {
    const document = documents.get(request.url);
    if (!document) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "application/json", "cache-control": "max-age=60" }).end(JSON.stringify(document));
  });
  await new Promise((resolve) => site.listen(0, "localhost", resolve));
  after(() => {
    site.closeAllConnections();
    site.close();
  });
  const origin = `https://localhost:${site.address().port}`;
  return {
    origin,
    /** Publishes a document that says its own address, which it returns. */
    publish(path, document) {
      const address = origin + path;
      documents.set(path, { client_id: address, ...document });
      return address;
    },
  };
}

/** A server that takes clients of every kind, two MCP servers whose tokens come from it, and a user. */
export async function beginMcp() {
  const [site, port, otherPort] = [await startSite(), await freePort(), await freePort()];
  const [notes, other] = [port, otherPort].map((port) => `https://localhost:${port}/mcp`);
  const vars = { API_NOTES: api(notes, "notes"), API_OTHER: api(other, "other"), DYNAMIC_REGISTRATION: "open", CLIENT_ID_METADATA_DOCUMENTS: "on", OUTBOUND_EXCEPTIONS: site.origin };
  const server = await startServer({ certificate: localhost, vars });
  const start = (url) => {
    const secure = ["--local-protocol", "https", "--https-cert-path", localhost.certFile, "--https-key-path", localhost.keyFile];
    const args = ["--port", new URL(url).port, ...secure, "--var", `ISSUER:${server.url}`, `RESOURCE:${url}`];
    return startExample("mcp-server", url, { args, env: TRUST });
  };
  await Promise.all([start(notes), start(other)]);
  return { server, site, notes, other, ada: await newPerson(server.url) };
}
