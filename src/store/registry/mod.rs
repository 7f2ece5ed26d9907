//! The `Registry` object: the clients of a tenant. It is the truth; what KV holds may be older.

mod catalogue;
mod clients;
mod outbox;
mod owned;
mod schema;
mod unused;

pub use catalogue::{Browse, Browsed, CatalogueEntry, LAST_PAGE};
pub use clients::{Delete, FoundClient, List, Listed, Read, Register, Registered, Update};
pub use outbox::{Publish, REPUBLISH_AFTER, is_pending, outbox, published};
pub use owned::{CHANGES_WITHIN, ListOwned, MOST_CHANGES, MOST_OWNED, Owned, RegisterOwned, UpdateOwned};
pub use unused::{MarkUsed, RegisterItself, UNUSED_LIFETIME, next_alarm, sweep};

use serde::{Deserialize, Serialize};

use super::sql::{Sql, SqlFault, atomically};
use super::wire::Encoded;
use super::{Ask, reply};
use crate::base::UnixTime;

/// Everything a `Registry` can be asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Command {
    /// See [`Browse`].
    Browse(Browse),
    /// See [`Delete`].
    Delete(Delete),
    /// See [`List`].
    List(List),
    /// See [`MarkUsed`].
    MarkUsed(MarkUsed),
    /// See [`ListOwned`].
    ListOwned(ListOwned),
    /// See [`Probe`].
    Probe(Probe),
    /// See [`Publish`].
    Publish(Publish),
    /// See [`Read`].
    Read(Read),
    /// See [`Register`].
    Register(Box<Register>),
    /// See [`RegisterItself`].
    RegisterItself(Box<RegisterItself>),
    /// See [`RegisterOwned`].
    RegisterOwned(Box<RegisterOwned>),
    /// See [`Update`].
    Update(Box<Update>),
    /// See [`UpdateOwned`].
    UpdateOwned(Box<UpdateOwned>),
}

/// Why a change of a client was not made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Denied {
    /// The client was changed since the caller read it.
    #[error("the client was changed in the meantime")]
    Changed,
    /// Another client has this identifier.
    #[error("the client exists")]
    Exists,
    /// Too many clients have registered themselves lately.
    #[error("too many clients have registered themselves lately")]
    Full,
    /// The developer has as many as one may have.
    #[error("the developer has too many clients")]
    TooMany,
    /// The developer has changed as much as one may in an hour.
    #[error("the developer has changed too much lately")]
    TooOften,
    /// There is no such client.
    #[error("no such client")]
    Unknown,
}

/// Asks whether the object and its database answer.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Probe {
    /// Any number; the database sends it back.
    pub number: u32,
}

/// Carries out `command` at `now`, by the object's own clock, as one step. What it writes has to reach KV, or to
/// end by itself: see [`next_alarm`].
///
/// # Errors
/// [`SqlFault`] when the database fails; then nothing was kept.
pub fn handle(sql: &dyn Sql, now: UnixTime, command: Command) -> Result<Encoded, SqlFault> {
    atomically(sql, || match command {
        Command::Browse(ask) => reply::<Browse>(catalogue::browse(sql, &ask)),
        Command::Delete(ask) => reply::<Delete>(clients::delete(sql, now, ask)),
        Command::List(ask) => reply::<List>(clients::list(sql, ask)),
        Command::MarkUsed(ask) => reply::<MarkUsed>(unused::mark_used(sql, now, ask)),
        Command::ListOwned(ask) => reply::<ListOwned>(owned::list(sql, &ask)),
        Command::Probe(ask) => reply::<Probe>(probe(sql, ask)),
        Command::Publish(ask) => reply::<Publish>(outbox::publish(sql, now, ask)),
        Command::Read(ask) => reply::<Read>(clients::read(sql, ask)),
        Command::Register(ask) => reply::<Register>(clients::register(sql, now, *ask)),
        Command::RegisterItself(ask) => reply::<RegisterItself>(unused::register(sql, now, *ask)),
        Command::RegisterOwned(ask) => reply::<RegisterOwned>(owned::register(sql, now, *ask)),
        Command::Update(ask) => reply::<Update>(clients::update(sql, now, *ask)),
        Command::UpdateOwned(ask) => reply::<UpdateOwned>(owned::update(sql, now, *ask)),
    })
}

fn probe(sql: &dyn Sql, ask: Probe) -> Result<u32, SqlFault> {
    let row = sql.run("SELECT ?", &[ask.number.into()])?.into_iter().next();
    row.ok_or(SqlFault::Corrupt("no row"))?.take()
}

impl From<Probe> for Command {
    fn from(ask: Probe) -> Self {
        Self::Probe(ask)
    }
}

impl Ask for Probe {
    type Command = Command;
    type Reply = u32;

    fn is_refusal(_: &u32) -> bool {
        false
    }
}
