// As its documentation's example, with an adapter in memory: its own forgets all but the last thousand entries, and the
// documentation asks for another one. Nothing here survives a restart.
import { readFileSync } from "node:fs";
import Provider from "oidc-provider";

const { port, url, clients, jwks, cookieKey } = JSON.parse(readFileSync(process.argv[2], "utf8"));

const entries = new Map();
const grants = new Map();
const sessions = new Map();

class Memory {
  constructor(model) {
    this.model = model;
  }

  key(id) {
    return `${this.model}:${id}`;
  }

  async upsert(id, payload) {
    const key = this.key(id);
    if (this.model === "Session") sessions.set(payload.uid, id);
    if (payload.grantId && this.model !== "Session" && this.model !== "Grant") {
      const of = grants.get(payload.grantId);
      if (of) of.push(key);
      else grants.set(payload.grantId, [key]);
    }
    entries.set(key, payload);
  }

  async find(id) {
    return entries.get(this.key(id));
  }

  async findByUid(uid) {
    return this.find(sessions.get(uid));
  }

  async consume(id) {
    entries.get(this.key(id)).consumed = Math.floor(Date.now() / 1000);
  }

  async destroy(id) {
    entries.delete(this.key(id));
  }

  async revokeByGrantId(grantId) {
    for (const key of grants.get(grantId) ?? []) entries.delete(key);
    grants.delete(grantId);
  }
}

const provider = new Provider(url, {
  adapter: Memory,
  clients,
  jwks,
  cookies: { keys: [cookieKey] },
  claims: { openid: ["sub"], email: ["email"] },
  scopes: ["openid", "offline_access", "email", "reservations.read"],
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  features: { introspection: { enabled: true, allowedPolicy: () => true }, clientCredentials: { enabled: true }, userinfo: { enabled: true } },
  // Its default gives none where consent is remembered, because offline_access asks for it again.
  issueRefreshToken: async (_context, client) => client.grantTypeAllowed("refresh_token"),
});
provider.use(async (context, next) => {
  if (context.path === "/health") context.body = "ok";
  else await next();
});
provider.listen(port, "127.0.0.1");
