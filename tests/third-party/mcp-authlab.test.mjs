// PyPI mcp-authlab, untouched: it signs in at the running Worker as a public client, attacks what it finds on the way, and then
// attacks examples/mcp-server with the tokens that it got.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { ensurePython, hasPython } from "../../scripts/lib/python.mjs";
import { newClient } from "../support/administration.mjs";
import { beginMcp, TRUST } from "../support/mcp-setting.mjs";
import { runWithPerson } from "../support/program.mjs";
import { Visitor } from "../support/visitor.mjs";

const skip = !(await hasPython()) && "there is no Python that can make environments";
const { python, server, notes, other, ada } = skip ? {} : { python: await ensurePython(), ...(await beginMcp()) };
const folder = mkdtempSync(path.join(tmpdir(), "grantry-authlab-"));
after(() => rmSync(folder, { recursive: true }));

/** What it checks, all of which pass but these. */
const CHECKS = 33;
const NOT_APPLICABLE = {
  "SESS-01": "server is stateless (it doesn't issue Mcp-Session-Id)",
  "SESS-02": "server is stateless (it doesn't issue Mcp-Session-Id)",
};

/** Runs the program with a memory of its own; its browser is the user of the test. */
function authlab(memory, args) {
  const env = { ...TRUST, MCP_AUTHLAB_TOKENS: path.join(folder, memory, "tokens.json"), BROWSER: "true" };
  return runWithPerson([python, "-m", "mcp_authlab", ...args], { env, issuer: server.url, person: (address) => new Visitor(server.url).allow(address, ada) });
}

const registered = async () => {
  const scope = "notes:read other:read offline_access";
  const { client_id } = await newClient(server.url, { redirect_uris: ["http://127.0.0.1/callback"], token_endpoint_auth_method: "none", scope });
  return ["--client-id", client_id];
};

for (const [what, client] of [["a client that the administrator registered", registered], ["a client that registered itself", () => []]]) {
  // spec: RFC 7636 section 4.6 - mcp-authlab: a request without a challenge and a wrong verifier are refused (ASF-01, ASF-02)
  // spec: RFC 6749 section 4.1.3 - mcp-authlab: another redirect_uri at the token endpoint is refused (ASF-03)
  // spec: RFC 8707 section 2 - mcp-authlab: a token is for the resource asked for, and opens no other (ASF-04, TOK-03)
  // spec: RFC 9207 section 2 - mcp-authlab: iss is in every answer (ASM-06, ASF-06)
  test(`mcp-authlab: ${what}`, { skip }, async (context) => {
    const scope = "notes:read other:read offline_access";
    // --thorough: every probe of the authorization server, however often the user has to sign in.
    const login = await authlab(what, ["login", notes, ...(await client()), "--foreign-resource", other, "--scope", scope, "--thorough"]);
    assert.equal(login.status, 0, login.output);

    const file = path.join(folder, what, "report.json");
    const scan = await authlab(what, ["scan", notes, "--tool", "add_note", "--format", "json", "--output", file]);
    assert.equal(scan.status, 0, scan.output);
    const { results: checks, conformance, grade } = JSON.parse(readFileSync(file, "utf8"));
    const others = checks.filter(({ status }) => status !== "pass");
    assert.deepEqual(Object.fromEntries(others.map(({ id, message }) => [id, message])), NOT_APPLICABLE);
    assert.ok(others.every(({ status }) => status === "skip"));
    assert.equal(checks.length, CHECKS);
    assert.deepEqual([conformance, grade], ["Conformant", "A"]);
    context.diagnostic(`${CHECKS - others.length} of ${CHECKS} checks passed, and ${others.length} are about sessions, which the example has none of`);
  });
}
