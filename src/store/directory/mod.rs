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

mod command;
mod confirm;
mod find;
mod links;
mod person;
mod projection;
mod reserve;
mod schema;

pub use command::Command;
pub use confirm::{Confirm, NotConfirmed, Release, Remove};
pub use find::{AccountsPage, DirectoryEntry, Find, FindBySub, FoundAccount, List};
pub use links::{FindLink, Link, PutLink, RemoveLink};
pub use projection::Projection;
pub use reserve::{Claim, Conflict, ENDING, Holder, LEASE, Lease, Reserve};
pub use schema::open;
