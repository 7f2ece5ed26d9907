//! The tables of a directory. `docs/storage.md` describes them.

use crate::store::sql::{self, Sql, SqlFault};

/// The people whose account is known to be there, as a condition on the table `person`.
macro_rules! confirmed {
    () => {
        "reserved_until IS NULL AND removed_at IS NULL"
    };
}
pub(super) use confirmed;

/// The version that this release writes, in the head row.
pub const VERSION: u32 = 2;

/// What brings the tables of each version to the next, from version 1 on. Forward only.
const MIGRATIONS: [&[&str]; 1] = [&[
    "ALTER TABLE head ADD COLUMN people INTEGER NOT NULL DEFAULT 0",
    concat!("UPDATE head SET people = (SELECT COUNT(*) FROM person WHERE ", confirmed!(), ")"),
]];

/// Brings the tables of an earlier release to this one's version; for the first command that an instance of the object gets.
///
/// # Errors
/// When the database fails; then the tables are as they were.
pub fn migrate(sql: &dyn Sql) -> Result<(), SqlFault> {
    sql::migrate(sql, VERSION, &MIGRATIONS)
}

/// A person's row lists the names that she holds, so that they are found without an index. The head says how many people are
/// confirmed, so that a list needs not read them all to say it.
pub const TABLES: [&str; 3] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL,
        people INTEGER NOT NULL DEFAULT 0
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
];

/// Made with the first link: most directories never have one.
pub const LINKS: &str = "CREATE TABLE link (
        key BLOB PRIMARY KEY,
        account BLOB NOT NULL,
        family BLOB NOT NULL,
        made_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";
