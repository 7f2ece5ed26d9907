// The messages of Worker and object (src/store/wire.rs), for tests that talk to an object themselves: a number, then postcard,
// whose structures are their members in order. Only what such tests say and hear is here; an encoding that changes is noticed by
// tests/host/store/wire/encodings.rs.
import assert from "node:assert/strict";

export const PROTOCOL = 3;

/** Reads bytes from the first to the last. */
class Reader {
  constructor(bytes) {
    this.rest = Buffer.from(bytes);
  }
  take(length) {
    assert.ok(length <= this.rest.length, "the message is too short");
    const taken = this.rest.subarray(0, length);
    this.rest = this.rest.subarray(length);
    return taken;
  }
}

// A type writes a value as bytes, and reads one.
const number = {
  write(value) {
    const bytes = [];
    for (let left = BigInt(value); ; left >>= 7n) {
      if (left < 128n) return Buffer.from([...bytes, Number(left)]);
      bytes.push(Number(left & 127n) | 128);
    }
  },
  read(reader) {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const [byte] = reader.take(1);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(value);
    }
  },
};
const time = { write: (value) => number.write(2 * value), read: (reader) => number.read(reader) / 2 };
const truth = { write: (value) => Buffer.from([value ? 1 : 0]), read: (reader) => reader.take(1)[0] === 1 };
const nothing = { write: () => Buffer.alloc(0), read: () => null };
const text = {
  write: (value = "") => Buffer.concat([number.write(Buffer.byteLength(value)), Buffer.from(value)]),
  read: (reader) => reader.take(number.read(reader)).toString(),
};
const json = { write: (value = {}) => text.write(JSON.stringify(value)), read: (reader) => JSON.parse(text.read(reader)) };
const id = (length) => ({
  write: (value) => Buffer.from(value, "base64url"),
  read: (reader) => reader.take(length).toString("base64url"),
});
const optional = (type) => ({
  write: (value) => (value == null ? Buffer.from([0]) : Buffer.concat([Buffer.from([1]), type.write(value)])),
  read: (reader) => (truth.read(reader) ? type.read(reader) : null),
});
const struct = (members) => ({
  write: (value) => Buffer.concat(Object.entries(members).map(([name, type]) => type.write(value[name]))),
  read: (reader) => Object.fromEntries(Object.entries(members).map(([name, type]) => [name, type.read(reader)])),
});
/** One of several: a name alone, or a name with a value. */
const either = (...variants) => ({
  read(reader) {
    const variant = variants[number.read(reader)];
    if (typeof variant === "string") return variant;
    const [[name, type]] = Object.entries(variant);
    return { [name]: type.read(reader) };
  },
});
const result = (good, refusal) => either({ Ok: good }, { Err: refusal });

const bytes = {
  write: (value) => Buffer.concat([number.write(Buffer.from(value, "base64url").length), Buffer.from(value, "base64url")]),
  read: (reader) => reader.take(number.read(reader)).toString("base64url"),
};
const argon2id = struct({ memory_kib: number, iterations: number });
/** With the one algorithm that there is so far: the number of its variant goes before it. */
const credential = {
  write: ({ memory_kib, iterations, salt, verifier }) =>
    Buffer.concat([number.write(0), argon2id.write({ memory_kib, iterations }), bytes.write(salt), text.write(verifier)]),
};

const attempt = id(16);
const session = id(20);
const denied = either("disabled", "session_ended", "unknown");
const refusal = either(
  ...["account_disabled", "access_token_revoked", "epoch_changed", "expired", "grant_revoked", "not_offline", "other_code"],
  ...["other_client", "replayed", "revoked", "scope_not_granted", "session_ended", "unknown"],
);
const issued = struct({
  ...{ sub: text, refresh: optional(number), refresh_ends_at: optional(time), serial: time, scopes: text, session, context: text },
  claims: json,
});
const notRegistered = either("changed", "exists", "full", "too_many", "too_often", "unknown");
const registered = struct({ client: json, access: id(16) });

/** The commands of each object: the number of the variant, its members, and the reply. */
const COMMANDS = {
  account: {
    add_grant: [0, { session, grant: id(16), client: text, face: text, shown: struct({ name: text, host: optional(text), verified: truth }), scopes: text, declined: text, authenticated_since: optional(time) }, result(struct({ epoch: number, auth_time: time, amr: text }), denied)],
    create: [2, { attempt, sub: text, device_key: text, profile: json, active: truth, credential: optional(credential), lease: optional(time) }, either("created", "exists", "too_late")],
    disconnect: [4, { client: text }, result(nothing, denied)],
    end_session: [6, { session }, result(nothing, denied)],
    raise_epoch: [8, { attempt }, result(nothing, denied)],
    redeem: [
      15,
      {
        ...{ attempt, family: id(20), code: id(16), code_expires_at: time, client: text, grant: id(16), session, epoch: number },
        ...{ scopes: text, offline: truth, refresh: optional(struct({ ends_at: time, idle: number })), access_lifetime: number, context: text },
      },
      result(issued, refusal),
    ],
    refresh: [16, { attempt, family: id(20), number, client: text, rotates: truth, scopes: optional(text) }, result(issued, refusal)],
    replace_profile: [
      18,
      { attempt, version: number, profile: json, active: truth, credential: optional(credential), lease: optional(time) },
      result(struct({ version: number, modified_at: time }), either("changed", "too_late", "unknown")),
    ],
    sign_in: [
      20,
      {
        ...{ attempt, session, expires_at: time, salt_used: bytes, verifier: text, address_prefix: text, origin: json },
        ...{ device: optional(id(32)), new_device: id(16) },
      },
      result(struct({ sub: text, epoch: number, auth_time: time, device: id(32) }), nothing),
    ],
  },
  registry: {
    delete: [1, { attempt, id: text }, result(number, notRegistered)],
    read: [7, { id: text }, either({ deleted: number }, "never", { registered })],
    register: [8, { attempt, client: json, access: id(16) }, result(registered, notRegistered)],
    update: [11, { attempt, client: json, access: optional(id(16)), expected_version: optional(number) }, result(registered, notRegistered)],
  },
  replay: {
    spend: [0, { attempt, key: id(16), expires_at: time }, either("first", "repeated")],
  },
};

/** What the object behind `stub` answers to bytes: bytes. Both travel as base64url. */
export async function send(stub, bytes) {
  return Buffer.from(await stub.run(Buffer.from(bytes).toString("base64url")), "base64url");
}

/**
 * Asks an object.
 * @param {"account" | "registry" | "replay"} object its kind
 * @param {Record<string, object>} command the name of one command, with its members
 * @returns {Promise<{now: number, rows_written: number, is_refusal: boolean, reply: any}>}
 */
export async function ask(stub, object, command) {
  const [[name, members]] = Object.entries(command);
  const [variant, types, replies] = COMMANDS[object][name];
  const bytes = await send(stub, Buffer.concat([Buffer.from([PROTOCOL, variant]), struct(types).write(members)]));
  assert.ok(bytes.length, JSON.stringify(command));
  const reader = new Reader(bytes);
  assert.equal(reader.take(1)[0], PROTOCOL);
  const head = struct({ now: time, rows_written: number, is_refusal: truth }).read(reader);
  const reply = replies.read(reader);
  assert.equal(reader.rest.length, 0, "the message is too long");
  return { ...head, reply };
}
