// Grantry itself: the release build, with the storage it has in production.
import { build } from "../../scripts/lib/build.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";
import { newClient, newPerson } from "../../tests/support/administration.mjs";
import { basic, connection, pkce, SCOPE } from "../../tests/support/connection.mjs";
import { secrets } from "../../tests/support/secrets.mjs";
import { Visitor } from "../../tests/support/visitor.mjs";
import { request } from "../lib/http.mjs";
import { always, asking, each, PEOPLE, withIdTokens } from "../lib/scenarios.mjs";
import { probed, ready, startWorkerd } from "../lib/workerd.mjs";

const RESOURCE_SERVER = "bench-resource-server";

export const api = {
  audience: "https://api.example.com",
  scopes: { "reservations.read": "See your reservations" },
  introspection_clients: [RESOURCE_SERVER],
};

/** For an app that wants the API and no ID token. */
const WITHOUT_OPENID = { scope: "offline_access reservations.read", nonce: undefined };

export const worker = {
  name: "grantry",
  modules: ["index.js", "index_bg.wasm"].map((name) => ({ name, file: inRoot("build", name) })),
  flags: ["global_fetch_strictly_public"],
  objects: { ACCOUNT: "Account", DIRECTORY: "Directory", HASHER: "Hasher", REGISTRY: "Registry", REPLAY: "Replay" },
  namespaces: ["CLIENTS"],
};

/** The same with counters around it. */
export const instrumented = { ...worker, modules: [{ name: "instrumented.mjs", file: inRoot("bench/lib/instrumented.mjs") }, ...worker.modules] };

export const texts = (url) => ({ ISSUER: url, API_DEMO: JSON.stringify(api), ...secrets });

export const grantry = {
  name: "grantry",
  prepare: build,
  start: (options) => startWorkerd(worker, texts, options),
  startProbing: (options) => startWorkerd(probed(worker), texts, options),
  startCounting: (options) => startWorkerd(instrumented, texts, options),
  firstRequest: "/.well-known/openid-configuration",
  wasm: inRoot("build/index_bg.wasm"),

  async scenarios(server) {
    await ready(server);
    const world = await populate(server.url, PEOPLE);
    return scenarios(server, world);
  },

  /** A user who is not signed in yet goes through the pages, and their app gets tokens. */
  async loginThroughPages(server) {
    const app = await newClient(server.url, { scope: SCOPE });
    const { person } = await signedIn(server.url, [app]);
    const { authorizeUrl, redeem } = connection(server.url);
    return async () => {
      const proof = pkce();
      const answer = await new Visitor(server.url).allow(authorizeUrl(app, proof), person);
      const { status } = await redeem(app, answer, proof.verifier);
      if (status !== 200) throw new Error(`no tokens: ${status}`);
    };
  },
};

/** Clients of each kind, and people who are signed in and allowed them. */
export async function populate(url, count) {
  const scope = SCOPE;
  const app = await newClient(url, { client_name: "Web app", scope });
  const single = await newClient(url, { client_name: "Single page app", scope, token_endpoint_auth_method: "none" });
  const es256 = { scope, id_token_signed_response_alg: "ES256" };
  const appOfES256 = await newClient(url, { ...es256, client_name: "Web app that chose ES256" });
  const singleOfES256 = await newClient(url, { ...es256, client_name: "Single page app that chose ES256", token_endpoint_auth_method: "none" });
  const service = await newClient(url, { client_name: "Service", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const resourceServer = await newClient(url, { client_id: RESOURCE_SERVER, client_name: "Resource server", redirect_uris: undefined, grant_types: ["client_credentials"], scope: "reservations.read" });
  const people = [];
  while (people.length < count) {
    const one = await signedIn(url, [app, single, appOfES256, singleOfES256]);
    people.push({ ...one, withoutIdToken: await connected(url, one, single, WITHOUT_OPENID) });
  }
  return { app, single, appOfES256, singleOfES256, service, resourceServer, people };
}

/** A new user, their browser, and tokens of each of the clients. */
export async function signedIn(url, clients) {
  const one = { person: await newPerson(url), visitor: new Visitor(url) };
  const tokens = [];
  for (const client of clients) tokens.push(await connected(url, one, client));
  return { ...one, tokens };
}

/** The tokens of a client that a person allows what it asks for. */
async function connected(url, { person, visitor }, client, more) {
  const { authorizeUrl, post } = connection(url);
  const proof = pkce();
  const left = await visitor.allow(authorizeUrl(client, proof, more), person);
  const fields = { grant_type: "authorization_code", code: left.searchParams.get("code"), redirect_uri: client.redirect_uris[0], code_verifier: proof.verifier };
  const { status, body } = client.client_secret ? await post("/token", client, fields) : await post("/token", undefined, { client_id: client.client_id, ...fields });
  if (status !== 200) throw new Error(`no tokens: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** What is measured, with the requests of each connection written beforehand. */
export async function scenarios({ url, port }, { app, single, appOfES256, singleOfES256, service, resourceServer, people }) {
  const proof = pkce();
  const { authorizeUrl } = connection(url);
  const pathOf = (address) => address.slice(url.length);
  const token = (client, fields) => request("POST", "/token", client.client_secret ? basic(client) : {}, { ...(client.client_secret ? {} : { client_id: client.client_id }), ...fields });
  const redeem = (client, code) => token(client, { grant_type: "authorization_code", code, redirect_uri: client.redirect_uris[0], code_verifier: proof.verifier });
  const refresh = (client, refresh_token) => token(client, { grant_type: "refresh_token", refresh_token });

  const authorizing = (client, more) => {
    const asks = people.map(({ visitor }) => request("GET", pathOf(authorizeUrl(client, proof, more)), { cookie: visitor.cookies }));
    return async (connection, place) => new URL((await connection.send(asks[place])).expect(303).header("location")).searchParams.get("code");
  };
  const kept = people.map(({ tokens: [{ refresh_token }] }) => refresh(app, refresh_token));
  const introspect = people.map(({ tokens: [{ access_token }] }) => request("POST", "/introspect", basic(resourceServer), { token: access_token }));
  const bearer = people.map(({ tokens: [{ access_token }] }) => request("GET", "/userinfo", { authorization: `Bearer ${access_token}` }));
  const logins = await Promise.all(people.map(({ person }) => login(url, authorizeUrl(app, proof), person)));

  return {
    ...withIdTokens({ port, people, authorizing, redeem, refresh }, [app, single, appOfES256, singleOfES256], WITHOUT_OPENID),
    "refresh, not rotating": each(kept),
    "client credentials": always(token(service, { grant_type: "client_credentials" })),
    introspection: each(introspect),
    userinfo: each(bearer),
    "authorize, remembered": asking(authorizing(app)),
    "sign-in": each(logins, 303),
    health: always(request("GET", "/health")),
    jwks: always(request("GET", "/jwks")),
    metadata: always(request("GET", "/.well-known/openid-configuration")),
  };
}

/** The request by which a person signs in, in a browser that nobody is signed in with; it can be sent again and again. */
export async function login(url, address, { userName, password }) {
  const visitor = new Visitor(url);
  const page = await visitor.open(address);
  const interaction = new URL(page.address).searchParams.get("interaction");
  return request("POST", "/login", { cookie: visitor.cookies, origin: url }, { interaction, username: userName, password });
}
