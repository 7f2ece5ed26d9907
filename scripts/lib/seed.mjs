// What a newcomer finds on the local server: a user to sign in as, an app that the user can connect, and a service.
import { createHmac } from "node:crypto";
import { Failure } from "./failure.mjs";

const USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User";
const PATCH_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:PatchOp";
const USER_NAME = "demo";
const APP = "demo-web-app";
const SERVICE = "demo-service";

/**
 * Creates what is missing, through the same standards that any administrator uses. Passwords and secrets are derived from the
 * local server's own break-glass token: the same at each start, different on each machine.
 * @param {string} url the server's
 * @param {string} adminToken
 * @returns {Promise<{userName: string, password: string, app: string, service: {id: string, secret: string}}>}
 */
export async function seed(url, adminToken) {
  const derived = (label) => createHmac("sha256", adminToken).update(`demo ${label}`).digest("base64url");
  const password = derived("person").slice(0, 12);
  const secret = derived("service");
  const ask = (method, path, type, body) => administer(url, adminToken, method, path, type, body);

  const found = await ask("GET", `/scim/v2/Users?filter=${encodeURIComponent(`userName eq "${USER_NAME}"`)}`);
  if (found.totalResults === 0) {
    const person = {
      schemas: [USER_SCHEMA],
      userName: USER_NAME,
      password,
      displayName: "Demo User",
      name: { givenName: "Demo", familyName: "User", formatted: "Demo User" },
      emails: [{ value: "demo@example.com", primary: true }],
      active: true,
    };
    await ask("POST", "/scim/v2/Users", "application/scim+json", person);
  }
  await ensureClient(ask, {
    client_id: APP,
    client_name: "Demo Web App",
    token_endpoint_auth_method: "none",
    redirect_uris: ["http://localhost/callback"],
    post_logout_redirect_uris: ["http://localhost/"],
    grant_types: ["authorization_code", "refresh_token"],
    scope: "openid profile email offline_access reservations.read reservations.create",
  });
  const service = {
    client_id: SERVICE,
    client_name: "Demo Service",
    client_secret: secret,
    grant_types: ["client_credentials"],
    scope: "reservations.read",
  };
  await ensureClient(ask, service);
  // If .dev.vars was created again over older storage, what is stored was derived from another token.
  if (!(await isAccepted(url, SERVICE, secret))) {
    await ask("PUT", `/register/${SERVICE}`, "application/json", service);
    const [person] = found.Resources ?? [];
    const replace = { schemas: [PATCH_SCHEMA], Operations: [{ op: "replace", path: "password", value: password }] };
    if (person) await ask("PATCH", `/scim/v2/Users/${person.id}`, "application/scim+json", replace);
  }
  return { userName: USER_NAME, password, app: APP, service: { id: SERVICE, secret } };
}

async function ensureClient(ask, metadata) {
  const known = await ask("GET", `/register/${metadata.client_id}`);
  if (!known) await ask("POST", "/register", "application/json", metadata);
}

/** Whether the service gets a token with this secret. */
async function isAccepted(url, id, secret) {
  const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}` };
  const response = await fetch(`${url}/token`, { method: "POST", headers, body: new URLSearchParams({ grant_type: "client_credentials" }) });
  await response.body?.cancel();
  return response.status !== 401;
}

async function administer(url, adminToken, method, path, type, body) {
  const headers = { authorization: `Bearer ${adminToken}`, ...(type && { "content-type": type }) };
  const response = await fetch(url + path, { method, headers, body: body && JSON.stringify(body) });
  if (response.status === 404 && method === "GET") return undefined;
  const text = await response.text();
  if (!response.ok) throw new Failure(`The demo user and app could not be created: ${method} ${path} was answered with status ${response.status}: ${text}`);
  return JSON.parse(text);
}
