// The stock SDK of MCP, untouched, in both of its lines: a host finds the authorization server from a 401 of examples/mcp-server,
// becomes a client in each way there is, and uses the tools in a user's name.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { newClient } from "../support/administration.mjs";
import { Host, SDKS } from "../support/mcp-host.mjs";
import { beginMcp } from "../support/mcp-setting.mjs";
import { claims, relyingParty } from "../support/relying.mjs";
import { Visitor } from "../support/visitor.mjs";

const { server, site, notes: NOTES, other: OTHER, ada } = await beginMcp();

/** Registered without a port, used with any: the free port is not known before (RFC 8252 section 7.3). */
const LOOPBACK = ["http://localhost/callback", "http://127.0.0.1/callback", "http://[::1]/callback"];
const withAnyPort = (uri) => uri.replace("/callback", `:${40_000 + Math.floor(Math.random() * 20_000)}/callback`);

const DOCUMENT = site.publish("/host/client.json", {
  client_name: "A host of MCP",
  redirect_uris: LOOPBACK,
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "none",
});

/** When hosts registered themselves. Strangers may do so ten times in ten seconds at one isolate (src/platform/clients.rs). */
const registered = [];
async function myTurn() {
  const wait = (registered.at(-9) ?? 0) + 11_000 - Date.now();
  if (wait > 0) await setTimeout(wait);
  registered.push(Date.now());
}

/** How a host becomes a client: each gives the options of one that comes back to `redirectUrl`. */
const REGISTRATIONS = {
  "registered by the administrator": async (redirectUrl) => {
    const scope = "openid offline_access notes:read notes:write other:read";
    const { client_id } = await newClient(server.url, { redirect_uris: LOOPBACK, token_endpoint_auth_method: "none", scope });
    return { redirectUrl, client: { client_id, issuer: server.url } };
  },
  "registered by itself": async (redirectUrl) => {
    await myTurn();
    return { redirectUrl };
  },
  "described by a document": async (redirectUrl) => ({ redirectUrl, clientMetadataUrl: DOCUMENT }),
};

const newHost = async (sdk, registration, { redirectUrl = withAnyPort(LOOPBACK[0]), url = NOTES, visitor = new Visitor(server.url) } = {}) =>
  new Host(sdk, url, (address) => visitor.allow(address, ada), await REGISTRATIONS[registration](redirectUrl));

const call = (url, token) => {
  const headers = { "content-type": "application/json", accept: "application/json, text/event-stream", ...(token && { authorization: `Bearer ${token}` }) };
  return fetch(url, { method: "POST", headers, body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "ping" }) });
};

async function assertRefused(url, token) {
  const refused = await call(url, token);
  assert.equal(refused.status, 401);
  assert.match(refused.headers.get("www-authenticate"), /^Bearer error="invalid_token"/);
}

for (const sdk of Object.keys(SDKS)) {
  for (const registration of Object.keys(REGISTRATIONS)) {
    describe(`${sdk}, ${registration}`, () => {
      for (const uri of LOOPBACK) {
        // spec: RFC 9728 section 5.1 - the host finds the authorization server from the challenge
        // spec: RFC 8707 section 2 - the token is for the resource that was asked for
        // spec: RFC 8252 section 7.3 - a loopback redirect URI, with any port
        test(`from a 401 to a tool, back to ${uri}`, async () => {
          const host = await newHost(sdk, registration, { redirectUrl: withAnyPort(uri) });
          const note = `a note by way of ${uri}`;
          assert.match(await host.call("add_note", { text: note }), new RegExp(note.replaceAll("[", "\\[")));
          for (const request of host.requests) assert.equal(request.get("resource"), NOTES);
          const { aud, scope } = claims(host.keeper.tokens().access_token);
          assert.deepEqual([aud].flat(), [NOTES]);
          assert.equal(scope.split(" ").toSorted().join(" "), "notes:read notes:write");
        });
      }

      // spec: RFC 6750 section 3.1 - insufficient_scope names the scopes, and the host asks the user for them
      test("asks for little at first, and for more when a tool needs it", async () => {
        const host = await newHost(sdk, registration);
        await host.call("list_notes");
        const asked = () => host.requests.map((request) => request.get("scope").split(" ").filter((scope) => scope.startsWith("notes:")).toSorted().join(" "));
        assert.deepEqual(asked(), ["notes:read"]);
        await host.call("add_note", { text: "more" });
        assert.deepEqual(asked(), ["notes:read", "notes:read notes:write"]);
      });

      // spec: RFC 6749 section 10.2 - users see which client asks: that it is not verified, and where the answer goes
      test("the user sees whether the host is verified, and where it is", async () => {
        const redirectUrl = withAnyPort(LOOPBACK[1]);
        const options = await REGISTRATIONS[registration](redirectUrl);
        let shown;
        const reader = async (address) => {
          const visitor = new Visitor(server.url);
          const { userName, password } = ada;
          const page = await visitor.submit(await visitor.open(address), "login-form", { username: userName, password });
          shown = page.html;
          return new URL((await visitor.submit(page, "consent-form", { decision: "allow" })).left);
        };
        await new Host(sdk, NOTES, reader, options).call("list_notes");
        assert.equal(shown.includes("Not verified"), registration !== "registered by the administrator");
        assert.ok(shown.match(/id="consent-return">[\s\S]*?<\/p>/)[0].includes(new URL(redirectUrl).host), shown);
        assert.ok(shown.includes("Read your notes") && !shown.includes("Write notes"), "and what it asks for");
      });

      // spec: RFC 8252 section 7.3 - the port that is free may be another the next time
      test("uses the same client on another day and another port", async () => {
        const first = await newHost(sdk, registration, { redirectUrl: "http://127.0.0.1:40001/callback" });
        await first.call("list_notes");
        const { client_id, issuer } = first.keeper.clientInformation();
        const visitor = new Visitor(server.url);
        const second = new Host(sdk, NOTES, (address) => visitor.allow(address, ada), { redirectUrl: "http://127.0.0.1:40002/callback", client: { client_id, issuer } });
        await second.call("list_notes");
        assert.equal(second.requests[0].get("client_id"), client_id);
        assert.equal(client_id === DOCUMENT, registration === "described by a document");
        assert.equal(claims(second.keeper.tokens().access_token).client_id, client_id);
      });

      // spec: RFC 6749 section 6 - a host with a refresh token goes on without the user
      // spec: RFC 8707 section 2.2 - the token that is refreshed is for the same resource
      test("continues when the token has expired: without the user, if it asked for offline access", async () => {
        const host = await newHost(sdk, registration);
        await host.call("list_notes");
        const first = host.keeper.tokens();
        assert.equal("refresh_token" in first, host.asksForRefreshTokens);
        host.keeper.saveTokens({ ...first, access_token: "ended" });
        await host.call("list_notes");
        const second = host.keeper.tokens();
        assert.equal(host.requests.length, host.asksForRefreshTokens ? 1 : 2);
        assert.notEqual(second.access_token, first.access_token);
        assert.deepEqual([claims(second.access_token).aud].flat(), [NOTES]);
        // OAuth 2.1 section 4.3.1: those of public clients rotate.
        if (host.asksForRefreshTokens) assert.notEqual(second.refresh_token, first.refresh_token);
      });

      // spec: RFC 8707 section 2 - a token is of use at the resource it was asked for, and nowhere else
      test("its token is accepted by this server and no other", async () => {
        const host = await newHost(sdk, registration);
        await host.call("list_notes");
        const { access_token } = host.keeper.tokens();
        assert.equal((await call(NOTES, access_token)).status, 200);
        await assertRefused(OTHER, access_token);
        assert.equal((await relyingParty(server).userinfo(access_token)).status, 401);
      });
    });
  }
}
