// Clients of one session that end badly do not keep the others from hearing of a logout, and are tried again.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { after, test } from "node:test";
import { text } from "node:stream/consumers";
import { newClient, newPerson } from "../../support/administration.mjs";
import { connection, pkce } from "../../support/connection.mjs";
import { claims } from "../../support/relying.mjs";
import { startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

/** The failed ones' second turn comes a minute after the first. */
const PATIENCE = 90_000;

/** Where clients are told: each path has a way to answer, and what came to it. */
const received = { "/good": [], "/failing": [], "/silent": [] };
const arrivals = createServer(async (request, response) => {
  const token = new URLSearchParams(await text(request)).get("logout_token");
  received[request.url].push(token);
  const first = received[request.url].length === 1;
  arrivals.emit("told");
  if (request.url === "/failing") response.writeHead(500).end();
  if (request.url === "/silent" && !first) response.writeHead(200).end();
  // The good one answers when all three have been asked: had one been asked after another, it never would.
  if (request.url !== "/good") return;
  while (Object.values(received).some((tokens) => tokens.length === 0)) await once(arrivals, "told");
  response.writeHead(200).end();
});
await new Promise((resolve, reject) => arrivals.on("error", reject).listen(0, "127.0.0.1", resolve));
after(() => {
  arrivals.closeAllConnections();
  arrivals.close();
});
const origin = `http://127.0.0.1:${arrivals.address().port}`;
const server = await startServer({ vars: { OUTBOUND_EXCEPTIONS: origin } });
const { authorizeUrl, redeem } = connection(server.url);

/** What the log says about tries, in order, once there are as many as expected. */
async function tries(expected) {
  for (const end = Date.now() + PATIENCE; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 200))) {
    const lines = server.logs().split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line));
    const found = lines.filter(({ event }) => event === "logout_told");
    if (found.length >= expected) return found;
  }
  assert.fail(`the log does not have ${expected} tries`);
}

// spec: OpenID Connect Back-Channel Logout section 2.3 - each client of the session is told, whatever the others answer
test("one client is silent and one fails: the third hears at once, and the two are tried again", async () => {
  const ada = await newPerson(server.url);
  const visitor = new Visitor(server.url);
  const names = {};
  let hint;
  for (const path of Object.keys(received)) {
    const client = await newClient(server.url, { client_name: `At ${path}`, backchannel_logout_uri: origin + path });
    const proof = pkce();
    const answer = await visitor.allow(authorizeUrl(client, proof), ada);
    const tokens = await redeem(client, answer, proof.verifier);
    assert.equal(tokens.status, 200, JSON.stringify(tokens.body));
    hint = tokens.body.id_token;
    names[client.client_id] = path;
  }
  assert.deepEqual(Object.values(received), [[], [], []]);
  const page = await visitor.open(`${server.url}/logout?${new URLSearchParams({ id_token_hint: hint })}`);
  assert.equal(page.status, 200);

  const read = ({ client_id, failed_before, status, cause }) => ({ path: names[client_id], failed_before, status, cause });
  const first = (await tries(3)).map(read);
  const of = (lines, path) => lines.filter((line) => line.path === path);
  const late = "the server did not answer in time";
  assert.deepEqual(of(first, "/good"), [{ path: "/good", failed_before: 0, status: 200, cause: undefined }]);
  assert.deepEqual(of(first, "/failing"), [{ path: "/failing", failed_before: 0, status: 500, cause: undefined }]);
  assert.deepEqual(of(first, "/silent"), [{ path: "/silent", failed_before: 0, status: undefined, cause: late }]);
  assert.equal(first.at(-1).path, "/silent", "the others were told before its time was over");

  const second = (await tries(5)).slice(3).map(read);
  assert.deepEqual(of(second, "/failing"), [{ path: "/failing", failed_before: 1, status: 500, cause: undefined }]);
  assert.deepEqual(of(second, "/silent"), [{ path: "/silent", failed_before: 1, status: 200, cause: undefined }]);
  assert.deepEqual(Object.values(received).map((tokens) => tokens.length), [1, 2, 2], "who was told is not told again");
  for (const tokens of [received["/failing"], received["/silent"]]) {
    const [one, two] = tokens.map(claims);
    assert.deepEqual([two.sub, two.sid], [one.sub, one.sid]);
    assert.ok(two.jti !== one.jti && two.iat > one.iat, "the second try has a token of its own");
  }
});
