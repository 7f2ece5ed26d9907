// The functions that the module calls. Each does all of its work in one call, because every call between the two has a cost.
//
// Numbers connect promises of the platform with futures of the module. A number belongs to one instance of the module. After a
// panic there is a new instance, which must not receive what the old one waited for.

let module;
let state;

/**
 * Takes the module's exports; the entry calls it first. Returns the state that the `worker` crate keeps of its instances: whether
 * the current instance has panicked, and its sequence number.
 */
export function bind(exports) {
  module = exports;
  state = exports.__worker_init_state();
  return state;
}

/** The tasks that run. Those of an instance that was replaced never end: the platform notices, and ends their requests. */
let tasks = new Map();

/** A promise of the outcome of the task with this number. */
export const begun = (task) => new Promise((resolve, reject) => tasks.set(task, { resolve, reject }));

/** Forgets the tasks: the module has a new instance, whose numbers begin again. */
export function forget() {
  tasks = new Map();
}

export function ended(task, good, value) {
  const promise = tasks.get(task);
  tasks.delete(task);
  if (good) promise?.resolve(value);
  else promise?.reject(value);
}

/** Notes an error after which the instance cannot be used. */
export function critical(error) {
  console.error("Critical", error);
  state.criticalError = true;
}

/** Calls into the module. No export throws by itself: what is thrown has ended functions of the module halfway. */
export function noted(call) {
  try {
    return call();
  } catch (error) {
    critical(error);
    throw error;
  }
}

/** A function that calls into the module as long as it has the current instance. */
function ofThis(call) {
  const { instanceId } = state;
  return (...parameters) => {
    if (state.instanceId === instanceId && !state.criticalError) noted(() => call(...parameters));
  };
}

/** Continues a task in a microtask of its own. */
export const later = (task) => queueMicrotask(ofThis(() => module.run(task)));

/** Passes the outcome of a promise to the module, which waits for it under this number. */
export function settle(promise, number) {
  promise.then(
    ofThis((value) => module.settled(number, true, value)),
    ofThis((error) => module.settled(number, false, error)),
  );
}

/** Sends a command to the object with this id or name. Resolves to undefined when the answer takes too long. */
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

/** Headers that responses share, by their lines: copying them costs less than making them. */
const shared = new Map();

/** How many of them are kept; the oldest makes room. A page names its app in a header, so there can be as many as there are apps. */
const MOST_SHARED = 64;

/** Appends headers; `lines` has names and values in turn. A list of pairs would cost five times as much. */
function append(headers, lines) {
  const fields = lines.split("\n");
  for (let at = 0; at + 1 < fields.length; at += 2) headers.append(fields[at], fields[at + 1]);
  return headers;
}

/** A response. Other responses have its `common` header lines too. A text costs less than its bytes. */
export function response(status, common, own, text, bytes) {
  let headers = shared.get(common);
  if (headers === undefined) {
    headers = append(new Headers(), common);
    if (shared.size >= MOST_SHARED) shared.delete(shared.keys().next().value);
    shared.set(common, headers);
  }
  // The module's memory can move, so the bytes of the body are copied.
  const response = new Response(text ?? bytes?.slice(), { status, headers });
  append(response.headers, own);
  return response;
}

/** The city and the country of a request, where the network knows them. */
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
