// OpenID Connect, Config: the discovery document and the keys, over https.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { localhost } from "../support/certificate.mjs";
import { startServer } from "../support/server.mjs";
import { mediaType, send } from "./http.mjs";
import { assertMetadata } from "./metadata-schema.mjs";
import { assertKeySet } from "./rules.mjs";

const SUFFIX = "/.well-known/openid-configuration";
const server = await startServer({ certificate: localhost });

describe("oidcc-config-certification-test-plan", () => {
  // spec: OpenID Connect Discovery section 4.2 - the document is where the issuer says, and JSON
  // spec: OpenID Connect Discovery section 3 - every member is registered and of its type, and every endpoint https
  // spec: RFC 7517 section 5 - the published keys are public, distinct and well-formed
  test("oidcc-discovery-endpoint-verification", async () => {
    const address = new URL(server.url + SUFFIX);
    assert.equal(address.protocol, "https:");
    const response = await send(address);
    assert.equal(response.status, 200, response.text);
    assert.equal(mediaType(response.headers), "application/json");
    const metadata = JSON.parse(response.text);
    assert.equal(metadata.issuer + SUFFIX, address.href, "the issuer is the address without its end");
    assertMetadata(metadata);
    assertKeySet(await send(metadata.jwks_uri));
  });
});
