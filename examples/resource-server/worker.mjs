// An API that accepts Grantry's access tokens (RFC 9068) and verifies them itself. Only the keys are fetched, and kept.
import { access, metadata, METADATA_PATH, Refusal } from "./access.mjs";

/** What each route demands: a scope and, for changes that cannot be undone, a recent sign-in or a certain kind of sign-in. */
const routes = (env) => ({
  "GET /reservations": { scope: "reservations.read", handle: list },
  "POST /reservations": { scope: "reservations.create", maxAge: 300, handle: create },
  "DELETE /reservations": { scope: "reservations.create", acr: env.CANCEL_ACR, handle: cancel },
});

export default {
  async fetch(request, env) {
    const { origin, pathname } = new URL(request.url);
    if (request.method === "GET" && pathname === METADATA_PATH) return Response.json(metadata(env, scopesOf(routes(env))));
    const route = routes(env)[`${request.method} ${pathname}`];
    if (!route) return Response.json({ error: "not_found" }, { status: 404 });
    try {
      return route.handle(await access(request, env, route));
    } catch (error) {
      if (error instanceof Refusal) return error.response(origin);
      // The keys cannot be fetched. The token may be valid, so this is not a 401.
      console.error(error);
      return Response.json({ error: "temporarily_unavailable" }, { status: 503 });
    }
  },
};

const scopesOf = (table) => [...new Set(Object.values(table).map(({ scope }) => scope))];

const list = ({ sub }) => Response.json({ person: sub, reservations: [{ id: 1, room: "Sea view", nights: 3 }] });
const create = ({ sub }) => Response.json({ person: sub, reservation: { id: 2, room: "Garden", nights: 1 } }, { status: 201 });
const cancel = () => new Response(null, { status: 204 });
