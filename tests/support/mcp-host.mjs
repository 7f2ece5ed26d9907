// A program that uses MCP servers in a user's name, made of a stock SDK and nothing else: the SDK finds the authorization server,
// registers and asks for tokens; the host keeps what it is given and sends the user to the address that it is told.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import * as two from "@modelcontextprotocol/client";
import { Client as ClientOne } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportOne } from "@modelcontextprotocol/sdk/client/streamableHttp.js";

const INFO = { name: "Grantry's tests", version: "1.0.0" };

/**
 * The two lines of the SDK. The second speaks MCP of 2026-07-28, the first what was there before; each takes the answer to an
 * authorization request in its own form, and only the second asks for refresh tokens by itself.
 */
export const SDKS = {
  "SDK 2": {
    client: () => new two.Client(INFO, { versionNegotiation: { mode: { pin: "2026-07-28" } } }),
    Transport: two.StreamableHTTPClientTransport,
    finish: (transport, answer) => transport.finishAuth(answer.searchParams),
    asksForRefreshTokens: true,
  },
  "SDK 1": {
    client: () => new ClientOne(INFO),
    Transport: TransportOne,
    finish: (transport, answer) => transport.finishAuth(answer.searchParams.get("code")),
    asksForRefreshTokens: false,
  },
};

/** What the host keeps, as both lines of the SDK ask for it (`OAuthClientProvider`). */
class Keeper {
  #kept = {};

  constructor({ redirectUrl, client, clientMetadataUrl, metadata }) {
    this.redirectUrl = redirectUrl;
    this.clientMetadata = { client_name: "A host of MCP", redirect_uris: [redirectUrl], grant_types: ["authorization_code", "refresh_token"], token_endpoint_auth_method: "none", ...metadata };
    this.clientMetadataUrl = clientMetadataUrl;
    this.#kept.client = client;
  }

  state() {
    return (this.#kept.state = randomUUID());
  }
  get expectedState() {
    return this.#kept.state;
  }
  clientInformation() {
    return this.#kept.client;
  }
  saveClientInformation(client) {
    this.#kept.client = client;
  }
  tokens() {
    return this.#kept.tokens;
  }
  saveTokens(tokens) {
    this.#kept.tokens = tokens;
  }
  saveCodeVerifier(verifier) {
    this.#kept.verifier = verifier;
  }
  codeVerifier() {
    return this.#kept.verifier;
  }
  saveDiscoveryState(state) {
    this.#kept.discovery = state;
  }
  discoveryState() {
    return this.#kept.discovery;
  }
  redirectToAuthorization(url) {
    this.#kept.authorizationUrl = url;
  }
  get authorizationUrl() {
    return this.#kept.authorizationUrl;
  }
}

export class Host {
  /** The authorization requests that users were sent with. */
  requests = [];

  /**
   * @param {keyof SDKS} sdk
   * @param {string} serverUrl of the MCP server
   * @param {(address: string) => Promise<URL>} person opens the address, and returns the address to which the user was redirected
   * @param {{redirectUrl: string, client?: object, clientMetadataUrl?: string, metadata?: object}} options client: registered before
   */
  constructor(sdk, serverUrl, person, options) {
    Object.assign(this, SDKS[sdk]);
    this.serverUrl = new URL(serverUrl);
    this.person = person;
    this.keeper = new Keeper(options);
  }

  /** Calls a tool, and authorizes whenever the SDK says that the person is needed: how often is in `requests`. */
  async call(name, args = {}) {
    for (let tries = 0; ; tries++) {
      const before = this.keeper.authorizationUrl;
      const transport = new this.Transport(this.serverUrl, { authProvider: this.keeper });
      const client = this.client();
      try {
        await client.connect(transport);
        const { content } = await client.callTool({ name, arguments: args });
        return content[0].text;
      } catch (error) {
        if (error.constructor.name !== "UnauthorizedError" || this.keeper.authorizationUrl === before || tries === 3) throw error;
        await this.#authorize(transport);
      } finally {
        await client.close();
      }
    }
  }

  async #authorize(transport) {
    const { authorizationUrl, expectedState, redirectUrl } = this.keeper;
    this.requests.push(authorizationUrl.searchParams);
    const answer = await this.person(authorizationUrl.href);
    assert.equal(answer.origin + answer.pathname, redirectUrl);
    assert.equal(answer.searchParams.get("state"), expectedState);
    await this.finish(transport, answer);
  }
}
