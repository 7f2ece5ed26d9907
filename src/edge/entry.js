// The exports that the platform calls. They read an event and pass its parts to the module.
//
// After a panic the module's memory cannot be used any more, nor after anything else that is thrown through it, such as a stack
// overflow. So each event first replaces an instance to which this has happened: a request can end the requests that run beside it,
// but never those that follow.
import { DurableObject } from "cloudflare:workers";
import { bind, critical, forget, noted } from "glue";
import * as module from "module";

const state = bind(module);
let instance = state.instanceId;

function alive() {
  if (state.criticalError) {
    console.log("Reinitializing Wasm application");
    module.__wbg_reset_state();
    state.criticalError = false;
  }
  if (state.instanceId === instance) return;
  instance = state.instanceId;
  forget();
}

// The platform itself calls closures of the module. What is thrown through one of them arrives here.
const seen = ({ error, reason = error }) => {
  if (reason instanceof WebAssembly.RuntimeError || reason instanceof RangeError) critical(reason);
};
addEventListener("error", seen);
addEventListener("unhandledrejection", seen);

/** Calls into an instance that works. */
function guarded(call) {
  alive();
  return noted(call);
}

/** The longest body that is read, in bytes: a request must not be able to fill the isolate's memory. */
const LONGEST_BODY = 65_536;

/**
 * The body as bytes; `true` when it is too long, `false` when it could not be read to its end. It is a promise if there is a body.
 * @param {string | undefined} announced the value of Content-Length
 */
function body(request, announced, inChunks) {
  // Content-Length means nothing for a body in chunks (RFC 9112 section 6.3).
  const isKnown = announced !== undefined && !inChunks;
  const isTooLong = isKnown && Number(announced) > LONGEST_BODY;
  if (isKnown && !isTooLong) {
    // Reading in pieces would take 10 % of the time of a token request.
    return request.arrayBuffer().then(
      (bytes) => bytes.byteLength > LONGEST_BODY || new Uint8Array(bytes),
      () => false,
    );
  }
  if (request.body === null) return new Uint8Array();
  return isTooLong || inPieces(request.body).catch(() => false);
}

/** Copies each piece into one buffer: the platform's buffer of a piece is larger than the piece, and each byte may be a piece. */
async function inPieces(stream) {
  const bytes = new Uint8Array(LONGEST_BODY);
  let length = 0;
  for await (const piece of stream) {
    if (length + piece.length > LONGEST_BODY) return true;
    bytes.set(piece, length);
    length += piece.length;
  }
  return bytes.subarray(0, length);
}

export default {
  fetch(request, env, context) {
    const { origin, pathname, search } = new URL(request.url);
    let head = `${request.method}\n${origin}\n${pathname}\n${search.slice(1)}`;
    let length;
    let inChunks = false;
    request.headers.forEach((value, name) => {
      head += `\n${name}\n${value}`;
      if (name === "content-length") length = value;
      else if (name === "transfer-encoding") inChunks = true;
    });
    const respond = (body) => {
      const response = guarded(() => module.respond(head, body, request, env));
      // The request ends even if the client has gone: no promise stays open, and the log gets its line.
      if (response instanceof Promise) context.waitUntil(response);
      return response;
    };
    const read = body(request, length, inChunks);
    return read instanceof Promise ? read.then(respond) : respond(read);
  },
};

/** The class that the platform knows for an object of the module. A new instance of the module gets a new object. */
const object = (Object) =>
  class extends DurableObject {
    #object;
    #instance;

    /** Answers a command. Only this Worker can call it, and there is no other method to call. */
    run(command) {
      return guarded(() => this.#current().run(command));
    }

    alarm() {
      return guarded(() => this.#current().alarm());
    }

    #current() {
      if (this.#instance !== state.instanceId) {
        this.#object = new Object(this.ctx, this.env);
        this.#instance = state.instanceId;
      }
      return this.#object;
    }
  };

export const Account = object(module.Account);
export const Directory = object(module.Directory);
export const Hasher = object(module.Hasher);
export const Registry = object(module.Registry);
export const Replay = object(module.Replay);
