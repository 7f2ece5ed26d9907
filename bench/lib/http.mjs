// A client that costs as little as possible, so that what is measured is the server: one request at a time on each
// connection, written as prepared bytes, the answer cut apart only where somebody looks.
import { connect } from "node:net";

const END_OF_HEAD = "\r\n\r\n";

/**
 * A request, written once and sent as often as one likes.
 * @typedef {{line: string, rest: string}} Prepared what stands before and behind the Host header
 * @param {string} method
 * @param {string} path
 * @param {Record<string, string>} [headers]
 * @param {Record<string, string> | [string, string][]} [form]
 * @returns {Prepared}
 */
export function request(method, path, headers = {}, form) {
  const body = form ? String(new URLSearchParams(form)) : "";
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  if (form) lines.push("Content-Type: application/x-www-form-urlencoded\r\n", `Content-Length: ${body.length}\r\n`);
  return { line: `${method} ${path} HTTP/1.1\r\n`, rest: `${lines.join("")}\r\n${body}` };
}

/** What a server answered. */
export class Answer {
  /** @param {string} head @param {Buffer} body */
  constructor(head, body) {
    this.head = head;
    this.body = body;
    this.status = Number(head.slice(9, 12));
  }

  /** The value of the first header of this name. */
  header(name) {
    return this.head.match(new RegExp(`\r\n${name}: *([^\r]*)`, "i"))?.[1];
  }

  cookies() {
    return [...this.head.matchAll(/\r\nset-cookie: *([^;\r]*)/gi)].map(([, cookie]) => cookie);
  }

  json() {
    return JSON.parse(this.body.toString());
  }

  /** Itself, if it has this status. */
  expect(status) {
    if (this.status !== status) throw new Error(`answered ${this.status} instead of ${status}: ${this.head}\n${this.body}`);
    return this;
  }
}

/** A connection that is kept. */
export class Connection {
  #socket;
  #host;
  #received = Buffer.alloc(0);
  #waiting;

  static open(port) {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true });
    return new Promise((resolve, reject) => {
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.off("error", reject);
        resolve(new Connection(socket, port));
      });
    });
  }

  constructor(socket, port) {
    this.#socket = socket;
    this.#host = `Host: localhost:${port}\r\n`;
    socket.on("data", (bytes) => this.#take(bytes));
    socket.on("error", (error) => this.#waiting?.reject(error));
    socket.on("close", () => this.#waiting?.reject(new Error("the server closed the connection")));
  }

  /** @param {Prepared} request @returns {Promise<Answer>} */
  send({ line, rest }) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.write(line + this.#host + rest);
    });
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #take(bytes) {
    this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
    const answer = parsed(this.#received);
    if (!answer) return;
    const { resolve } = this.#waiting;
    this.#waiting = undefined;
    this.#received = Buffer.alloc(0);
    resolve(answer);
  }
}

/** The answer, once all of it is there. */
function parsed(bytes) {
  const end = bytes.indexOf(END_OF_HEAD);
  if (end < 0) return undefined;
  const head = bytes.toString("latin1", 0, end);
  const start = end + END_OF_HEAD.length;
  if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
    const body = unchunked(bytes, start);
    return body && new Answer(head, body);
  }
  const length = Number(head.match(/\r\ncontent-length: *(\d+)/i)?.[1] ?? 0);
  return bytes.length < start + length ? undefined : new Answer(head, bytes.subarray(start, start + length));
}

function unchunked(bytes, start) {
  const chunks = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const length = parseInt(bytes.toString("latin1", at, line), 16);
    if (bytes.length < line + 2 + length + 2) return undefined;
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(bytes.subarray(line + 2, line + 2 + length));
    at = line + 2 + length + 2;
  }
}
