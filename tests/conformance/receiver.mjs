// Where a relying party is answered: an https server that keeps what comes in, and tells the browser what it got.
import https from "node:https";
import { after } from "node:test";
import { localhost } from "../support/certificate.mjs";

/** How long a message that the server sends by itself may take. */
const PATIENCE = 30_000;

/**
 * Starts a receiver. Its host is 127.0.0.1, so that it is another site than localhost, as in the world.
 * @returns {Promise<{origin: string, next: (path: string, wanted?: (request: object) => boolean) => Promise<object>, received: object[]}>}
 */
export async function startReceiver() {
  const received = [];
  const waiting = new Set();
  const server = https.createServer({ cert: localhost.cert, key: localhost.key }, async (request, response) => {
    let body = "";
    for await (const piece of request) body += piece;
    const { pathname: path, search } = new URL(request.url, "https://receiver.invalid");
    const { method, headers, socket } = request;
    const one = { method, path, search, headers, body, tls: { protocol: socket.getProtocol(), cipher: socket.getCipher().name } };
    received.push(one);
    response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(one));
    for (const look of waiting) look();
  });
  await new Promise((resolve, reject) => server.on("error", reject).listen(0, "127.0.0.1", resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    origin: `https://127.0.0.1:${server.address().port}`,
    received,
    /** Waits for a request to a path; those that came before count. */
    next: (path, wanted = () => true) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const found = received.find((one) => one.path === path && wanted(one));
          if (!found) return;
          clearTimeout(deadline);
          waiting.delete(look);
          resolve(found);
        };
        const give = () => {
          waiting.delete(look);
          reject(new Error(`nothing that was waited for came to ${path} within ${PATIENCE / 1000} s`));
        };
        const deadline = setTimeout(give, PATIENCE);
        waiting.add(look);
        look();
      }),
  };
}
