// A browser's side of an app under test: it keeps the app's cookies and shows where each answer leads, without going there.
import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";

// What a browser sends when a user follows a link; fetch cannot say so (it sends Sec-Fetch-Mode: cors).
const NAVIGATION = { accept: "text/html", "sec-fetch-dest": "document", "sec-fetch-mode": "navigate", "user-agent": "a browser" };

export class AppVisitor {
  #cookies = new Map();

  /**
   * Opens one address of the app.
   * @param {string | URL} address
   * @param {{method?: string, headers?: Record<string, string>, body?: URLSearchParams}} [options]
   * @returns {Promise<{status: number, location: URL | undefined, text: string, headers: import("node:http").IncomingHttpHeaders}>}
   */
  async open(address, { method = "GET", headers, body } = {}) {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const form = body && { "content-type": "application/x-www-form-urlencoded" };
    const sent = request(address, { method, headers: { ...NAVIGATION, ...form, ...(cookie && { cookie }), ...headers } });
    sent.end(body?.toString());
    const [response] = await once(sent, "response");
    for (const line of response.headers["set-cookie"] ?? []) this.#keep(line);
    const { location } = response.headers;
    return { status: response.statusCode, location: location ? new URL(location, address) : undefined, text: await text(response), headers: response.headers };
  }

  #keep(line) {
    const [, name, value] = line.match(/^([^=]+)=([^;]*)/);
    const expires = line.match(/;\s*expires=([^;]*)/i)?.[1];
    const over = /;\s*max-age=0\b/i.test(line) || (expires && Date.parse(expires) < Date.now());
    if (value === "" || over) this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}
