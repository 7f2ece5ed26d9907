//! The tables of a registry. `docs/storage.md` describes them.

use crate::store::schema::Schema;
use crate::store::sql::{Sql, SqlFault};

/// Version 3 puts every change into KV at once, and counts no puts. It can read version 4.
const SCHEMA: Schema = Schema { version: 4, readable_from: 3, tables: &TABLES, migrations: &MIGRATIONS };

/// What brings the tables of each version to the next, from version 1 on. Forward only.
const MIGRATIONS: [&[&str]; 3] = [
    &[SELF_REGISTRATION],
    &[
        PUBLISHED,
        PUBLISHED_BY_ID,
        CHANGES,
        OWNED,
        "ALTER TABLE head ADD COLUMN readable_from INTEGER NOT NULL DEFAULT 2",
    ],
    &[
        "ALTER TABLE head ADD COLUMN probe INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE head ADD COLUMN kv_checked_at INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE client ADD COLUMN puts INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE client ADD COLUMN puts_on INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE pending ADD COLUMN due_at INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE pending ADD COLUMN tries INTEGER NOT NULL DEFAULT 0",
        PENDING_BY_TIME,
        CHANGES_MADE,
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
/// for the newest. `puts` counts the puts of its record on the day `puts_on`. What is in `pending` has to be put into KV, from
/// `due_at` on.
const TABLES: [&str; 10] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL,
        readable_from INTEGER NOT NULL DEFAULT 2,
        probe INTEGER NOT NULL DEFAULT 0,
        kv_checked_at INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE client (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        attempt BLOB NOT NULL,
        record TEXT,
        access BLOB,
        changed_at INTEGER NOT NULL,
        published_at INTEGER,
        puts INTEGER NOT NULL DEFAULT 0,
        puts_on INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE pending (
        id TEXT PRIMARY KEY,
        version INTEGER NOT NULL,
        due_at INTEGER NOT NULL DEFAULT 0,
        tries INTEGER NOT NULL DEFAULT 0
    ) STRICT, WITHOUT ROWID",
    PENDING_BY_TIME,
    SELF_REGISTRATION,
    PUBLISHED,
    PUBLISHED_BY_ID,
    CHANGES,
    CHANGES_MADE,
    OWNED,
];

/// By which what is due is found, however much waits for the next day.
const PENDING_BY_TIME: &str = "CREATE INDEX pending_by_time ON pending (due_at)";

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

/// How many clients developers have made, and how much they have changed, on the day of `since`. The row without an owner counts
/// the changes of all clients that registered themselves.
const CHANGES: &str = "CREATE TABLE IF NOT EXISTS changes (
        owner TEXT PRIMARY KEY,
        since INTEGER NOT NULL,
        number INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID";

const CHANGES_MADE: &str = "ALTER TABLE changes ADD COLUMN made INTEGER NOT NULL DEFAULT 0";

/// Which clients belong to which developer.
const OWNED: &str = "CREATE TABLE IF NOT EXISTS owned (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID";
