// As its README and docs/consent-page.md say, in one Worker; who is signed in is the application's business there, so a cookie
// says it and costs nothing. Earlier grants of a person stay, as they do at the others: it saves looking for them.
import { OAuthProvider } from "@cloudflare/workers-oauth-provider";
import { env } from "cloudflare:workers";

const userOf = (request) => request.headers.get("cookie")?.match(/(?:^|; )user=(\w+)/)?.[1];

async function authorize(request, oauth) {
  const user = userOf(request);
  const remember = { secret: env.CONSENT_SECRET, subject: user };
  const complete = async (asked, headers) => {
    const { redirectTo } = await oauth.completeAuthorization({
      request: asked,
      userId: user,
      metadata: {},
      scope: asked.scope,
      props: { userId: user },
      revokeExistingGrants: false,
    });
    headers.set("Location", redirectTo);
    return new Response(null, { status: 302, headers });
  };
  if (request.method === "POST") {
    const form = await request.formData();
    const approved = await oauth.approveConsent(request, String(form.get("handle")), { scope: form.getAll("scope").map(String), remember });
    return complete(approved.request, approved.headers);
  }
  const asked = await oauth.parseAuthRequest(request);
  if (await oauth.isConsentRemembered(request, asked, remember)) return complete(asked, new Headers());
  const consent = await oauth.beginConsent(asked);
  return new Response(consent.handle, { headers: consent.headers });
}

const application = {
  async fetch(request, { OAUTH_PROVIDER }) {
    const { pathname } = new URL(request.url);
    if (pathname === "/authorize") return authorize(request, OAUTH_PROVIDER);
    // Only for the measurement: an administrator's script would call this.
    if (pathname === "/clients") return Response.json(await OAUTH_PROVIDER.createClient(await request.json()));
    return new Response("ok");
  },
};

export default new OAuthProvider({
  apiRoute: "/userinfo",
  apiHandler: {
    fetch: (_request, _env, { props }) => Response.json({ sub: props.userId }),
  },
  defaultHandler: application,
  authorizeEndpoint: "/authorize",
  tokenEndpoint: "/token",
  scopesSupported: ["read", "offline_access"],
  resourceMetadata: { resource: `${env.ISSUER}/userinfo`, authorization_servers: [env.ISSUER] },
});
