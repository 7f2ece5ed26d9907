// Files of apps: every member that is registered of a client is written into the file and read from it.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { differences, plan, readApps, registered, sent, sorted, unchanged, writeApps } from "../../scripts/lib/apps.mjs";
import { inRoot } from "../../scripts/lib/paths.mjs";

/** The names of the members in the source of the server. */
const NAMES = [...readFileSync(inRoot("src/oauth/client/registration/members.rs"), "utf8").matchAll(/RegistrationMember::new\("(\w+)"/g)].map(([, name]) => name);

const COMMON = { client_name: "Tide", redirect_uris: ["https://tide.example.com/callback"] };

/** A value of each member that is not its default, with what it needs besides. A new member fails the test until it is here. */
const VALUES = {
  client_name: "Another name",
  client_uri: "https://tide.example.com",
  description: "Knows the sea",
  published: true,
  policy_uri: "https://tide.example.com/policy",
  tos_uri: "https://tide.example.com/terms",
  redirect_uris: ["com.example.tide:/callback", "http://localhost/callback"],
  grant_types: ["client_credentials"],
  response_types: [],
  scope: "openid reservations.read",
  optional_scope: "reservations.read",
  token_endpoint_auth_method: "client_secret_post",
  token_endpoint_auth_signing_alg: "ES256",
  jwks_uri: "https://tide.example.com/keys",
  assertion_audience: "token_endpoint",
  id_token_signed_response_alg: "ES256",
  access_token_lifetime: 600,
  access_token_format: "opaque",
  require_pkce: false,
  rotate_refresh_tokens: true,
  subject_type: "pairwise",
  sector_identifier_uri: "https://tide.example.com/sector",
  default_max_age: 0,
  require_auth_time: true,
  post_logout_redirect_uris: ["https://tide.example.com/bye"],
  backchannel_logout_uri: "https://tide.example.com/out",
  backchannel_logout_session_required: true,
  jwks: { keys: [{ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", kid: "one", alg: "EdDSA" }] },
  logo: "data:image/png;base64,iVBORw0KGgo=",
  verified: false,
  owner: "u1",
};

const ANSWERED = { client_id: "tide", client_id_issued_at: 1, client_secret_expires_at: 0, registration_client_uri: "https://auth.example.com/register/tide" };

/** What the server answers about a client with these members. */
const information = (members) => ({ ...ANSWERED, verified: true, ...COMMON, ...members });

// spec: RFC 7592 section 2.2 - a change contains all metadata
test("every member goes from the server into the file, and from the file to the server", () => {
  assert.ok(NAMES.length >= 29);
  assert.deepEqual(Object.keys(VALUES), [...NAMES, "verified", "owner"]);
  for (const [name, value] of Object.entries(VALUES)) {
    const before = information({ [name]: value });
    const { present } = sorted([before], () => true);
    const text = writeApps(present);
    const wanted = readApps(text, "apps.toml");
    assert.deepEqual(JSON.parse(JSON.stringify(sent(wanted.get("tide"))))[name], value, `${name} in:\n${text}`);
    assert.deepEqual(differences(present.get("tide"), wanted.get("tide")).map((one) => one.name).filter((one) => one === name), [], `${name} in:\n${text}`);
    assert.deepEqual(plan(wanted, new Map()).create, ["tide"]);
  }
});

test("an app is verified unless the file says otherwise", () => {
  const [present, wanted] = [registered(information({ verified: false })), COMMON];
  assert.deepEqual(differences(present, wanted).find(({ name }) => name === "verified"), { name: "verified", before: false, after: true });
  assert.equal(sent(wanted).verified, true);
  assert.equal(sent({ ...wanted, verified: false }).verified, false);
});

test("an app is a developer's only as long as the file says so", () => {
  const clients = [information({ owner: "u1" })];
  assert.deepEqual(sorted(clients), { present: new Map(), strangers: new Set(["tide"]) });
  const { present } = sorted(clients, () => true);
  assert.deepEqual(differences(present.get("tide"), { ...COMMON, owner: "" }).filter(({ name }) => name === "owner").length, 1);
  assert.deepEqual(differences(registered(information({})), { ...COMMON, owner: "" }).filter(({ name }) => name === "owner"), []);
  assert.deepEqual([sent(COMMON).owner, sent({ ...COMMON, owner: "u2" }).owner], ["", "u2"], "the server keeps an owner that is not sent");
});

// spec: RFC 7592 section 2.2 - a request does not have the members that only responses have
test("what is sent to replace a secret leaves every member as it is", () => {
  for (const [name, value] of Object.entries(VALUES).filter(([name]) => !["verified", "owner"].includes(name))) {
    const members = unchanged(information({ [name]: value, owner: "u1", publication_requested: true }));
    assert.deepEqual(members, { ...COMMON, [name]: value }, name);
  }
  assert.ok(!("published" in unchanged(information({ published: false, publication_requested: true }))), "the developer's request stays");
});
