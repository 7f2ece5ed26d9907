//! The tables of a registry. `docs/storage.md` describes them.

use crate::store::schema::Schema;
use crate::store::sql::{Sql, SqlFault};

/// Version 2 makes the tables of the catalogue and of the developers when the first row is written, and has no column
/// `readable_from`. It can read version 3.
const SCHEMA: Schema = Schema { version: 3, readable_from: 2, tables: &TABLES, migrations: &MIGRATIONS };

/// What brings the tables of each version to the next, from version 1 on. Forward only.
const MIGRATIONS: [&[&str]; 2] = [
    &[SELF_REGISTRATION],
    &[
        PUBLISHED,
        PUBLISHED_BY_ID,
        CHANGES,
        OWNED,
        "ALTER TABLE head ADD COLUMN readable_from INTEGER NOT NULL DEFAULT 2",
    ],
];

/// Makes the tables, or brings those of an earlier release to this one's version; for the first command that an instance of the
/// object gets.
///
/// # Errors
/// When the database fails, or when this release cannot read the tables; then they are as they were.
pub fn open(sql: &dyn Sql) -> Result<(), SqlFault> {
    SCHEMA.open(sql)
}

/// A client's row stays when it is deleted, without a record: its version goes on, so that no older record is ever taken
/// for the newest. What is in `pending` still has to be put into KV.
const TABLES: [&str; 8] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL,
        readable_from INTEGER NOT NULL DEFAULT 2
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE client (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        attempt BLOB NOT NULL,
        record TEXT,
        access BLOB,
        changed_at INTEGER NOT NULL,
        published_at INTEGER
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE pending (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
    SELF_REGISTRATION,
    PUBLISHED,
    PUBLISHED_BY_ID,
    CHANGES,
    OWNED,
];

/// Clients that registered themselves within the last day, used or not.
const SELF_REGISTRATION: &str = "CREATE TABLE self_registration (
        id TEXT PRIMARY KEY,
        place TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";

/// What the catalogue shows.
const PUBLISHED: &str = "CREATE TABLE IF NOT EXISTS published (
        place TEXT NOT NULL,
        id TEXT NOT NULL,
        searchable TEXT NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (place, id)
    ) STRICT, WITHOUT ROWID";

/// By which a client's entry is found when the client changes. One row more for each entry.
const PUBLISHED_BY_ID: &str = "CREATE INDEX IF NOT EXISTS published_by_id ON published (id)";

/// How much developers have changed in their present hour.
const CHANGES: &str = "CREATE TABLE IF NOT EXISTS changes (
        owner TEXT PRIMARY KEY,
        since INTEGER NOT NULL,
        number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";

/// Which clients belong to which developer.
const OWNED: &str = "CREATE TABLE IF NOT EXISTS owned (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID";
