// What an administrator does before apps and users can meet: over the standards, as any script would.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { secrets } from "./secrets.mjs";

/** Sends JSON with the break-glass token and returns the answer's JSON. */
export async function administer(url, method, path, body, expected) {
  const headers = { authorization: `Bearer ${secrets.ADMIN_TOKEN}`, "content-type": path.startsWith("/scim") ? "application/scim+json" : "application/json" };
  const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await response.text();
  assert.equal(response.status, expected, `${method} ${path}: ${text}`);
  return text ? JSON.parse(text) : undefined;
}

/** What makes a user a developer. */
export const DEVELOPER = { "urn:grantry:params:scim:schemas:1.0:Person": { role: "developer" } };

/** A user with a password, and every claim that OpenID Connect knows. */
export async function newPerson(url, more) {
  const userName = `ada-${randomBytes(6).toString("hex")}`;
  const password = randomBytes(12).toString("base64url");
  const person = {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    userName,
    password,
    name: { givenName: "Ada", familyName: "Lovelace", formatted: "Ada Lovelace" },
    displayName: "Ada Lovelace",
    emails: [{ value: `${userName}@example.com`, primary: true }],
    active: true,
    ...more,
  };
  const created = await administer(url, "POST", "/scim/v2/Users", person, 201);
  return { id: created.id, userName, password };
}

/** A confidential web app that returns to an https address where no server has to answer. */
export function newClient(url, more) {
  const metadata = {
    client_name: "Harbour Reports",
    client_uri: "https://reports.example.com",
    redirect_uris: ["https://reports.example.com/callback"],
    grant_types: ["authorization_code", "refresh_token"],
    scope: "openid profile email offline_access reservations.read reservations.create identity:account-users.read",
    ...more,
  };
  return administer(url, "POST", "/register", metadata, 201);
}
