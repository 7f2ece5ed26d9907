// What the platform calls: it takes apart what arrives and hands it to the module.
//
// A panic leaves the module's memory in no state to go on with, and so does whatever else is thrown through it, such as an overflow
// of the stack. So before each event an instance that this has happened to is replaced: one request may cost those beside it,
// and never those after it.
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

// Closures of the module are called by the platform itself: what is thrown through one of them shows here.
const seen = ({ error, reason = error }) => {
  if (reason instanceof WebAssembly.RuntimeError || reason instanceof RangeError) critical(reason);
};
addEventListener("error", seen);
addEventListener("unhandledrejection", seen);

/** A call into an instance that lives. */
function guarded(call) {
  alive();
  return noted(call);
}

/** The longest body that is read, in bytes: what a stranger sends must not fill the isolate's memory. */
const LONGEST_BODY = 65_536;

/**
 * The body as bytes; `true` when it is too long, `false` when it ended before its end. A promise unless there is none.
 * @param {string | undefined} announced its length
 */
function body(request, announced, inChunks) {
  // Of a body in chunks any length may be announced: the chunks count (RFC 9112 section 6.3).
  const isKnown = announced !== undefined && !inChunks;
  const isTooLong = isKnown && Number(announced) > LONGEST_BODY;
  if (isKnown && !isTooLong) {
    // To read in pieces would cost a token request a tenth of its time.
    return request.arrayBuffer().then(
      (bytes) => bytes.byteLength > LONGEST_BODY || new Uint8Array(bytes),
      () => false,
    );
  }
  if (request.body === null) return new Uint8Array();
  return isTooLong || inPieces(request.body).catch(() => false);
}

/** In one place from the beginning: the platform's buffer of a piece is larger than the piece, and there may be a piece for each byte. */
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
      // What was begun ends also for who has gone away: nothing is kept for a promise that never settles, and the log has its line.
      if (response instanceof Promise) context.waitUntil(response);
      return response;
    };
    const read = body(request, length, inChunks);
    return read instanceof Promise ? read.then(respond) : respond(read);
  },
};

/** An object of the module behind a class that the platform knows. A new instance of the module gets a new object. */
const object = (Object) =>
  class extends DurableObject {
    #object;
    #instance;

    /** Answers a command; its `run` is the only thing that can be asked of it, and only by this Worker. */
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
