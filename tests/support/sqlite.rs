//! The Sql port on SQLite in memory, with rows counted as the platform counts them: one for each row that is inserted,
//! updated or deleted (the tables have no secondary indexes), two for a table that is made.

use std::cell::Cell;

use grantry::store::sql::{Row, Sql, SqlFault, Value};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, params_from_iter};

/// One object's database.
pub struct Sqlite {
    connection: Connection,
    rows_written: Cell<u64>,
    /// Fails the statement that would be run after this many more.
    fails_after: Cell<Option<u32>>,
}

impl Sqlite {
    /// An empty database.
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().expect("SQLite opens in memory");
        Self { connection, rows_written: Cell::new(0), fails_after: Cell::new(None) }
    }

    /// Everything that is stored, for comparing before and after.
    #[allow(dead_code, reason = "not every test program compares contents")]
    pub fn dump(&self) -> Vec<String> {
        let mut contents = Vec::new();
        let tables =
            self.run("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name", &[]).expect("tables");
        for mut table in tables {
            let table: String = table.take().expect("a name");
            for row in self.run(&format!("SELECT * FROM {table}"), &[]).expect("rows") {
                contents.push(format!("{table}: {row:?}"));
            }
        }
        contents
    }

    /// Lets `statements` more statements succeed and the next one fail.
    #[allow(dead_code, reason = "not every test program injects failures")]
    pub fn fail_after(&self, statements: u32) {
        self.fails_after.set(Some(statements));
    }
}

fn failed(error: &rusqlite::Error) -> SqlFault {
    SqlFault::from_message(error.to_string())
}

impl Sql for Sqlite {
    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, SqlFault> {
        match self.fails_after.get() {
            Some(0) => {
                self.fails_after.set(None);
                return Err(SqlFault::Failed("injected".to_owned()));
            }
            Some(left) => self.fails_after.set(Some(left - 1)),
            None => {}
        }
        let parameters = parameters.iter().map(|value| match value {
            Value::Null => rusqlite::types::Value::Null,
            Value::Integer(integer) => (*integer).into(),
            Value::Text(text) => text.clone().into(),
            Value::Blob(blob) => blob.clone().into(),
        });
        let mut prepared = self.connection.prepare(statement).map_err(|error| failed(&error))?;
        let writes = !prepared.readonly();
        let columns = prepared.column_count();
        let mut cursor = prepared.query(params_from_iter(parameters)).map_err(|error| failed(&error))?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().map_err(|error| failed(&error))? {
            let column = |index| match row.get_ref(index).expect("the column exists") {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(integer) => Value::Integer(integer),
                ValueRef::Text(text) => Value::Text(String::from_utf8(text.to_vec()).expect("UTF-8")),
                ValueRef::Blob(blob) => Value::Blob(blob.to_vec()),
                ValueRef::Real(_) => panic!("no table has a REAL column"),
            };
            rows.push(Row::new((0..columns).map(column).collect()));
        }
        drop(cursor);
        drop(prepared);
        if writes {
            let rows = if statement.starts_with("CREATE") { 2 } else { self.connection.changes() };
            self.rows_written.set(self.rows_written.get() + rows);
        }
        Ok(rows)
    }

    fn atomically(&self, step: &mut dyn FnMut() -> Result<(), SqlFault>) -> Result<(), SqlFault> {
        self.connection.execute_batch("SAVEPOINT step").map_err(|error| failed(&error))?;
        let outcome = step();
        let end = if outcome.is_ok() { "RELEASE step" } else { "ROLLBACK TO step; RELEASE step" };
        self.connection.execute_batch(end).map_err(|error| failed(&error))?;
        outcome
    }

    fn rows_written(&self) -> u64 {
        self.rows_written.get()
    }
}
