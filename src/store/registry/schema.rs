//! The tables of a registry. `docs/storage.md` describes them.

use crate::store::sql::{self, Sql, SqlFault};

/// The version that this release writes, in the head row.
pub const VERSION: u32 = 2;

/// What version 2 added: clients that registered themselves within the last day, used or not.
const SELF_REGISTRATION: &str = "CREATE TABLE self_registration (
        id TEXT PRIMARY KEY,
        place TEXT NOT NULL,
        at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";

/// A client's row stays when it is deleted, without a record: its version goes on, so that no older record is ever taken
/// for the newest. What is in `pending` still has to be put into KV.
const TABLES: [&str; 4] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL
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
];

/// What the catalogue shows. Made when the first client is published: a registry without a catalogue does without it.
pub const PUBLISHED: &str = "CREATE TABLE IF NOT EXISTS published (
        place TEXT NOT NULL,
        id TEXT NOT NULL,
        searchable TEXT NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (place, id)
    ) STRICT, WITHOUT ROWID";

/// By which a client's entry is found when the client changes. One row more for each entry, which none of the many clients
/// that are not published pays.
pub const PUBLISHED_BY_ID: &str = "CREATE INDEX IF NOT EXISTS published_by_id ON published (id)";

/// Makes the tables that are not there yet.
///
/// # Errors
/// When the database fails.
pub(super) fn make_tables(sql: &dyn Sql) -> Result<(), SqlFault> {
    sql::make_tables(sql, &TABLES, VERSION)?;
    let head = sql.run("SELECT schema FROM head", &[])?.into_iter().next();
    let schema: u32 = head.map(|mut row| row.take()).transpose()?.unwrap_or(VERSION);
    if schema < VERSION {
        sql.run(SELF_REGISTRATION, &[])?;
        sql.run("UPDATE head SET schema = ?", &[VERSION.into()])?;
    }
    Ok(())
}

/// How much developers have changed in their present hour. Made with the first change.
pub const CHANGES: &str = "CREATE TABLE changes (
        owner TEXT PRIMARY KEY,
        since INTEGER NOT NULL,
        number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";

/// Which clients are whose. Made when the first developer registers one.
pub const OWNED: &str = "CREATE TABLE IF NOT EXISTS owned (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID";
