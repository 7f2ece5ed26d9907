//! The `Registry` object: the clients of a tenant. It is authoritative; what KV holds may be older.

mod catalogue;
mod clients;
mod command;
mod denied;
mod developer;
mod outbox;
mod owned;
mod probe;
mod publish;
mod records;
mod schema;
mod unused;
mod write;

pub use catalogue::{Browse, Browsed, CatalogueEntry, LAST_PAGE};
pub use clients::{Delete, List, Listed, Read, Register, Update, UpdateItself};
pub use command::Command;
pub use denied::Denied;
pub use developer::{ListOwned, Owned, RegisterOwned, UpdateOwned};
pub use outbox::{MOST_PUTS, next_put, outbox, postponed, published};
pub use owned::{MOST_CHANGES, MOST_MADE, MOST_OWNED};
pub use probe::{Probe, Probed};
pub use publish::Publish;
pub use records::{FoundClient, Registered};
pub use schema::open;
pub use unused::{MarkUsed, RegisterItself, next_alarm, sweep};
