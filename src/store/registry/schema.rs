//! The tables of a registry. `docs/storage.md` describes them.

/// The version that this release writes, in the head row.
pub const VERSION: u32 = 1;

/// A client's row stays when it is deleted, without a record: its version goes on, so that no older record is ever taken
/// for the newest. What is in `pending` still has to be put into KV.
pub const TABLES: [&str; 3] = [
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
];

/// What the catalogue shows. Made when the first client is published: a registry without a catalogue does without it.
pub const PUBLISHED: &str = "CREATE TABLE IF NOT EXISTS published (
        place TEXT NOT NULL,
        id TEXT NOT NULL,
        searchable TEXT NOT NULL,
        entry TEXT NOT NULL,
        PRIMARY KEY (place, id)
    ) STRICT, WITHOUT ROWID";

/// Which clients are whose. Made when the first developer registers one.
pub const OWNED: &str = "CREATE TABLE IF NOT EXISTS owned (
        owner TEXT NOT NULL,
        id TEXT NOT NULL,
        PRIMARY KEY (owner, id)
    ) STRICT, WITHOUT ROWID";
