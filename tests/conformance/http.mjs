// One request over https, exactly as it is given: fetch adds and hides headers that a browser would send by other rules.
import https from "node:https";

const agent = new https.Agent({ keepAlive: true });

/**
 * Sends a request and follows nothing.
 * @param {string | URL} url
 * @param {{method?: string, headers?: Record<string, string>, body?: string | URLSearchParams}} [options] a form is encoded as one
 * @returns {Promise<{status: number, headers: import("node:http").IncomingHttpHeaders, text: string}>}
 */
export function send(url, { method = "GET", headers = {}, body } = {}) {
  const content = body === undefined ? undefined : String(body);
  const form = body instanceof URLSearchParams ? { "content-type": "application/x-www-form-urlencoded" } : {};
  const length = content === undefined ? {} : { "content-length": String(Buffer.byteLength(content)) };
  return new Promise((resolve, reject) => {
    const request = https.request(url, { agent, method, headers: { ...form, ...length, ...headers } }, (response) => {
      const pieces = [];
      response.on("data", (piece) => pieces.push(piece)).on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode, headers: response.headers, text: Buffer.concat(pieces).toString() }));
    });
    request.on("error", reject).end(content);
  });
}

/** The media type without its parameters. */
export const mediaType = ({ "content-type": type = "" }) => type.split(";")[0].trim().toLowerCase();
