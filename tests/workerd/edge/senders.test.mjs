// Requests that are sent in odd ways, or whose client goes away in the middle, are answered like others and cost no more.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { freePort } from "../../../scripts/lib/wrangler.mjs";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { startObjects } from "../../support/objects.mjs";
import { secrets } from "../../support/secrets.mjs";
import { Visitor } from "../../support/visitor.mjs";

const port = await freePort();
const url = `http://localhost:${port}`;
const { logs } = await startObjects({ port, around: ["tests/support/kept.mjs"] });
const LONGEST = 65_536;

/** Registers a client with JSON that spaces make this long, in chunks of so many bytes; gives the status. */
async function register({ length, chunk, headers = [] }) {
  const body = JSON.stringify({ redirect_uris: ["https://app.example/callback"], client_name: "In pieces" }).padEnd(length);
  const socket = connect(port, "localhost");
  const answer = text(socket);
  socket.write(`POST /register HTTP/1.1\r\nhost: localhost:${port}\r\nauthorization: Bearer ${secrets.ADMIN_TOKEN}\r\n`);
  socket.write([...headers, "content-type: application/json", "transfer-encoding: chunked", "connection: close", "", ""].join("\r\n"));
  const chunks = [];
  for (let at = 0; at < body.length; at += chunk) {
    const piece = body.slice(at, at + chunk);
    chunks.push(`${piece.length.toString(16)}\r\n${piece}\r\n`);
  }
  socket.write(`${chunks.join("")}0\r\n\r\n`);
  return Number((await answer).match(/^HTTP\/1\.1 (\d+)/)?.[1]);
}

test("a body counts by its bytes, however many pieces it comes in", async () => {
  assert.equal(await register({ length: LONGEST, chunk: 1 }), 201);
  assert.equal(await register({ length: LONGEST + 1, chunk: 1 }), 413);
  assert.equal(await register({ length: LONGEST, chunk: LONGEST }), 201);
});

test("a body in chunks is as long as its chunks, whatever length is announced", async () => {
  assert.equal(await register({ length: LONGEST + 1, chunk: 10_000, headers: ["content-length: 5"] }), 413);
});

test("the platform keeps the work that was begun when the client goes away", async () => {
  const waits = ["/apps.json", "/authorize?client_id=nobody&response_type=code"];
  // A request that is answered at once has ended before the client can go away.
  const never = ["/health", "/jwks", "/nowhere"];
  for (const [kept, paths] of Object.entries({ 0: never, 1: waits })) {
    for (const path of paths) assert.equal((await fetch(url + path)).headers.get("x-kept"), kept, path);
  }
});

test("a request whose client has gone away is completed, and the log says how", async () => {
  const ada = await newPerson(url);
  const app = await newClient(url);
  const visitor = new Visitor(url);
  const page = await visitor.open(connection(url).authorizeUrl(app, pkce(), { scope: "openid" }));
  const { action, body } = visitor.form(page, "login-form");
  for (const [name, value] of Object.entries({ username: ada.userName, password: "wrong" })) body.set(name, value);
  const headers = { origin: url, cookie: visitor.cookies, "sec-fetch-site": "same-origin" };
  const before = logs();
  // A refusal is answered later than this, so that its time tells nothing.
  await assert.rejects(fetch(action, { method: "POST", headers, body, redirect: "manual", signal: AbortSignal.timeout(200) }), { name: "TimeoutError" });
  const event = (line) => logs().slice(before.length).includes(line);
  for (const end = Date.now() + 10_000; Date.now() < end && !event('"endpoint":"login"'); ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  assert.ok(event('"event":"sign_in_refused"'), logs());
  assert.ok(event('"endpoint":"login","method":"POST"'), logs());
});
