//! The tables of a replay object. `docs/storage.md` describes them.

/// The version that this release writes, in the head row.
pub const VERSION: u32 = 1;

/// Keys are digests, spread evenly: whatever key comes in, the rows behind it are a fair sample of all, so that clean-up on
/// the way needs no index over the times.
pub const TABLES: [&str; 2] = [
    "CREATE TABLE head (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        schema INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
    "CREATE TABLE spent (
        key BLOB PRIMARY KEY,
        attempt BLOB NOT NULL,
        expires_at INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID",
];
