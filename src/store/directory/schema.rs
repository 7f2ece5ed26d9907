//! The tables of a directory. `docs/storage.md` describes them.

/// The version that this release writes, in the head row.
pub const VERSION: u32 = 1;

/// A person's row lists the names that she holds, so that they are found without an index.
pub const TABLES: [&str; 3] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL
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
