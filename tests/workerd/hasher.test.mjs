// Passwords that are hashed in objects of their own (PASSWORD_HASHING=object).
import assert from "node:assert/strict";
import { test } from "node:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { newClient, newPerson } from "../support/administration.mjs";
import { requestLine, startServer } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";

test("a password is compared wherever it is hashed, and an object costs one hop more", async () => {
  const persistTo = mkdtempSync(path.join(tmpdir(), "grantry-hasher-"));
  try {
    const before = await startServer({ persistTo });
    const ada = await newPerson(before.url);
    const app = await newClient(before.url);
    await before.stop();

    const server = await startServer({ persistTo, vars: { PASSWORD_HASHING: "object" } });
    const bob = await newPerson(server.url, { displayName: "Bob" });
    const signIn = async ({ userName, password }) => {
      const visitor = new Visitor(server.url);
      const query = new URLSearchParams({ response_type: "code", client_id: app.client_id, redirect_uri: app.redirect_uris[0], scope: "openid", code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" });
      const page = await visitor.open(`${server.url}/authorize?${query}`);
      const body = new URLSearchParams({ interaction: new URL(page.address).searchParams.get("interaction"), username: userName, password });
      const headers = { cookie: visitor.cookies, origin: server.url };
      const response = await fetch(`${server.url}/login`, { method: "POST", redirect: "manual", headers, body });
      const { object_calls } = await requestLine(server.logs, response.headers.get("x-request-id"));
      return [response.status, object_calls];
    };
    assert.deepEqual(await signIn(ada), [303, 3], "hashed by the Worker, compared with what the object computes");
    assert.deepEqual(await signIn(bob), [303, 3]);
    assert.deepEqual(await signIn({ ...ada, password: "not the password" }), [401, 3]);
    assert.ok(!server.logs().includes(ada.password), "the message to the object is in no log");
    await server.stop();
  } finally {
    rmSync(persistTo, { recursive: true, force: true });
  }
});
