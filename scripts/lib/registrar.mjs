// The administrator's side of RFC 7591 and RFC 7592.
import { Failure } from "./failure.mjs";

const PAGE = 100;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** The origin of the server. The token is sent unencrypted to this machine only. */
export function originOf(text) {
  let url;
  try {
    url = new URL(text);
  } catch {
    throw new Failure(`${text} is not a URL. Example: --url https://auth.example.com`);
  }
  const isLocal = LOOPBACK.has(url.hostname);
  if (url.protocol !== "https:" && !(url.protocol === "http:" && isLocal)) {
    throw new Failure(`${text} would send the token unencrypted. Use https, or http on localhost.`);
  }
  return { origin: url.origin, isLocal };
}

/**
 * Registers and manages clients at the server at `origin`, with the administrator's `token`.
 */
export function registrar(origin, token) {
  async function ask(method, path, body) {
    const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
    let response;
    let text;
    try {
      // A redirect would carry the token elsewhere.
      response = await fetch(origin + path, { method, headers, body: body && JSON.stringify(body), redirect: "error", signal: AbortSignal.timeout(30_000) });
      text = await response.text();
    } catch (error) {
      throw new Failure(`${origin} cannot be reached: ${error.cause?.message ?? error.message}`);
    }
    if (response.status === 401 || response.status === 403) throw new Failure(`${origin} rejects this ADMIN_TOKEN: ${problem(text)}`);
    return { status: response.status, text };
  }

  /** The response's JSON if it has the expected status; otherwise fails with the server's reason. */
  async function expect(status, method, path, body) {
    const answer = await ask(method, path, body);
    if (answer.status !== status) throw new Failure(`${method} was answered with status ${answer.status}: ${problem(answer.text)}`);
    return answer.text ? JSON.parse(answer.text) : undefined;
  }

  const place = (id) => `/register/${encodeURIComponent(id)}`;

  return {
    /** All clients, page by page. */
    async all() {
      const clients = [];
      let after;
      do {
        const page = await expect(200, "GET", `/register?${new URLSearchParams({ limit: PAGE, ...(after && { after }) })}`);
        clients.push(...page.clients);
        after = page.next && new URL(page.next).searchParams.get("after");
      } while (after);
      return clients;
    },
    /** One client; undefined when there is none. */
    async read(id) {
      const answer = await ask("GET", place(id));
      if (answer.status === 404) return undefined;
      if (answer.status !== 200) throw new Failure(`GET was answered with status ${answer.status}: ${problem(answer.text)}`);
      return JSON.parse(answer.text);
    },
    create: (id, members) => expect(201, "POST", "/register", { ...members, client_id: id }),
    update: (id, members) => expect(200, "PUT", place(id), { ...members, client_id: id }),
    remove: (id) => expect(204, "DELETE", place(id)),
  };
}

/** The reason in an error response (RFC 7591 section 3.2.2). */
function problem(text) {
  try {
    const { error, error_description: description } = JSON.parse(text);
    return [error, description].filter(Boolean).join(": ");
  } catch {
    return text.slice(0, 200) || "the response is empty";
  }
}
