//! Whether the object answers.

use serde::{Deserialize, Serialize};

use crate::base::UnixTime;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Asks whether the object and its database answer.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
pub struct Probe {
    /// Any number; the database sends it back.
    pub number: u32,
}

impl Ask for Probe {
    type Reply = u32;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let row = sql.first("SELECT ?", &[self.number.into()])?;
        row.map(|(number,)| number).ok_or(SqlFault::Corrupt("no row"))
    }
}
