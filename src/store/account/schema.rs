//! The tables of an account. `docs/storage.md` describes them.

use crate::store::schema::Schema;
use crate::store::sql::{Sql, SqlFault};

/// Version 3, which has no column `readable_from`, can read versions 4 and 5.
pub const SCHEMA: Schema = Schema { version: 5, readable_from: 3, tables: &TABLES, migrations: &MIGRATIONS };

/// What brings the tables of each version to the next, from version 1 on. Forward only.
const MIGRATIONS: [&[&str]; 4] = [
    &["ALTER TABLE head ADD COLUMN logouts TEXT"],
    &[
        "ALTER TABLE session ADD COLUMN origin TEXT",
        "ALTER TABLE event ADD COLUMN client_id TEXT",
        "ALTER TABLE consent ADD COLUMN declined TEXT",
    ],
    &["ALTER TABLE head ADD COLUMN readable_from INTEGER NOT NULL DEFAULT 3"],
    &["ALTER TABLE consent ADD COLUMN shown TEXT", "ALTER TABLE event ADD COLUMN shown TEXT"],
];

/// Brings the tables of an earlier release to this one's version; for the first command that an instance of the object gets. An
/// object without tables gets none.
///
/// # Errors
/// When the database fails, or when this release cannot read the tables; then they are as they were.
pub fn migrate(sql: &dyn Sql) -> Result<(), SqlFault> {
    match SCHEMA.migrate(sql) {
        Err(SqlFault::NoTables) => Ok(()),
        done => done,
    }
}

/// Few tables, because each costs two rows and four kilobytes when an account is made; keys are what rows are found by,
/// and their order is the order in which rows expire.
const TABLES: [&str; 5] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL,
        attempt BLOB NOT NULL,
        sub TEXT NOT NULL,
        epoch INTEGER NOT NULL,
        active INTEGER NOT NULL,
        created_at INTEGER NOT NULL,
        modified_at INTEGER NOT NULL,
        deleted_at INTEGER,
        version INTEGER NOT NULL,
        profile TEXT NOT NULL,
        device_key BLOB NOT NULL,
        password BLOB,
        verifier BLOB,
        failures BLOB,
        logouts TEXT,
        readable_from INTEGER NOT NULL DEFAULT 3
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE session (
        id BLOB PRIMARY KEY,
        attempt BLOB NOT NULL,
        epoch INTEGER NOT NULL,
        auth_time INTEGER NOT NULL,
        expires_at INTEGER NOT NULL,
        amr TEXT NOT NULL,
        device BLOB,
        origin TEXT
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE consent (
        client BLOB NOT NULL,
        id BLOB NOT NULL,
        client_id TEXT NOT NULL,
        face BLOB NOT NULL,
        scopes TEXT NOT NULL,
        at INTEGER NOT NULL,
        declined TEXT,
        shown TEXT,
        PRIMARY KEY (client, id)
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE family (
        id BLOB PRIMARY KEY,
        code BLOB NOT NULL,
        attempt BLOB NOT NULL,
        client BLOB NOT NULL,
        consent BLOB NOT NULL,
        session BLOB NOT NULL,
        offline INTEGER NOT NULL,
        epoch INTEGER NOT NULL,
        scopes TEXT NOT NULL,
        code_expires_at INTEGER NOT NULL,
        access_lifetime INTEGER NOT NULL,
        used_at INTEGER NOT NULL,
        ends_at INTEGER,
        idle INTEGER,
        current INTEGER,
        previous INTEGER,
        previous_at INTEGER,
        recent BLOB NOT NULL,
        floor INTEGER NOT NULL,
        revoked_at INTEGER,
        context TEXT NOT NULL
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE event (
        id BLOB PRIMARY KEY,
        kind TEXT NOT NULL,
        client BLOB,
        client_id TEXT,
        shown TEXT
    ) STRICT, WITHOUT ROWID",
];
