// The store functions inside the real Account object in workerd: the same steps that the host tests prove on SQLite.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { startObjects } from "../../support/objects.mjs";
import { ask as askObject, PROTOCOL, send } from "../../support/wire.mjs";

const { accountStub, logs } = await startObjects();
const id = (length) => randomBytes(length).toString("base64url");
const seconds = () => Math.floor(Date.now() / 1000);

/** An id of a family or session that ends at `endsAt`: the minute of its end, then randomness. */
function ending(endsAt) {
  const minutes = Buffer.alloc(4);
  minutes.writeUInt32BE(Math.floor(endsAt / 60));
  return Buffer.concat([minutes, randomBytes(16)]).toString("base64url");
}

/** A user who is signed in and has allowed one client, and a function that redeems a code of the user. */
async function person() {
  const stub = await accountStub();
  const ask = (command) => askObject(stub, "account", command);
  const session = ending(seconds() + 3600);
  const grant = id(16);
  const client = "c_partner";
  const scopes = "openid offline_access";
  const credential = { memory_kib: 19456, iterations: 2, salt: id(16), verifier: id(32) };
  const made = await ask({ create: { attempt: id(16), sub: "u_ada", device_key: id(32), active: true, credential } });
  assert.equal(made.reply, "created");
  const proof = { salt_used: credential.salt, verifier: credential.verifier, address_prefix: "192.0.2.0/24", new_device: id(16) };
  const opened = await ask({ sign_in: { attempt: id(16), session, expires_at: seconds() + 3600, ...proof } });
  assert.deepEqual([opened.reply.Ok.sub, opened.reply.Ok.epoch], ["u_ada", 0]);
  const granted = await ask({ add_grant: { session, grant, client, face: id(16), shown: { name: "Partner", host: "partner.example", verified: true }, scopes } });
  assert.deepEqual([granted.reply.Ok.epoch, granted.rows_written], [0, 1]);
  const code = () => ({
    attempt: id(16),
    family: ending(seconds() + 86400),
    code: id(16),
    code_expires_at: seconds() + 60,
    client,
    grant,
    session,
    epoch: 0,
    scopes,
    offline: true,
    refresh: { ends_at: seconds() + 86400, idle: 3600 },
    access_lifetime: 3600,
    context: "{}",
  });
  const refresh = (code, number, more) => ask({ refresh: { attempt: id(16), family: code.family, number, client, rotates: true, ...more } });
  return { ask, code, refresh, session, client, opened };
}

test("an object that was never made answers unknown and makes no tables", async () => {
  const stub = await accountStub();
  const redeem = { family: ending(seconds()), code: id(16), code_expires_at: seconds() + 60, client: "c", grant: id(16), session: ending(seconds()), epoch: 0, scopes: "", offline: false, refresh: null, access_lifetime: 1, context: "", attempt: id(16) };
  const { reply, is_refusal, rows_written } = await askObject(stub, "account", { redeem });
  assert.deepEqual([reply, is_refusal, rows_written], [{ Err: "unknown" }, true, 0]);
});

// spec: RFC 6749 section 4.1.2 - a replayed code revokes what was issued for it
test("a code is redeemed once: one row; its replay revokes the family: two rows", async () => {
  const { ask, code, refresh, opened } = await person();
  assert.equal(opened.rows_written, 2, "the session, and the account's first alarm");
  const ours = code();
  const first = await ask({ redeem: ours });
  assert.equal(first.rows_written, 1);
  assert.equal(first.reply.Ok.refresh, 1);
  assert.equal(first.reply.Ok.sub, "u_ada");
  const retried = await ask({ redeem: ours });
  assert.deepEqual([retried.reply.Ok.refresh, retried.rows_written], [1, 0], "the same attempt gets the same answer");
  const replayed = await ask({ redeem: { ...ours, attempt: id(16) } });
  assert.deepEqual([replayed.reply, replayed.rows_written], [{ Err: "replayed" }, 2]);
  const after = await refresh(ours, 1);
  assert.deepEqual([after.reply, after.rows_written], [{ Err: "revoked" }, 0]);
});

// spec: Invariant 2 - of parallel redemptions of one code one succeeds, in the real runtime
test("of many redemptions at once, exactly one succeeds", async () => {
  const { ask, code } = await person();
  const ours = code();
  const answers = await Promise.all(Array.from({ length: 20 }, () => ask({ redeem: { ...ours, attempt: id(16) } })));
  assert.equal(answers.filter(({ reply }) => reply.Ok).length, 1);
  assert.equal(answers.filter(({ reply }) => reply.Err === "replayed").length, 1, "the second reports the replay");
  assert.equal(answers.filter(({ reply }) => reply.Err === "revoked").length, 18, "the rest find the family revoked");
});

// spec: Invariant 2 - parallel uses of one refresh token have one successor
test("parallel refreshes converge on one successor, for one row in all", async () => {
  const { ask, code, refresh } = await person();
  const ours = code();
  await ask({ redeem: ours });
  const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(ours, 1)));
  assert.deepEqual([...new Set(answers.map(({ reply }) => reply.Ok?.refresh))], [2]);
  assert.equal(answers.reduce((sum, { rows_written }) => sum + rows_written, 0), 1);
  const next = await refresh(ours, 2);
  assert.equal(next.reply.Ok.refresh, 3);
  const kept = await refresh(ours, 3, { rotates: false });
  assert.deepEqual([kept.reply.Ok.refresh, kept.rows_written], [null, 0], "without rotation nothing is written");
});

// spec: RFC 9700 section 4.14.2 - a refresh token that was not issued revokes the family
test("a number that was never issued is a replay", async () => {
  const { ask, code, refresh } = await person();
  const ours = code();
  await ask({ redeem: ours });
  assert.deepEqual((await refresh(ours, 9)).reply, { Err: "replayed" });
  assert.deepEqual((await refresh(ours, 1)).reply, { Err: "revoked" });
});

// spec: RFC 6749 section 6 - nothing is issued after the grant, the session or the account has ended
test("nothing is issued after the end of a grant, a session or an epoch", async () => {
  // Where a session ends, its clients are queued to be told: a row, and the alarm that tells them. What the user sees of a
  // grant that has ended is an event.
  for (const [end, refusal, rows, version] of [
    [({ client }) => ({ disconnect: { client } }), "grant_revoked", 2, null],
    [({ session }) => ({ end_session: { session } }), "session_ended", 3, null],
    [() => ({ raise_epoch: { attempt: id(16) } }), "epoch_changed", 3, null],
    // An administrator's change is an event too.
    [() => ({ replace_profile: { attempt: id(16), version: 1, active: false } }), "account_disabled", 4, 2],
  ]) {
    const one = await person();
    const inFlight = one.code();
    const family = { ...one.code(), offline: false };
    await one.ask({ redeem: family });
    const ended = await one.ask(end(one));
    assert.deepEqual([ended.reply.Ok?.version ?? ended.reply.Ok, ended.rows_written], [version, rows]);
    assert.equal((await one.refresh(family, 1)).reply.Err, refusal);
    const redeemed = await one.ask({ redeem: inFlight });
    assert.ok(redeemed.reply.Err, "a code in flight is dead too");
    assert.equal(redeemed.rows_written, 0);
  }
});

// spec: Invariant 10 - a malformed command ends neither the object nor the isolate
test("a malformed command is refused without ending the object", async () => {
  const stub = await accountStub();
  for (const body of [[], [PROTOCOL], [PROTOCOL, 200], [PROTOCOL, 15, 0], [PROTOCOL, 255, 255, 255, 255, 255, 255]]) {
    // Miniflare keeps the reason of a failed call to itself.
    await assert.rejects(send(stub, body), body.join(" "));
  }
  assert.doesNotMatch(logs(), /panicked|Reinitializing/, "the instance lives on");
  const made = await askObject(stub, "account", { create: { attempt: id(16), sub: "u", device_key: id(32), active: true } });
  assert.equal(made.reply, "created");
});

test("a command of another protocol is not read, and the answer says which one the object speaks", async () => {
  const stub = await accountStub();
  for (const body of ["{}", Buffer.from([PROTOCOL + 1, 9])]) {
    assert.deepEqual([...(await send(stub, body))], [PROTOCOL]);
  }
  assert.equal(logs().match(/object_fault/g)?.length, 2, logs());
});
