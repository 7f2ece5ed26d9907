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

pub use catalogue::{Browse, Browsed, CatalogueEntry, LAST_PAGE};
pub use clients::{Delete, List, Listed, Read, Register, Update};
pub use command::Command;
pub use denied::Denied;
pub use developer::{ListOwned, Owned, RegisterOwned, UpdateOwned};
pub use outbox::{is_pending, outbox, published};
pub use owned::{MOST_CHANGES, MOST_OWNED};
pub use probe::Probe;
pub use publish::Publish;
pub use records::{FoundClient, Registered};
pub use schema::open;
pub use unused::{MarkUsed, RegisterItself, next_alarm, sweep};
