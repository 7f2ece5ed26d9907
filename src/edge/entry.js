// What the platform calls: it takes apart what arrives and hands it to the module.
//
// A panic leaves the module's memory in no state to go on with. So before each event an instance that has panicked is replaced:
// one request may cost those beside it, and never those after it.
import { DurableObject } from "cloudflare:workers";
import { bind, forget } from "glue";
import * as module from "module";

bind(module);

/** Of the `worker` crate: whether the instance has panicked, and the how manieth it is. */
const state = module.__worker_init_state();
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

// What ends an instance without a panic is a trap, such as an overflow of the stack.
const noted = ({ error, reason = error }) => {
  if (!(reason instanceof WebAssembly.RuntimeError)) return;
  console.error("Critical", reason);
  state.criticalError = true;
};
addEventListener("error", noted);
addEventListener("unhandledrejection", noted);

function guarded(call) {
  alive();
  try {
    return call();
  } catch (error) {
    noted({ error });
    throw error;
  }
}

/** The longest body that is read, in bytes: what a stranger sends must not fill the isolate's memory. */
const LONGEST_BODY = 65_536;

/** The body as bytes; `true` when it is too long, `false` when it ended before its end. */
async function body(request) {
  if (request.body === null) return new Uint8Array();
  const announced = request.headers.get("content-length");
  try {
    if (announced === null) return await inPieces(request.body);
    // No more than was announced arrives. To read in pieces would cost a token request a tenth of its time.
    return Number(announced) > LONGEST_BODY || new Uint8Array(await request.arrayBuffer());
  } catch {
    return false;
  }
}

async function inPieces(stream) {
  const pieces = [];
  let length = 0;
  for await (const piece of stream) {
    length += piece.length;
    if (length > LONGEST_BODY) return true;
    pieces.push(piece);
  }
  return new Uint8Array(await new Blob(pieces).arrayBuffer());
}

export default {
  async fetch(request, env) {
    const { origin, pathname, search } = new URL(request.url);
    let head = `${request.method}\n${origin}\n${pathname}\n${search.slice(1)}`;
    request.headers.forEach((value, name) => {
      head += `\n${name}\n${value}`;
    });
    const read = await body(request);
    return guarded(() => module.respond(head, read, request, env));
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
