//! The versions of an object's tables. The head row says of which version they are, and from which version on a release can read them.
//!
//! A release brings the tables of earlier ones to its own version when an instance of the object is first asked. There is no way back,
//! but two releases that follow each other can read each other's tables, because for minutes after a deployment an object may
//! run the earlier one.

use super::sql::{Sql, SqlFault, Value, atomically};

/// The tables of an object.
pub struct Schema {
    /// The version of [`Self::tables`].
    pub version: u32,
    /// The earliest version whose release can read these tables.
    pub readable_from: u32,
    /// What makes them. The table `head` has one row, with the columns `schema` and `readable_from`.
    pub tables: &'static [&'static str],
    /// What leads from each version to the next, from version 1 on.
    pub migrations: &'static [&'static [&'static str]],
}

impl Schema {
    /// Makes the tables of an object that has none, or brings those of an earlier release up to date. For the first command
    /// that an instance of the object gets.
    ///
    /// # Errors
    /// When the database fails, or when this release cannot read the tables; then they are as they were.
    pub fn open(&self, sql: &dyn Sql) -> Result<(), SqlFault> {
        match self.migrate(sql) {
            Err(SqlFault::NoTables) => atomically(sql, || {
                self.make_tables(sql)?;
                sql.insert("head", [("one", 1_u32.into()), self.schema(), self.readable_from()], "")
            }),
            done => done,
        }
    }

    /// Makes the tables, and no row.
    ///
    /// # Errors
    /// When the database fails.
    pub fn make_tables(&self, sql: &dyn Sql) -> Result<(), SqlFault> {
        self.tables.iter().try_for_each(|table| sql.run(table, &[]).map(|_| ()))
    }

    /// Brings the tables of an earlier release up to date.
    ///
    /// # Errors
    /// As [`Self::open`], and [`SqlFault::NoTables`] when there are none.
    pub fn migrate(&self, sql: &dyn Sql) -> Result<(), SqlFault> {
        let (schema,): (u32,) = sql.first("SELECT schema FROM head", &[])?.ok_or(SqlFault::Corrupt("head"))?;
        if schema < self.version {
            let done = usize::try_from(schema.saturating_sub(1)).unwrap_or_default();
            return atomically(sql, || {
                for statement in self.migrations.iter().skip(done).copied().flatten() {
                    sql.run(statement, &[])?;
                }
                sql.update("head", [self.schema(), self.readable_from()], "", &[])
            });
        }
        let readable_from = sql.first("SELECT readable_from FROM head", &[])?;
        let (readable_from,): (u32,) = readable_from.ok_or(SqlFault::Corrupt("head"))?;
        if readable_from > self.version { Err(SqlFault::TooNew { readable_from }) } else { Ok(()) }
    }

    /// The column `schema` of the head row.
    #[must_use]
    pub fn schema(&self) -> (&'static str, Value) {
        ("schema", self.version.into())
    }

    /// The column `readable_from` of the head row.
    #[must_use]
    pub fn readable_from(&self) -> (&'static str, Value) {
        ("readable_from", self.readable_from.into())
    }
}
