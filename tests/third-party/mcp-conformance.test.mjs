// npm @modelcontextprotocol/conformance, untouched, in its mode for authorization servers, against the running Worker.
//
// What of it cannot be run here, and why:
// - its modes `client` and `server` judge programs that speak MCP. Their scenarios auth/* bring an authorization server of their
//   own to judge a client with; its scenarios for servers send no token and call tools of a reference server. The stock clients,
//   and the example that believes our tokens, are in mcp.test.mjs and mcp-authlab.test.mjs.
// - the request with which a client registers itself: it takes an identifier and never sends one. Here the client registers itself
//   before, and the tool goes on with what it was given; the stock clients of mcp.test.mjs send the request themselves.
// - client_secret_post and client_secret_basic: it takes `none` wherever a server has that, even with --client-secret.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { freePort } from "../../scripts/lib/wrangler.mjs";
import { newClient } from "../support/administration.mjs";
import { beginMcp, TRUST } from "../support/mcp-setting.mjs";
import { runWithPerson } from "../support/program.mjs";
import { Visitor } from "../support/visitor.mjs";

const JUDGE = inRoot("node_modules/.bin/conformance");
const { server, site, notes, ada } = await beginMcp();
const results = mkdtempSync(path.join(tmpdir(), "grantry-mcp-"));
after(() => rmSync(results, { recursive: true }));

const judge = (args) => runWithPerson([JUDGE, ...args], { env: TRUST, issuer: server.url, person: (address) => new Visitor(server.url).allow(address, ada) });

/** Scenario by scenario, its checks and since when each is made. */
const SCENARIOS = {
  "authorization-server-metadata-endpoint": { "authorization-server-metadata": "2025-03-26", "authorization-server-metadata-cimd": "2025-11-25" },
  "authorization-code-grant": { "authorization-code-grant": "2025-03-26" },
};

test("conformance: its scenarios for authorization servers are those that are run here", async () => {
  const { output } = await judge(["list", "--authorization"]);
  const listed = output.split("\n").flatMap((line) => line.match(/^\s+- (\S+)/)?.[1] ?? []);
  assert.deepEqual(listed.toSorted(), Object.keys(SCENARIOS).toSorted());
});

const METADATA = { redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none" };
const registered = async () => (await newClient(server.url, { ...METADATA, scope: "notes:read notes:write other:read" })).client_id;
/** Like a host without a metadata document: it registers itself, and the tool gets the identifier of that registration. */
const registeredItself = async () => {
  const body = JSON.stringify({ ...METADATA, client_name: "A judge" });
  const response = await fetch(`${server.url}/register`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const client = await response.json();
  assert.deepEqual([response.status, client.self_registered, client.client_secret], [201, true, undefined]);
  return client.client_id;
};
const described = () => site.publish("/judge/client.json", { ...METADATA, client_name: "A judge" });

const RUNS = [
  ...["2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"].flatMap((revision) => [[revision, "registered", registered], [revision, "registered by itself", registeredItself]]),
  ["2026-07-28", "described by a document", described],
];
for (const [revision, how, client] of RUNS) {
  // spec: RFC 7591 section 3 - the identifier that a client was given when it registered itself, for the conformance judge of MCP
  // spec: RFC 8414 section 3.2 - the metadata, for the conformance judge of MCP
  // spec: RFC 6749 section 4.1 - the code grant with PKCE, resource and a loopback redirect URI, for the same
  test(`conformance: MCP of ${revision}, a client that is ${how}: every check passes`, async (context) => {
    const [port, folder] = [await freePort(), mkdtempSync(path.join(results, "run-"))];
    const options = { url: server.url, "client-id": await client(), resource: notes, port, "spec-version": revision, "output-dir": folder };
    const { status, output } = await judge(["authorization", ...Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)])]);

    const files = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith("checks.json"));
    const checks = files.flatMap((name) => JSON.parse(readFileSync(path.join(folder, name), "utf8")));
    const outcomes = Object.fromEntries(checks.map(({ id, status, errorMessage }) => [id, errorMessage ?? status]));
    const due = Object.values(SCENARIOS).flatMap(Object.entries).filter(([, since]) => since <= revision);
    assert.deepEqual(outcomes, Object.fromEntries(due.map(([id]) => [id, "SUCCESS"])), output);
    assert.equal(status, 0, output);
    context.diagnostic(`${due.length} checks passed, none was skipped`);
  });
}
