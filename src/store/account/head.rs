//! The head row: whose account it is, its epoch, and whether it may be used.

use crate::base::AttemptId;
use crate::store::sql::{Columns, FromRow, Sql, SqlFault, columns};

columns! {
    /// What every command reads of the head row.
    pub(super) struct Head {
        pub attempt: AttemptId,
        pub sub: String,
        pub epoch: u32,
        pub active: bool,
    }
}

/// The head row; `None` when there is no account here.
pub(super) fn read(sql: &dyn Sql) -> Result<Option<Head>, SqlFault> {
    columns_of(sql)
}

/// The columns of `T` in the head row of an account; `None` when there is no account here.
pub(super) fn columns_of<T: Columns>(sql: &dyn Sql) -> Result<Option<T>, SqlFault> {
    match sql.select("FROM head WHERE deleted_at IS NULL", &[]) {
        Err(SqlFault::NoTables) => Ok(None),
        rows => Ok(rows?.into_iter().next()),
    }
}

/// What `statement` finds in the head row, of a deleted account too, in an object that may have no tables.
pub(super) fn row<T: FromRow>(sql: &dyn Sql, statement: &str) -> Result<Option<T>, SqlFault> {
    match sql.first(statement, &[]) {
        Err(SqlFault::NoTables) => Ok(None),
        row => row,
    }
}

/// The epoch after `epoch`: everything that was issued before it is dead.
pub(super) fn next_epoch(epoch: u32) -> Result<u32, SqlFault> {
    epoch.checked_add(1).ok_or(SqlFault::Corrupt("the epochs are used up"))
}
