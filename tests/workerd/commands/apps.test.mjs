// `npm run apps` against the running Worker: a file lists the apps, and the registry is changed to match it.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { inRoot } from "../../../scripts/lib/paths.mjs";
import { collect, start } from "../../../scripts/lib/run.mjs";
import { administer, newClient } from "../../support/administration.mjs";
import { newKey } from "../../support/assertions.mjs";
import { basic } from "../../support/connection.mjs";
import { newDeveloper } from "../../support/portal.mjs";
import { secrets } from "../../support/secrets.mjs";
import { startServer } from "../../support/server.mjs";

const { url } = await startServer({ vars: { DYNAMIC_REGISTRATION: "open" } });
const folder = mkdtempSync(path.join(tmpdir(), "grantry-apps-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Runs `npm run apps` on a file with this text, as a script would: without a terminal to ask questions. */
async function apps(command, text, { options = ["--yes"], token = secrets.ADMIN_TOKEN } = {}) {
  const file = path.join(folder, "apps.toml");
  if (text !== undefined) writeFileSync(file, text);
  return run([command, ...(text === undefined ? [] : [file]), ...options], token);
}

async function run(args, token = secrets.ADMIN_TOKEN) {
  const program = [process.execPath, inRoot("scripts/apps.mjs"), ...args, "--url", url];
  const child = start(program, { env: { ...process.env, ADMIN_TOKEN: token }, stdio: ["ignore", "pipe", "pipe"] });
  const output = collect(child);
  return { code: await child.ended, output: output() };
}

async function applied(text, options) {
  const { code, output } = await apps("apply", text, options);
  assert.equal(code, 0, output);
  return output;
}

async function refused(text, options) {
  const { code, output } = await apps("apply", text, options);
  assert.equal(code, 1, output);
  return output;
}

const read = (id) => administer(url, "GET", `/register/${id}`, undefined, 200);
const isGone = (id) => administer(url, "GET", `/register/${id}`, undefined, 404);
const clear = () => applied("[apps]\n", { options: ["--yes", "--prune"] });

const TIDE = `
[apps.tide]
client_name = "Tide"
client_uri = "https://tide.example.com"
redirect_uris = ["https://tide.example.com/callback"]
grant_types = ["authorization_code", "refresh_token", "client_credentials"]
scope = "reservations.read openid"
`;
const BUOY = `
[apps.buoy]
client_name = "Buoy"
redirect_uris = ["http://localhost/callback"]
token_endpoint_auth_method = "none"
`;

/** Whether a service gets a token with this secret. */
async function tokenFor(client_id, client_secret) {
  const response = await fetch(`${url}/token`, { method: "POST", headers: basic({ client_id, client_secret }), body: new URLSearchParams({ grant_type: "client_credentials" }) });
  await response.text();
  return response.status;
}

// spec: RFC 7591 section 3.1 - an administrator registers clients by a file of their metadata
test("a file registers apps, each new secret is printed once and works, and applying again changes nothing", async () => {
  await clear();
  const first = await applied(TIDE + BUOY);
  assert.match(first, /\+ tide \(Tide\)[^]*\+ buoy \(Buoy\)[^]*2 to create, 0 to change, 0 to delete, 0 unchanged/);
  const [secret, ...others] = first.match(/gr_secret_[\w-]{43}/g);
  assert.deepEqual(others, [], "a public app has no secret");
  assert.equal(await tokenFor("tide", secret), 200);

  const before = [await read("tide"), await read("buoy")];
  const again = await applied(TIDE + BUOY, { options: [] });
  assert.match(again, /0 to create, 0 to change, 0 to delete, 2 unchanged/);
  assert.doesNotMatch(again, /gr_secret_/);
  assert.deepEqual([await read("tide"), await read("buoy")], before);

  const changed = await applied(TIDE.replace('"Tide"', '"High Tide"') + BUOY);
  assert.match(changed, /~ tide \(Tide\)\n    client_name: "Tide" -> "High Tide"\n0 to create, 1 to change/);
  assert.doesNotMatch(changed, /gr_secret_/);
  assert.equal((await read("tide")).client_name, "High Tide");
  assert.equal(await tokenFor("tide", secret), 200, "a change of the name rotates no secret");
});

// spec: RFC 7592 section 2.2 - an update replaces all metadata; members that are left out go back to their defaults
test("redirect URIs and scopes are edited at any time, and what goes out of the file goes back to its default", async () => {
  await clear();
  await applied(TIDE);
  const edited = TIDE.replace("https://tide.example.com/callback", "https://tide.example.com/back").replace("reservations.read", "reservations.create").replace(/client_uri.*\n/, "");
  const output = await applied(edited);
  assert.match(output, /redirect_uris: - https:\/\/tide\.example\.com\/callback, \+ https:\/\/tide\.example\.com\/back\n/);
  assert.match(output, /scope: - reservations\.read, \+ reservations\.create\n/);
  assert.match(output, /client_uri: "https:\/\/tide\.example\.com" -> \(none\)\n/);
  const tide = await read("tide");
  assert.deepEqual([tide.redirect_uris, tide.client_uri], [["https://tide.example.com/back"], undefined]);
  assert.deepEqual(tide.scope.split(" ").sort(), ["openid", "reservations.create"]);
});

test("an app that was changed by hand is shown with what the file will undo", async () => {
  await clear();
  await applied(TIDE);
  const { client_id, client_name, redirect_uris } = await read("tide");
  await administer(url, "PUT", "/register/tide", { client_id, client_name, redirect_uris, access_token_lifetime: 120 }, 200);
  const output = await applied(TIDE, { options: ["--dry-run"] });
  assert.match(output, /~ tide/);
  assert.match(output, /access_token_lifetime: 120 -> \(none\)/);
  assert.match(output, /grant_types: \+ refresh_token, \+ client_credentials/);
  assert.equal((await read("tide")).access_token_lifetime, 120, "a dry run changes nothing");
  await applied(TIDE);
  assert.equal((await read("tide")).access_token_lifetime, undefined);
});

test("without --yes and without a terminal, nothing is changed", async () => {
  await clear();
  const output = await refused(TIDE, { options: [] });
  assert.match(output, /\+ tide[^]*add --yes/);
  await isGone("tide");
});

// spec: RFC 7592 section 2.3 - clients that are not in the file are deleted where that was asked for
test("what is not in the file is left alone, and deleted with --prune", async () => {
  await clear();
  await applied(TIDE + BUOY);
  assert.match(await applied(TIDE), /0 to delete, 1 unchanged\.\nRegistered but not in the file \(--prune would delete them\): buoy/);
  await read("buoy");
  assert.match(await applied(TIDE, { options: ["--yes", "--prune"] }), /- buoy \(Buoy\)\n0 to create, 0 to change, 1 to delete[^]*deleted buoy/);
  await isGone("buoy");
  await read("tide");
});

test("an app that was deleted and comes back gets a new secret", async () => {
  await clear();
  const [first] = (await applied(TIDE)).match(/gr_secret_[\w-]{43}/);
  await applied("[apps]\n", { options: ["--yes", "--prune"] });
  const [second] = (await applied(TIDE)).match(/gr_secret_[\w-]{43}/);
  assert.notEqual(second, first);
});

test("what export writes applies as it is: every kind of client, and nothing that the defaults say", async () => {
  await clear();
  const [ec, rsa, ed] = await Promise.all([newKey("ES256"), newKey("RS256"), newKey("EdDSA")]);
  await newClient(url, { client_id: "web", require_pkce: false, access_token_format: "opaque", default_max_age: 600, require_auth_time: true, post_logout_redirect_uris: ["https://reports.example.com/"] });
  await newClient(url, { client_id: "plain", client_name: 'A "quoted" \\ name', client_uri: undefined, grant_types: undefined, scope: undefined });
  await newClient(url, { client_id: "native", token_endpoint_auth_method: "none", redirect_uris: ["com.example.app:/cb"] });
  await newClient(url, { client_id: "with.keys", token_endpoint_auth_method: "private_key_jwt", jwks: { keys: [ec.jwk, rsa.jwk, ed.jwk] }, subject_type: "pairwise" });
  await newClient(url, { client_id: "unknown", verified: false });
  await newClient(url, { client_id: "service", redirect_uris: [], grant_types: ["client_credentials"], scope: "reservations.read", access_token_lifetime: 300 });
  const generated = await newClient(url, { backchannel_logout_uri: "https://reports.example.com/out" });

  const exported = await apps("export", undefined, { options: [] });
  assert.equal(exported.code, 0, exported.output);
  assert.match(await applied(exported.output, { options: ["--prune"] }), /0 to create, 0 to change, 0 to delete, 7 unchanged/);
  assert.ok(exported.output.includes(generated.client_id));
  const plain = exported.output.split("\n\n").find((table) => table.startsWith("[apps.plain]"));
  assert.deepEqual(plain.split("\n").map((line) => line.split(" ")[0]), ["[apps.plain]", "client_name", "redirect_uris"]);
  assert.doesNotMatch(exported.output, /secret|token_endpoint_auth_method = "client_|registration/);

  // With everything gone, the same file makes the same apps again, but for the identifier that the server generated.
  const before = await Promise.all(["web", "plain", "native", "with.keys", "unknown", "service"].map(read));
  await clear();
  const own = exported.output.split("\n\n").filter((table) => !table.includes(generated.client_id)).join("\n\n");
  await applied(own);
  const after = await Promise.all(["web", "plain", "native", "with.keys", "unknown", "service"].map(read));
  const lasting = ({ client_id_issued_at, ...rest }) => rest;
  assert.deepEqual(after.map(lasting), before.map(lasting));
});

test("a bad file says which app and which member, and changes nothing", async () => {
  await clear();
  for (const [member, message] of [
    ['redirect_uri = "https://a.example/cb"', /app buoy: redirect_uri is not a known member/],
    ["require_pkce = 1", /app buoy: require_pkce must be true or false/],
    ['redirect_uris = "https://a.example/cb"', /is not valid TOML/],
    ['client_secret = "0123456789abcdef0123456789abcdef"', /app buoy: client_secret must not be in a file/],
    ['client_id = "other"', /app buoy: client_id must not be in the table/],
    ["contacts = [1]", /app buoy: contacts is not a known member/],
    ["post_logout_redirect_uris = [1]", /app buoy: post_logout_redirect_uris must be a list of strings/],
  ]) {
    assert.match(await refused(`${TIDE}${BUOY}${member}\n`), message);
  }
  assert.match(await refused('title = "My apps"\n'), /title must be in the table of an app/);
  assert.match(await refused(""), /has no apps/);
  assert.match(await refused("[apps.nameless]\n"), /app nameless: client_name is missing/);
  await isGone("tide");
});

test("what only the server can judge is refused with the app's name, and what stands before it is done", async () => {
  await clear();
  const output = await refused(`${TIDE}${BUOY.replace("http://localhost", "http://elsewhere.example")}`);
  assert.match(output, /created tide[^]*error: app buoy: POST was answered with status 400: invalid_redirect_uri/);
  await read("tide");
  await isGone("buoy");
  assert.match(await applied(TIDE + BUOY), /1 to create, 0 to change, 0 to delete, 1 unchanged/);
});

test("a member that the server would not keep is told of", async () => {
  await clear();
  assert.match(await refused(`${BUOY}assertion_audience = "token_endpoint"\n`), /app buoy: the server did not store the file's value of assertion_audience/);
});

test("a wrong token is refused before anything is shown or changed", async () => {
  await clear();
  const output = await refused(TIDE, { token: "gr_admin_wrong" });
  assert.match(output, /rejects this ADMIN_TOKEN/);
  assert.doesNotMatch(output, /gr_admin_wrong|\+ tide/);
  await isGone("tide");
});

test("export does not overwrite a file", async () => {
  const { code, output } = await apps("export", "# mine\n", { options: [] });
  assert.equal(code, 1);
  assert.match(output, /exists/);
  assert.equal(readFileSync(path.join(folder, "apps.toml"), "utf8"), "# mine\n");
});

test("more apps than a page of the list has are all seen", async () => {
  await clear();
  const many = Array.from({ length: 103 }, (_, number) => BUOY.replace("buoy", `buoy-${number}`));
  const metadata = { client_name: "Buoy", redirect_uris: ["http://localhost/callback"], token_endpoint_auth_method: "none" };
  await Promise.all(many.map((_, number) => administer(url, "POST", "/register", { ...metadata, client_id: `buoy-${number}` }, 201)));
  assert.match(await applied(many.join("")), /0 to create, 0 to change, 0 to delete, 103 unchanged/);
});

test("a logo is an image beside the file, and changes of it are shown", async () => {
  await clear();
  const png = Buffer.from("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNg2Cb2HwAC9AGu5ZtnQwAAAABJRU5ErkJggg==", "base64");
  writeFileSync(path.join(folder, "tide.png"), png);
  const text = `${TIDE}published = true\ndescription = "Knows the sea"\nlogo = "tide.png"\n`;
  assert.match(await applied(text), /\+ tide[^]*logo: image\/png, [0-9a-f]{12}\n/);
  assert.equal((await read("tide")).logo, `data:image/png;base64,${png.toString("base64")}`);
  assert.match(await applied(text), /1 unchanged/);
  assert.match(await applied(text.replace(/logo.*\n/, ""), { options: ["--dry-run"] }), /logo: image\/png, [0-9a-f]{12} -> \(none\)/);
  assert.match(await refused(text.replace("tide.png", "none.png")), /app tide: logo cannot be read/);
  assert.match(await refused(text.replace("tide.png", "tide.svg")), /app tide: logo must be a data: URI or the path of/);
});

test("clients that registered themselves, and developers' apps, are not shown, exported, changed or deleted by a file", async () => {
  await clear();
  const body = JSON.stringify({ client_name: "Stranger", redirect_uris: ["https://stranger.example/callback"] });
  const made = await fetch(`${url}/register`, { method: "POST", headers: { "content-type": "application/json" }, body });
  const stranger = await made.json();
  assert.deepEqual([made.status, stranger.self_registered], [201, true]);
  const developer = await newDeveloper(url);
  const theirs = await developer.made({ client_name: "Harbour Bell" });
  assert.equal((await read(theirs.client_id)).owner, developer.person.id);
  const ids = [stranger.client_id, theirs.client_id];
  const before = await Promise.all(ids.map(read));

  await applied(TIDE + BUOY);
  const pruned = await applied(TIDE, { options: ["--yes", "--prune"] });
  assert.match(pruned, /deleted buoy/);
  const exported = (await apps("export", undefined, { options: [] })).output;
  assert.match(exported, /\[apps\.tide\]/);
  for (const id of ids) {
    for (const options of [["--yes"], ["--yes", "--prune"]]) {
      assert.match(await refused(`${TIDE}[apps."${id}"]\nclient_name = "Mine"\n`, { options }), /a developer registered this client, or it registered itself/);
    }
  }
  const left = await applied(TIDE);
  for (const output of [pruned, exported, left]) for (const id of ids) assert.ok(!output.includes(id), output);
  assert.deepEqual(await Promise.all(ids.map(read)), before);
  assert.equal((await read("tide")).self_registered, undefined);
  assert.equal((await developer.save(theirs, { client_name: "Harbour Bells" })).status, 200, "the developer changes it as before");
  assert.equal((await read(theirs.client_id)).client_name, "Harbour Bells");
});

test("an app that is not verified stays so, and what the file says is shown and done", async () => {
  await clear();
  await applied(`${TIDE}verified = false\n`);
  assert.equal((await read("tide")).verified, false);
  assert.match((await apps("export", undefined, { options: [] })).output, /^verified = false$/m);
  assert.match(await applied(TIDE), /~ tide \(Tide\)\n    verified: false -> true\n/);
  assert.equal((await read("tide")).verified, true);
});

// spec: RFC 7592 section 2.2 - a change replaces all metadata; the answer has the new secret
test("a new secret is printed once, the previous one works for the overlap, and all else stays", async () => {
  await clear();
  const [first] = (await applied(`${TIDE}verified = false\npublished = true\n`)).match(/gr_secret_[\w-]{43}/);
  const before = await read("tide");
  const rotated = await run(["rotate", "tide"]);
  assert.equal(rotated.code, 0, rotated.output);
  assert.match(rotated.output, /client_id +tide\n[^]*works until \d{4}-\d\d-\d\dT/);
  const [second, ...others] = rotated.output.match(/gr_secret_[\w-]{43}/g);
  assert.deepEqual([others.length, second === first], [0, false]);
  assert.deepEqual([await tokenFor("tide", first), await tokenFor("tide", second)], [200, 200]);
  assert.deepEqual(await read("tide"), before);

  const atOnce = await run(["rotate", "tide", "--overlap", "0"]);
  assert.match(atOnce.output, /The previous secret no longer works/);
  const [third] = atOnce.output.match(/gr_secret_[\w-]{43}/);
  assert.deepEqual(await Promise.all([first, second, third].map((secret) => tokenFor("tide", secret))), [401, 401, 200]);
});

test("a secret is replaced also of an app of a developer, which waits for publication as before", async () => {
  const developer = await newDeveloper(url);
  const theirs = await developer.made({ client_name: "Harbour Bell" });
  const before = await read(theirs.client_id);
  const rotated = await run(["rotate", theirs.client_id, "--overlap", "1h"]);
  assert.match(rotated.output, /gr_secret_/);
  assert.deepEqual(await read(theirs.client_id), before);
});

test("what cannot be rotated is refused", async () => {
  await clear();
  await applied(BUOY);
  for (const [args, message] of [
    [["rotate", "nobody"], /app nobody does not exist/],
    [["rotate", "buoy"], /app buoy has no secret: its token_endpoint_auth_method is none/],
    [["rotate"], /rotate needs the client_id of an app/],
    [["rotate", "buoy", "--overlap", "soon"], /--overlap must be a time like 90s/],
    [["rotate", "buoy", "--overlap", "31d"], /at most 30d/],
    [["rotate", "buoy", "tide"], /The command must be/],
  ]) {
    const { code, output } = await run(args);
    assert.equal(code, 1, output);
    assert.match(output, message);
  }
});

test("the file gives an app to a developer, to another one, and to nobody", async () => {
  await clear();
  const [ada, eve] = [await newDeveloper(url), await newDeveloper(url)];
  const orphan = await ada.made({ client_name: "Harbour Bell" });
  const whose = async (id) => (await read(id)).owner;
  const table = (owner) => `[apps."${orphan.client_id}"]\nclient_name = "Harbour Bell"\nredirect_uris = ["https://bell.example/cb"]\nowner = "${owner}"\n`;
  assert.match(await applied(table(eve.person.id)), new RegExp(`owner: "${ada.person.id}" -> "${eve.person.id}"`));
  assert.equal(await whose(orphan.client_id), eve.person.id);
  assert.equal((await eve.save(orphan, { client_name: "Harbour Bells" })).status, 200, "the new owner changes it");
  const exported = (await apps("export", undefined, { options: ["--developers"] })).output;
  assert.ok(exported.includes(`owner = "${eve.person.id}"`), exported);
  assert.match(await applied(exported, { options: [] }), /0 to create, 0 to change, 0 to delete/);
  await applied(table(""));
  assert.equal(await whose(orphan.client_id), undefined);
  await applied(`${TIDE}owner = "${ada.person.id}"\n`, { options: ["--yes", "--prune"] });
  assert.equal(await whose("tide"), ada.person.id);
  await isGone(orphan.client_id);
});
