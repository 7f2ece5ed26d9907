//! The tables of a directory. `docs/storage.md` describes them.

use crate::store::schema::Schema;
use crate::store::sql::{Sql, SqlFault};

/// The people whose account is known to be there, as a condition on the table `person`.
macro_rules! confirmed {
    () => {
        "reserved_until IS NULL AND removed_at IS NULL"
    };
}
pub(super) use confirmed;

/// Version 2 makes the table `link` with the first link, and has no column `readable_from`. It can read version 3.
const SCHEMA: Schema = Schema { version: 3, readable_from: 2, tables: &TABLES, migrations: &MIGRATIONS };

/// What brings the tables of each version to the next, from version 1 on. Forward only.
const MIGRATIONS: [&[&str]; 2] = [
    &[
        "ALTER TABLE head ADD COLUMN people INTEGER NOT NULL DEFAULT 0",
        concat!("UPDATE head SET people = (SELECT COUNT(*) FROM person WHERE ", confirmed!(), ")"),
    ],
    &[LINK, "ALTER TABLE head ADD COLUMN readable_from INTEGER NOT NULL DEFAULT 2"],
];

/// Makes the tables, or brings those of an earlier release to this one's version; for the first command that an instance of the
/// object gets.
///
/// # Errors
/// When the database fails, or when this release cannot read the tables; then they are as they were.
pub fn open(sql: &dyn Sql) -> Result<(), SqlFault> {
    SCHEMA.open(sql)
}

const LINK: &str = "CREATE TABLE IF NOT EXISTS link (
        key BLOB PRIMARY KEY,
        account BLOB NOT NULL,
        family BLOB NOT NULL,
        made_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";

/// A user's row lists the names that they hold, so that they are found without an index. The head says how many people are
/// confirmed, so that a list need not read them all to say it.
const TABLES: [&str; 4] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL,
        people INTEGER NOT NULL DEFAULT 0,
        readable_from INTEGER NOT NULL DEFAULT 2
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE identifier (
        login TEXT PRIMARY KEY,
        sub TEXT NOT NULL,
        settled INTEGER NOT NULL,
        claimed_for INTEGER,
        until INTEGER
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE person (
        sub TEXT PRIMARY KEY,
        account BLOB NOT NULL,
        attempt BLOB NOT NULL,
        logins TEXT NOT NULL,
        reserved_until INTEGER,
        changing INTEGER,
        removed_at INTEGER,
        password BLOB,
        user_name TEXT,
        email TEXT,
        display_name TEXT,
        active INTEGER,
        created_at INTEGER,
        modified_at INTEGER,
        version INTEGER
    ) STRICT, WITHOUT ROWID",
    LINK,
];
