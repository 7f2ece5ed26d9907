// Passwords are hashed in objects of their own.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { requestLine, startServer } from "../../support/server.mjs";
import { Visitor } from "../../support/visitor.mjs";

test("a password is hashed in an object, whatever a former setting says", async () => {
  const server = await startServer({ vars: { PASSWORD_HASHING: "worker" } });
  try {
    const ada = await newPerson(server.url);
    const app = await newClient(server.url);
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
    assert.deepEqual(await signIn(ada), [303, 3], "the Directory, a Hasher, the Account");
    assert.deepEqual(await signIn({ ...ada, password: "not the password" }), [401, 3]);
    assert.ok(!server.logs().includes(ada.password), "the message to the object is in no log");
  } finally {
    await server.stop();
  }
});
