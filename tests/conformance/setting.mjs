// What every plan begins with: the server over https, a user with every claim, and two clients as certification has them.
import { newClient } from "../support/administration.mjs";
import { localhost } from "../support/certificate.mjs";
import { startServer } from "../support/server.mjs";
import { Browser } from "./browser.mjs";
import { goThrough, newOwnerOfEveryClaim } from "./person.mjs";
import { startReceiver } from "./receiver.mjs";
import { discover, RelyingParty } from "./relying-party.mjs";

/**
 * @param {{responseMode?: "query" | "form_post", vars?: (origin: string) => Record<string, string>}} [options]
 *   responseMode: how the relying parties want to be answered; vars: for the server, made of the origin of the relying parties
 */
export async function begin({ responseMode, vars } = {}) {
  const receiver = await startReceiver();
  const server = await startServer({ certificate: localhost, vars: { OUTBOUND_EXCEPTIONS: receiver.origin, ...vars?.(receiver.origin) } });
  const person = await newOwnerOfEveryClaim(server.url);
  const published = await discover(server.url);

  /** A confidential client without PKCE, as the plans of OpenID Connect want it; with keys if it shall sign. */
  const register = async (more, keys) => {
    const metadata = {
      ...{ client_name: "Certification", client_uri: undefined, redirect_uris: [`${receiver.origin}/callback`] },
      ...{ scope: "openid profile email address phone offline_access", require_pkce: false },
      ...keys?.registration,
      ...more,
    };
    const client = await newClient(server.url, metadata);
    return new RelyingParty(published, { ...client, keys }, receiver.origin, responseMode);
  };

  /** A sign-in from the first request to the tokens, each step judged. */
  const connect = async (party, more, { browser = new Browser(), asked, ...redeem } = {}) => {
    const request = party.request(more);
    const page = await goThrough(browser, await party.authorize(browser, request), person);
    const code = party.code(page, request);
    return { browser, request, code, ...(await party.redeem(code, request, { asked, ...redeem })) };
  };

  return { server, receiver, person, register, connect, ...published };
}
