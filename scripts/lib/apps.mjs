// Apps in a file: reading the file, comparing it with the registered apps, and writing a file from them. The members are those
// of docs/connect.md; the identifier of each app is the name of its table.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { parse, stringify } from "smol-toml";
import { Failure } from "./failure.mjs";
import { inRoot } from "./paths.mjs";

/** The JSON types of members, as docs/connect.md calls them: what a value of that type is, and its name in messages. */
const FORMS = {
  text: [(value) => typeof value === "string", "a string"],
  words: [(value) => typeof value === "string", "a string"],
  flag: [(value) => typeof value === "boolean", "true or false"],
  number: [(value) => Number.isInteger(value), "a whole number"],
  list: [(value) => Array.isArray(value) && value.every((one) => typeof one === "string"), "a list of strings"],
  object: [(value) => typeof value === "object" && !Array.isArray(value) && !(value instanceof Date), "a table"],
};
const isTable = FORMS.object[0];

/**
 * The members of an app, in the order in which export writes them: those of the table in docs/connect.md, which a test compares
 * with the server. The server judges the values.
 * @type {Map<string, {form: keyof typeof FORMS, fallback: unknown}>} by name; fallback is a default that is one value
 */
const MEMBERS = new Map(
  [...readFileSync(inRoot("docs/connect.md"), "utf8").matchAll(/^\| `(\w+)`(?: \*\(ours\)\*)? \| (\w+) \| .* \| (.+) \| .+ \|$/gm)].map(([, name, form, fallback]) => [name, { form, fallback: literal(form, fallback) }]),
);

/** Stand beside that metadata: whether the administrator vouches for the app, and whose it is in the developer portal. */
MEMBERS.set("verified", { form: "flag", fallback: true });
MEMBERS.set("owner", { form: "text", fallback: undefined });

/** The value that a cell of the table is, when it is one value and no sentence. */
function literal(form, cell) {
  const [, value] = cell.match(/^`([^`]+)`$/) ?? [];
  if (value === undefined) return undefined;
  if (form === "list") return [value];
  return form === "flag" || form === "number" ? JSON.parse(value) : value;
}

/** A logo is a `data:` URI, or in a file of apps also the path of an image of one of these kinds. */
const IMAGES = { ".jpeg": "jpeg", ".jpg": "jpeg", ".png": "png", ".webp": "webp" };

/** Members of the server's responses that are not part of the registration (RFC 7591 section 3.2.1, RFC 7592 section 3). */
const ANSWERED = ["client_id", "client_id_issued_at", "client_secret", "client_secret_expires_at", "registration_client_uri", "registration_access_token", "self_registered", "publication_requested"];

/** Whether the order in a value does not matter: in a list, and in a string of words. */
const isList = (name) => MEMBERS.get(name)?.form === "list";
const isWords = (name) => MEMBERS.get(name)?.form === "words";

/** @typedef {Record<string, unknown>} Members by their names in docs/connect.md, without the identifier */
/** @typedef {Map<string, Members>} Apps by their identifiers */

/**
 * What a file says.
 * @param {string} text TOML
 * @param {string} file its name, for messages
 * @returns {Apps}
 */
export function readApps(text, file) {
  let document;
  try {
    document = parse(text);
  } catch (error) {
    throw new Failure(`${file} is not valid TOML: ${error.message}`);
  }
  const { apps, ...others } = document;
  const strays = Object.keys(others);
  if (strays.length > 0) throw new Failure(`${file}: ${strays.join(", ")} must be in the table of an app: [apps.its-client-id]`);
  if (!isTable(apps ?? [])) throw new Failure(`${file} has no apps. Describe each app in a table: [apps.its-client-id]`);
  const problems = Object.entries(apps).flatMap(([id, members]) => problemsOf(members).map((problem) => `${file}: app ${id}: ${problem}`));
  if (problems.length > 0) throw new Failure(problems.join("\n"));
  return new Map(Object.entries(apps).map(([id, members]) => [id, withLogo(members, `${file}: app ${id}`, path.dirname(file))]));
}

/** Members with the image that `logo` names; its path is relative to the file. */
function withLogo(members, where, folder) {
  if (members.logo === undefined || members.logo.startsWith("data:")) return members;
  const kind = IMAGES[path.extname(members.logo).toLowerCase()];
  if (!kind) throw new Failure(`${where}: logo must be a data: URI or the path of a PNG, JPEG or WebP image`);
  try {
    return { ...members, logo: `data:image/${kind};base64,${readFileSync(path.resolve(folder, members.logo)).toString("base64")}` };
  } catch (error) {
    throw new Failure(`${where}: logo cannot be read: ${error.message}`);
  }
}

function problemsOf(members) {
  if (!isTable(members)) return [`must be a table: [apps.its-client-id]`];
  const problems = Object.entries(members).map(([name, value]) => {
    if (name === "client_id") return "client_id must not be in the table: the name of the table is the client_id";
    if (name === "client_secret") return "client_secret must not be in a file; the server creates each secret, and apply prints it once";
    if (!MEMBERS.has(name)) return `${name} is not a known member; docs/connect.md lists all members`;
    const [good, kind] = FORMS[MEMBERS.get(name).form];
    return good(value) ? undefined : `${name} must be ${kind}`;
  });
  if (members.client_name === undefined) problems.push("client_name is missing");
  return problems.filter(Boolean);
}

/** The server's values for members that are left out. A test compares them with the server. */
function defaults(members) {
  const fixed = Object.fromEntries([...MEMBERS].filter(([, { fallback }]) => fallback !== undefined).map(([name, { fallback }]) => [name, fallback]));
  const { token_endpoint_auth_method: method, grant_types: grantTypes } = { ...fixed, ...members };
  const signsIn = grantTypes.includes("authorization_code");
  return {
    ...fixed,
    redirect_uris: [],
    response_types: signsIn ? ["code"] : [],
    scope: signsIn ? "openid profile email offline_access" : "",
    ...(method === "private_key_jwt" && { assertion_audience: "issuer" }),
    rotate_refresh_tokens: method === "none",
    ...(members.backchannel_logout_uri !== undefined && { backchannel_logout_session_required: false }),
  };
}

/**
 * The apps on the server that a file can describe, and the identifiers of the others: those of developers, and those that
 * registered themselves.
 * @param {(information: object) => boolean} [includes] whether the file describes this app of a developer, too
 * @returns {{present: Apps, strangers: Set<string>}}
 */
export function sorted(clients, includes = () => false) {
  const isOthers = (information) => information.self_registered || (information.owner !== undefined && !includes(information));
  const ours = clients.filter((information) => !isOthers(information));
  const strangers = clients.filter(isOthers);
  return {
    present: new Map(ours.map((information) => [information.client_id, registered(information)])),
    strangers: new Set(strangers.map((information) => information.client_id)),
  };
}

/** What is registered, by the server's answer about one client. @returns {Members} */
export function registered(information) {
  return Object.fromEntries(Object.entries(information).filter(([name]) => !ANSWERED.includes(name)));
}

/** What is sent to make a client what the file says. The server keeps `verified` and `owner` where a change leaves them out. */
export function sent(members) {
  return { verified: MEMBERS.get("verified").fallback, owner: "", ...members };
}

/**
 * The change that leaves a client as it is, by the server's answer about it: all of its metadata, since a change replaces it (RFC 7592
 * section 2.2). `published: false` would decline what its developer asked for, and is the default.
 */
export function unchanged(information) {
  const { verified, owner, published, ...members } = registered(information);
  return { ...members, ...(published && { published }) };
}

/**
 * What differs between what is registered and what the file says, member by member.
 * @param {Members} before
 * @param {Members} wanted
 * @returns {{name: string, before: unknown, after: unknown}[]}
 */
export function differences(before, wanted) {
  const after = { ...defaults(wanted), ...wanted };
  const names = [...new Set([...MEMBERS.keys(), ...Object.keys(before)])];
  return names.map((name) => ({ name, before: before[name], after: after[name] })).filter((one) => normal(one.name, one.before) !== normal(one.name, one.after));
}

/** A string that is equal for values that mean the same. */
function normal(name, value) {
  if (value === undefined || (name === "owner" && value === "")) return "";
  if (isWords(name)) return JSON.stringify(words(value).sort());
  if (isList(name)) return JSON.stringify([...value].sort());
  if (name === "jwks" && Array.isArray(value.keys)) return JSON.stringify(value.keys.map(normalKey));
  return JSON.stringify(value);
}

/** A key as the server keeps it: the public members, and the algorithm where the curve decides it. */
function normalKey({ kty, crv, x, y, n, e, kid, alg }) {
  return { kty, crv, x, y, n, e, kid, alg: alg ?? { "P-256": "ES256", Ed25519: "EdDSA" }[crv] };
}

const words = (scope) => scope.split(" ").filter(Boolean);

/**
 * The changes that make the server match the file.
 * @param {Apps} wanted
 * @param {Apps} present
 * @returns {{create: string[], update: Map<string, ReturnType<typeof differences>>, others: string[]}} others: registered, and not in the file
 */
export function plan(wanted, present) {
  const known = [...wanted.keys()].filter((id) => present.has(id));
  const changed = known.map((id) => [id, differences(present.get(id), wanted.get(id))]).filter(([, list]) => list.length > 0);
  return {
    create: [...wanted.keys()].filter((id) => !present.has(id)),
    update: new Map(changed),
    others: [...present.keys()].filter((id) => !wanted.has(id)),
  };
}

/** A plan as text: what is created, what changes member by member, what is deleted. */
export function describe({ create, update, others }, wanted, present, { prune }) {
  const lines = [];
  for (const id of create) {
    lines.push(`+ ${id} (${wanted.get(id).client_name})`, ...Object.entries(wanted.get(id)).map(([name, value]) => `    ${name}: ${shown(name, value)}`));
  }
  for (const [id, list] of update) {
    lines.push(`~ ${id} (${present.get(id).client_name})`, ...list.map((one) => `    ${one.name}: ${changeOf(one)}`));
  }
  for (const id of prune ? others : []) lines.push(`- ${id} (${present.get(id).client_name})`);
  const same = wanted.size - create.length - update.size;
  lines.push(`${create.length} to create, ${update.size} to change, ${prune ? others.length : 0} to delete, ${same} unchanged.`);
  if (!prune && others.length > 0) lines.push(`Registered but not in the file (--prune would delete them): ${others.join(", ")}`);
  return lines.join("\n");
}

function changeOf({ name, before, after }) {
  if (!isList(name) && !isWords(name)) return `${shown(name, before)} -> ${shown(name, after)}`;
  const [old, fresh] = [before, after].map((value) => (isWords(name) ? words(value ?? "") : (value ?? [])));
  return [...old.filter((one) => !fresh.includes(one)).map((one) => `- ${one}`), ...fresh.filter((one) => !old.includes(one)).map((one) => `+ ${one}`)].join(", ");
}

function shown(name, value) {
  if (value === undefined) return "(none)";
  if (name !== "logo") return JSON.stringify(value);
  // A digest shows whether two images differ; base64 would be unreadable.
  const [kind, data] = value.split(";base64,");
  return `${kind.replace("data:", "")}, ${createHash("sha256").update(data ?? "").digest("hex").slice(0, 12)}`;
}

/** A file that describes the registered apps. Applying it changes nothing. @param {Apps} present */
export function writeApps(present) {
  const tables = [...present].map(([id, members]) => {
    const implied = defaults(members);
    const said = [...new Set([...MEMBERS.keys(), ...Object.keys(members)])].filter(
      (name) => members[name] !== undefined && normal(name, members[name]) !== normal(name, implied[name]),
    );
    return stringify({ apps: { [id]: Object.fromEntries(said.map((name) => [name, members[name]])) } });
  });
  return tables.map((table) => `${table.trim()}\n`).join("\n");
}
