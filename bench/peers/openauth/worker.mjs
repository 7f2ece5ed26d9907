// As its documentation sets it up on Cloudflare, but with one issuer for the isolate: theirs is made in each request and reads
// its keys from KV each time. A provider of the application's own knows who is signed in and asks nothing.
import { issuer } from "@openauthjs/openauth";
import { CloudflareStorage } from "@openauthjs/openauth/storage/cloudflare";
import { createSubjects } from "@openauthjs/openauth/subject";
import { env } from "cloudflare:workers";

const signedIn = {
  type: "session",
  init(routes, context) {
    routes.get("/authorize", async (c) => {
      const user = c.req.header("cookie")?.match(/(?:^|; )user=(\w+)/)?.[1];
      return context.forward(c, await context.success(c, { user }));
    });
  },
  client: async ({ clientID, clientSecret }) => {
    if (clientSecret !== env.CLIENT_SECRET) throw new Error("a wrong secret");
    return { user: clientID };
  },
};

const any = { "~standard": { version: 1, vendor: "bench", validate: (value) => ({ value }) } };

const app = issuer({
  storage: CloudflareStorage({ namespace: env.STORAGE }),
  subjects: createSubjects({ user: any }),
  providers: { session: signedIn },
  allow: async () => true,
  success: async (context, { user }) => context.subject("user", { id: user }),
});

export default {
  fetch(request, env, context) {
    if (new URL(request.url).pathname === "/health") return new Response("ok");
    return app.fetch(request, env, context);
  },
};
