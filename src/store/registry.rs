//! The `Registry` object: the clients of a tenant. It is the truth; what KV holds may be older.

use serde::{Deserialize, Serialize};

use super::sql::{Sql, SqlFault};
use super::{Ask, Encoded, encode};
use crate::base::UnixTime;

/// Everything a `Registry` can be asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// See [`Probe`].
    Probe(Probe),
}

/// Asks whether the object and its database answer.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Probe {
    /// Any number; the database sends it back.
    pub number: u32,
}

impl From<Probe> for Command {
    fn from(ask: Probe) -> Self {
        Self::Probe(ask)
    }
}

impl Ask for Probe {
    type Command = Command;
    type Reply = u32;
}

/// Carries out `command`.
///
/// # Errors
/// [`SqlFault`] when the database fails; then nothing was kept.
pub fn handle(sql: &dyn Sql, _now: UnixTime, command: Command) -> Result<Encoded, SqlFault> {
    match command {
        Command::Probe(probe) => {
            let row = sql.run("SELECT ?", &[probe.number.into()])?.into_iter().next();
            encode::<Probe>(&row.ok_or(SqlFault::Corrupt("no row"))?.take()?)
        }
    }
}
