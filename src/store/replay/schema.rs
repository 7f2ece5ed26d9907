//! The tables of a replay object. `docs/storage.md` describes them.

use crate::store::schema::Schema;
use crate::store::sql::{Sql, SqlFault};

/// Version 1, which has no column `readable_from`, can read version 2.
const SCHEMA: Schema = Schema { version: 2, readable_from: 1, tables: &TABLES, migrations: &MIGRATIONS };

/// What brings the tables of each version to the next, from version 1 on. Forward only.
const MIGRATIONS: [&[&str]; 1] = [&["ALTER TABLE head ADD COLUMN readable_from INTEGER NOT NULL DEFAULT 1"]];

/// Makes the tables, or brings those of an earlier release to this one's version; for the first command that an instance of the
/// object gets.
///
/// # Errors
/// When the database fails, or when this release cannot read the tables; then they are as they were.
pub fn open(sql: &dyn Sql) -> Result<(), SqlFault> {
    SCHEMA.open(sql)
}

/// Keys are digests, spread evenly, so that the rows after any key are a fair sample of all, and clean-up on the way needs no index
/// over the times.
const TABLES: [&str; 2] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL,
        readable_from INTEGER NOT NULL DEFAULT 1
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE spent (
        key BLOB PRIMARY KEY,
        attempt BLOB NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
];
