//! The `Directory` object: whose login name it is, and which users there are.
//!
//! A login name belongs to one user or to nobody. That is decided here, in one step for all names of a user. Everything else about
//! a user is decided by their Account, and the directory keeps a copy. A change of both goes in three steps, and a later request
//! completes what was interrupted between two of them:
//!
//! 1. [`Reserve`] the names of a new user, or [`Claim`] further names for a user: nobody else gets them for
//!    [`LEASE`](crate::lifetimes::LEASE).
//! 2. The Account is made or changed. It refuses when the lease is about to end.
//! 3. [`Confirm`] what the Account says now. Names that it does not have are free.
//!
//! A conflict with a user whose change is unfinished names that Account, so that the Worker asks it: the answer is confirmed, or
//! [`Release`] frees what the Account never got. A request that makes the user whose names are reserved, again or for the first time,
//! goes on where the other one stopped.
//!
//! The directory also keeps links: a client that knows a user by an identity of its own finds the tokens that the user allowed. See
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
pub use reserve::{Claim, Conflict, ENDING, Holder, Lease, Reserve};
pub use schema::open;
