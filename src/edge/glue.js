// What the module asks of JavaScript: one call for each thing that it wants, because every crossing costs.
//
// Promises of the platform and futures of the module meet here by numbers. A number is of one instance of the module: after a
// panic there is a new one, which must not be told of what the old one waited for.

let module;
let state;

/**
 * What the entry says first: the module's own exports. Gives what the `worker` crate says of its instances: whether the one there is
 * has panicked, and the how manieth it is.
 */
export function bind(exports) {
  module = exports;
  state = exports.__worker_init_state();
  return state;
}

/** The tasks that have not ended. Those of an instance that is no more never do: the platform sees it, and ends their requests. */
let tasks = new Map();

/** A promise of what the task of this number comes to. */
export const begun = (task) => new Promise((resolve, reject) => tasks.set(task, { resolve, reject }));

/** The module has a new instance, which counts from the beginning. */
export function forget() {
  tasks = new Map();
}

export function ended(task, good, value) {
  const promise = tasks.get(task);
  tasks.delete(task);
  if (good) promise?.resolve(value);
  else promise?.reject(value);
}

/** The module's instance cannot go on after this. */
export function critical(error) {
  console.error("Critical", error);
  state.criticalError = true;
}

/** A call into the module. No export throws by itself: what is thrown went through functions that did not end. */
export function noted(call) {
  try {
    return call();
  } catch (error) {
    critical(error);
    throw error;
  }
}

/** A call into the module for the instance that there is now, and no other. */
function ofThis(call) {
  const { instanceId } = state;
  return (...parameters) => {
    if (state.instanceId === instanceId && !state.criticalError) noted(() => call(...parameters));
  };
}

/** Lets a task go on in a turn of its own. */
export const later = (task) => queueMicrotask(ofThis(() => module.run(task)));

/** Tells the module what becomes of a promise that it waits for under this number. */
export function settle(promise, number) {
  promise.then(
    ofThis((value) => module.settled(number, true, value)),
    ofThis((error) => module.settled(number, false, error)),
  );
}

/** Asks the object that has this id, or this name, in time. */
export async function ask(env, binding, id, name, command, milliseconds) {
  const namespace = env[binding];
  const stub = namespace.get(id === undefined ? namespace.idFromName(name) : namespace.idFromString(id));
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    return await Promise.race([stub.run(command), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The id of a new object. */
export const newId = (env, binding) => String(env[binding].newUniqueId());

/** The headers that responses share, by their lines: to copy them costs less than to make them. */
const shared = new Map();

/** How many of them are kept; the oldest makes room. Pages name the app in theirs, so there are as many as there are apps. */
const MOST_SHARED = 64;

/** Headers; their lines are a name and a value in turn. A list of pairs would cost five times as much. */
function append(headers, lines) {
  const fields = lines.split("\n");
  for (let at = 0; at + 1 < fields.length; at += 2) headers.append(fields[at], fields[at + 1]);
  return headers;
}

/** A response with headers of `common` lines, that others have too, and its own. Bytes would cost more than the text that they are. */
export function response(status, common, own, text, bytes) {
  let headers = shared.get(common);
  if (headers === undefined) {
    headers = append(new Headers(), common);
    if (shared.size >= MOST_SHARED) shared.delete(shared.keys().next().value);
    shared.set(common, headers);
  }
  // The module's memory moves: bytes that are sent have to be a copy.
  const response = new Response(text ?? bytes?.slice(), { status, headers });
  append(response.headers, own);
  return response;
}

/** What the network knows of a sender's place, which is not there everywhere. */
export const place = ({ cf }) => [cf?.city, cf?.country];

const ALGORITHMS = {
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  EdDSA: { name: "Ed25519" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
};

/** A key for one use. */
export const importKey = async (algorithm, jwk, use) => crypto.subtle.importKey("jwk", JSON.parse(jwk), ALGORITHMS[algorithm], false, [use]);

export const sign = async (algorithm, key, data) => crypto.subtle.sign(ALGORITHMS[algorithm], key, data);

export const verify = async (algorithm, key, signature, data) => crypto.subtle.verify(ALGORITHMS[algorithm], key, signature, data);
