// Around the built Worker: each answer tells how many promises the platform was asked to keep after the client goes away.
import worker from "./index.js";

export * from "./index.js";

export default {
  async fetch(request, env, context) {
    let kept = 0;
    const watched = {
      waitUntil(promise) {
        kept += 1;
        context.waitUntil(promise);
      },
    };
    const answer = await worker.fetch(request, env, watched);
    const told = new Response(answer.body, answer);
    told.headers.set("x-kept", String(kept));
    return told;
  },
};
