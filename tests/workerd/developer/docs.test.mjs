// The documentation for developers: every command on the page is run by sh, and answers as the page says.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

const API = { audience: "https://rooms.example", scopes: { "rooms.read": "See your rooms" }, introspection_clients: ["rooms"], access_token_lifetime: 600 };
const { url } = await startServer({ vars: { API_DEMO: JSON.stringify(API) } });

const decoded = (text) =>
  text.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))).replaceAll("&quot;", '"').replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const page = await (await fetch(`${url}/developer/docs`)).text();

/** Everything that the page says to run, in its order, and what it says of the answers. */
const steps = [...page.matchAll(/<section class="try" id="try-([\w-]+)">([\s\S]*?)<\/section>/g)].map(([, id, section]) => ({
  id,
  command: decoded(section.match(/<pre><code>([\s\S]*?)<\/code><\/pre>/)[1]),
  status: section.match(/<code class="status">(\d+)<\/code>/)?.[1],
  members: [...section.matchAll(/<code class="member">([^<]*)<\/code>/g)].map(([, member]) => member),
}));

/** One terminal in which commands are run one after the other. */
class Terminal {
  #shell = spawn("sh", [], { stdio: ["pipe", "pipe", "pipe"] });
  #output = "";
  #errors = "";

  constructor() {
    this.#shell.stdout.setEncoding("utf8").on("data", (text) => (this.#output += text));
    this.#shell.stderr.setEncoding("utf8").on("data", (text) => (this.#errors += text));
  }

  async run(command) {
    this.#output = this.#errors = "";
    this.#shell.stdin.write(`${command}\necho "[ended $?]"\n`);
    while (!/\[ended \d+\]\n$/.test(this.#output)) await once(this.#shell.stdout, "data");
    const [, output, code] = this.#output.match(/^([\s\S]*)\[ended (\d+)\]\n$/);
    return { output, code: Number(code), errors: this.#errors };
  }

  end() {
    this.#shell.stdin.end();
  }
}

/** What `curl -i` prints. */
function answer(output) {
  const [head, ...body] = output.split("\r\n\r\n");
  const text = body.join("\r\n\r\n");
  return { status: head.match(/^HTTP\/[\d.]+ (\d+)/)?.[1], body: text ? JSON.parse(text) : undefined };
}

// spec: RFC 8414 section 2 - what is documented for users is what programs are told
test("the documentation names the endpoints, scopes and errors that there are", async () => {
  const metadata = await (await fetch(`${url}/.well-known/openid-configuration`)).json();
  for (const [name, value] of Object.entries(metadata)) {
    if (name.endsWith("_endpoint") || name === "jwks_uri") assert.ok(page.includes(`<code>${value}</code>`), name);
  }
  const offered = metadata.scopes_supported.filter((scope) => !/^(clients|people:)/.test(scope));
  for (const scope of offered) assert.ok(page.includes(`<code>${scope}</code>`), scope);
  assert.ok(page.includes("See your rooms") && page.includes(API.audience) && page.includes("10 minutes"));
  for (const code of ["access_denied", "login_required", "invalid_target", "401 invalid_client", "400 invalid_grant", "403 insufficient_scope", "401 invalid_token"]) {
    assert.ok(page.includes(`<code>${code}</code>`), code);
  }
  assert.match(await (await fetch(`${url}/`)).text(), /href="\/developer\/docs"/);
});

test("every command of the documentation answers as the page says", async () => {
  const callback = "https://tide.example.com/callback";
  const app = await newClient(url, { redirect_uris: [callback], scope: "openid offline_access rooms.read" });
  const machine = { redirect_uris: undefined, grant_types: ["client_credentials"], scope: "rooms.read" };
  const rooms = await newClient(url, { client_id: "rooms", client_name: "Rooms", ...machine });
  const service = await newClient(url, { client_name: "Service", ...machine });
  const values = {
    YOUR_CLIENT_ID: app.client_id,
    YOUR_CLIENT_SECRET: app.client_secret,
    YOUR_REDIRECT_ADDRESS: callback,
    YOUR_API_CLIENT_ID: rooms.client_id,
    YOUR_API_CLIENT_SECRET: rooms.client_secret,
    YOUR_SERVICE_CLIENT_ID: service.client_id,
    YOUR_SERVICE_CLIENT_SECRET: service.client_secret,
  };
  assert.equal(page.match(/<pre>/g).length, steps.length, "no command is left out");
  const expected = ["setup", "discovery", "authorize", "token", "userinfo", "refresh", "introspect", "machine", "revoke", "error"];
  assert.deepEqual(steps.map(({ id }) => id), expected);

  const terminal = new Terminal();
  const visitor = new Visitor(url);
  const person = await newPerson(url);
  for (const { id, command, status, members } of steps) {
    const filled = command.replaceAll(/'(YOUR_\w+)'/g, (_, name) => {
      assert.ok(values[name], `${id}: the page has not said where ${name} comes from`);
      return `'${values[name]}'`;
    });
    const { output, code, errors } = await terminal.run(filled);
    assert.deepEqual([code, errors], [0, ""], `${id}: ${filled}\n${output}`);
    if (id === "setup") assert.equal(output, "");
    else if (id === "authorize") {
      const [printed, address] = output.trim().split(" ");
      assert.equal(printed, status, output);
      values.YOUR_CODE = (await visitor.allow(address, person)).searchParams.get("code");
      assert.ok(values.YOUR_CODE, address);
    } else {
      const { status: answered, body } = answer(output);
      assert.equal(answered, status, `${id}: ${output}`);
      for (const member of members) assert.ok(Object.hasOwn(body ?? {}, member), `${id}: ${member} in ${output}`);
      if (body?.access_token && id !== "machine") values.YOUR_ACCESS_TOKEN = body.access_token;
      if (body?.refresh_token) values.YOUR_REFRESH_TOKEN = body.refresh_token;
      if (id === "introspect") assert.equal(body.active, true);
      if (id === "error") assert.equal(body.error, "invalid_grant");
    }
  }
  terminal.end();
});
