//! The `Directory` object: which person a login name belongs to, and who there is.
//!
//! A name belongs to one person or to nobody: that is decided here, in one step for all names of a person. Everything else
//! about a person is decided by her Account, and what stands here is a copy of it. A change of both therefore goes in
//! three steps, and whoever comes later completes what was interrupted between two of them:
//!
//! 1. [`Reserve`] a new person's names, or [`Claim`] those that a person is to get: nobody else gets them for [`LEASE`].
//! 2. The Account is made or changed. It refuses when the lease is about to end.
//! 3. [`Confirm`] what the Account says now. Names it does not say are free.
//!
//! A conflict with a person whose change is unfinished names her Account, so that the Worker asks it: the answer is
//! confirmed, or [`Release`] frees what it never got.
//!
//! Beside the people, it leads clients that know a person by an identity of their own to the tokens that she allowed: see
//! [`Link`].

/// Persons whose account is known to be there, as a condition on the table `person`.
macro_rules! confirmed {
    () => {
        "reserved_until IS NULL AND removed_at IS NULL"
    };
}

mod confirm;
mod find;
mod links;
mod person;
mod reserve;
mod schema;

pub use confirm::{Confirm, NotConfirmed, Release, Remove};
pub use find::{AccountsPage, DirectoryEntry, Find, FindBySub, FoundAccount, List};
pub use links::{FindLink, Link, PutLink, RemoveLink};
pub use reserve::{Claim, Conflict, ENDING, Holder, LEASE, Lease, Reserve};
pub use schema::migrate;

use serde::{Deserialize, Serialize};

use super::reply;
use super::sql::{Sql, SqlFault, atomically};
use super::wire::Encoded;
use crate::base::UnixTime;

/// Everything a `Directory` can be asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Command {
    /// See [`Claim`].
    Claim(Claim),
    /// See [`Confirm`].
    Confirm(Confirm),
    /// See [`Find`].
    Find(Find),
    /// See [`FindBySub`].
    FindBySub(FindBySub),
    /// See [`FindLink`].
    FindLink(FindLink),
    /// See [`List`].
    List(List),
    /// See [`PutLink`].
    PutLink(PutLink),
    /// See [`Release`].
    Release(Release),
    /// See [`Remove`].
    Remove(Remove),
    /// See [`RemoveLink`].
    RemoveLink(RemoveLink),
    /// See [`Reserve`].
    Reserve(Reserve),
}

/// What the directory shows of a person: a copy of what her Account says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Projection {
    /// The user name as it was written.
    pub user_name: String,
    /// The primary e-mail address.
    pub email: Option<String>,
    /// What the person is called.
    pub display_name: Option<String>,
    /// Whether the person may sign in.
    pub active: bool,
    /// When the account was made.
    pub created_at: UnixTime,
    /// When it was changed last.
    pub modified_at: UnixTime,
    /// Which version of the account this is.
    pub version: u32,
}

/// Carries out `command` at `now`, by the object's own clock, as one step.
///
/// # Errors
/// [`SqlFault`] when the database fails; then nothing of the step was kept.
pub fn handle(sql: &dyn Sql, now: UnixTime, command: Command) -> Result<Encoded, SqlFault> {
    atomically(sql, || match command {
        Command::Claim(ask) => reply::<Claim>(reserve::claim(sql, now, ask)),
        Command::Confirm(ask) => reply::<Confirm>(confirm::confirm(sql, ask)),
        Command::Find(ask) => reply::<Find>(find::find(sql, ask)),
        Command::FindBySub(ask) => reply::<FindBySub>(find::find_by_sub(sql, &ask)),
        Command::FindLink(ask) => reply::<FindLink>(links::find(sql, &ask)),
        Command::List(ask) => reply::<List>(find::list(sql, ask)),
        Command::PutLink(ask) => reply::<PutLink>(links::put(sql, now, &ask)),
        Command::Release(ask) => reply::<Release>(confirm::release(sql, ask)),
        Command::Remove(ask) => reply::<Remove>(confirm::remove(sql, now, ask)),
        Command::RemoveLink(ask) => reply::<RemoveLink>(links::remove(sql, &ask)),
        Command::Reserve(ask) => reply::<Reserve>(reserve::reserve(sql, now, ask)),
    })
}
