//! The head row: whose account it is, its epoch, and whether it may be used.

use crate::base::AttemptId;
use crate::store::sql::{Row, Sql, SqlFault};

/// What the head row says.
pub(super) struct Head {
    pub attempt: AttemptId,
    pub sub: String,
    pub epoch: u32,
    pub active: bool,
}

/// The head row; `None` when there is no account here.
pub(super) fn read(sql: &dyn Sql) -> Result<Option<Head>, SqlFault> {
    let Some(mut row) = row(sql, "SELECT attempt, sub, epoch, active FROM head WHERE deleted_at IS NULL")? else {
        return Ok(None);
    };
    Ok(Some(Head { attempt: row.take()?, sub: row.take()?, epoch: row.take()?, active: row.take()? }))
}

/// What `statement` finds in the head row, in an object that may have no tables.
pub(super) fn row(sql: &dyn Sql, statement: &str) -> Result<Option<Row>, SqlFault> {
    match sql.run(statement, &[]) {
        Err(SqlFault::NoTables) => Ok(None),
        rows => Ok(rows?.into_iter().next()),
    }
}

/// The epoch after `epoch`, in which nothing of it is good.
pub(super) fn next_epoch(epoch: u32) -> Result<u32, SqlFault> {
    epoch.checked_add(1).ok_or(SqlFault::Corrupt("the epochs are used up"))
}
