// Access tokens that choose their own algorithm or bring their own key: the key decides, and only ours count.
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { test } from "node:test";
import { newClient, newPerson } from "../../support/administration.mjs";
import { startServer } from "../../support/server.mjs";
import { newTokens } from "../../support/tokens.mjs";

const server = await startServer();
const ada = await newPerson(server.url);
const app = await newClient(server.url);
const { keys } = await (await fetch(`${server.url}/jwks`)).json();
const keyOf = (alg) => keys.find((key) => key.alg === alg);

const encoded = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
const decoded = (part) => JSON.parse(Buffer.from(part, "base64url"));

const userinfo = async (token) => (await fetch(`${server.url}/userinfo`, { headers: { authorization: `Bearer ${token}` } })).status;

// spec: Invariant 4 - a token is verified by the algorithm of the key, whatever its header says
// spec: RFC 8725 section 3.1 - alg none, and a public key taken for a secret, are refused
// spec: RFC 8725 section 3.10 - keys that a token brings along are not used
// spec: RFC 9068 section 4 - an ID token is no access token
test("a token that chooses its algorithm or its key is not accepted", async () => {
  const { access_token, id_token } = await newTokens(server.url, app, ada, "openid profile");
  assert.equal(await userinfo(access_token), 200, "the genuine one is good");
  const [header, payload, signature] = access_token.split(".");
  const ours = decoded(header);
  assert.equal(ours.alg, "ES256");

  const own = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const jwk = own.publicKey.export({ format: "jwk" });
  const signed = (head) => {
    const text = `${encoded(head)}.${payload}`;
    return `${text}.${sign("sha256", Buffer.from(text), { key: own.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
  };
  const hmac = (head, secret) => {
    const text = `${encoded(head)}.${payload}`;
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const { x, y } = keyOf("ES256");
  for (const [what, forged] of [
    ["alg none without a signature", `${encoded({ ...ours, alg: "none" })}.${payload}.`],
    ["alg none with the signature", `${encoded({ ...ours, alg: "none" })}.${payload}.${signature}`],
    ["alg NONE", `${encoded({ ...ours, alg: "NONE" })}.${payload}.`],
    ["no alg", `${encoded({ ...ours, alg: undefined })}.${payload}.${signature}`],
    ["HS256 with the public key as JSON", hmac({ ...ours, alg: "HS256" }, JSON.stringify(keyOf("ES256")))],
    ["HS256 with the coordinates", hmac({ ...ours, alg: "HS256" }, Buffer.concat([x, y].map((part) => Buffer.from(part, "base64url"))))],
    ["HS256 with an empty secret", hmac({ ...ours, alg: "HS256" }, "")],
    ["the kid of the RS256 key", `${encoded({ ...ours, kid: keyOf("RS256").kid })}.${payload}.${signature}`],
    ["RS256 by the ES256 key", `${encoded({ ...ours, alg: "RS256" })}.${payload}.${signature}`],
    ["another's key under our kid", signed(ours)],
    ["another's key in jwk", signed({ ...ours, kid: undefined, jwk })],
    ["another's key in jku", signed({ ...ours, kid: "theirs", jku: "https://evil.example/jwks" })],
    ["a critical extension", signed({ ...ours, crit: ["exp"] })],
    ["no signature", `${header}.${payload}.`],
    ["the ID token", id_token],
  ]) {
    assert.equal(await userinfo(forged), 401, what);
  }
});
