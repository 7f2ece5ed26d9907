//! The names of objects and the keys of KV: made here and nowhere else. All begin with the tenant, carry the version of
//! what is stored behind them, and leave room for shards.

use crate::oauth::client::ClientKey;

/// The name of a tenant's `Registry` object.
#[must_use]
pub fn registry(tenant: &str) -> String {
    [tenant, "/registry/1/0of1"].concat()
}

/// The name of a tenant's `Directory` object.
#[must_use]
pub fn directory(tenant: &str) -> String {
    [tenant, "/directory/1/0of1"].concat()
}

/// How many `Replay` objects a tenant has. All assertions of a client go to one of them.
const REPLAY_SHARDS: u8 = 16;

/// The name of the `Replay` object of a client.
#[must_use]
pub fn replay(tenant: &str, client: ClientKey) -> String {
    let [first, ..] = client.as_bytes();
    format!("{tenant}/replay/1/{}of{REPLAY_SHARDS}", first % REPLAY_SHARDS)
}

/// How many `Hasher` objects a tenant has. Each has one thread.
const HASHERS: u8 = 32;

/// The name of one of the `Hasher` objects; each number leads to one.
#[must_use]
pub fn hasher(tenant: &str, any: u8) -> String {
    format!("{tenant}/hasher/1/{}of{HASHERS}", any % HASHERS)
}

/// The KV key of a client's record.
#[must_use]
pub fn client(tenant: &str, client_id: &str) -> String {
    [tenant, "/client/1/", client_id].concat()
}

/// A KV key for checking that KV takes what is put and answers: one of its own for each check, because answers are cached.
#[must_use]
pub fn probe(tenant: &str, check: &str) -> String {
    [tenant, "/probe/", check].concat()
}
