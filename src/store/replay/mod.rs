//! The `Replay` objects: which assertions of clients were used (RFC 7523 section 3, `jti`). They are asked when everything
//! else about an assertion has been verified, so that only a client can write its own rows.

mod schema;
mod spent;

pub use spent::{Spend, Sweep, Swept, Use};

use serde::{Deserialize, Serialize};

use super::reply;
use super::sql::{Sql, SqlFault, atomically};
use super::wire::Encoded;
use crate::base::UnixTime;

/// Everything that a `Replay` object can be asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Command {
    /// See [`Spend`].
    Spend(Spend),
    /// See [`Sweep`].
    Sweep(Sweep),
}

/// Carries out `command` at `now`, by the object's own clock, as one step.
///
/// # Errors
/// [`SqlFault`] when the database fails; then nothing was kept.
pub fn handle(sql: &dyn Sql, now: UnixTime, command: Command) -> Result<Encoded, SqlFault> {
    atomically(sql, || match command {
        Command::Spend(ask) => reply::<Spend>(spent::spend(sql, now, &ask)),
        Command::Sweep(ask) => reply::<Sweep>(spent::sweep(sql, now, &ask)),
    })
}
