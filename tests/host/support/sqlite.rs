//! The Sql port on SQLite in memory, with rows counted as the platform counts them: one for each row that is inserted,
//! updated or deleted, two for a table that is made; that of the catalogue's index is not counted.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use grantry::store::remembered::Memory;
use grantry::store::sql::{Row, Sql, SqlFault, Value};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, StatementStatus, params_from_iter};

/// What does not grow: one row, the rows of the statement itself, and the names of tables.
const SMALL: [&str; 5] = ["head", "CONSTANT", "(subquery-2)", "number", "sqlite_master"];

/// How the statements begin that may go through a table from its beginning, and why.
const SCANS: &[&str] = &[
    // They end with the first rows.
    "SELECT 1 FROM pending LIMIT 1",
    "SELECT 1 FROM spent LIMIT 1",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM family) OR EXISTS (SELECT 1 FROM session)",
    "SELECT client, max(used_at), count(*) FROM (SELECT client, used_at FROM family ORDER BY id DESC LIMIT ?)",
    "SELECT coalesce(device, id), origin, (SELECT count(*) FROM (SELECT 1 FROM session LIMIT ?2))",
    "SELECT coalesce(device, id) AS browser, id, max(auth_time), expires_at, origin FROM (SELECT * FROM session ORDER",
    "SELECT coalesce(session.device, session.id) AS browser, max(code_expires_at) FROM (SELECT session, code_expires_at FROM",
    "SELECT auth_time AS at, ?3 AS kind, NULL AS client_id, NULL AS shown FROM (SELECT auth_time FROM session ORDER BY id DESC LIMIT ?1)",
    "SELECT id, expires_at FROM session ORDER BY id LIMIT ?",
    "SELECT id, kind, client_id, shown FROM event ORDER BY id DESC LIMIT ?",
    // An account has at most a hundred events.
    "DELETE FROM event WHERE id NOT IN",
    "SELECT 1 FROM event WHERE id > ?",
    // At most a thousand clients register themselves in a day.
    "SELECT count(*), count(CASE WHEN at > ? THEN 1 END)",
    "SELECT id FROM self_registration WHERE at <= ? ORDER BY at LIMIT ?",
    "SELECT min(at) FROM self_registration",
    // The end of sessions looks for those that hold tokens of them: it reads the account's sessions and families.
    "DELETE FROM session WHERE COALESCE(device, id) <> ?",
    "DELETE FROM session WHERE id = ? OR device = ?",
    "SELECT DISTINCT family.session, consent.client_id FROM family JOIN consent",
    // The daily clean-up reads the account's families once for 200 grants.
    "DELETE FROM consent WHERE (client, id) > (?, ?)",
    // As many as are passed over; a search reads the catalogue.
    "SELECT entry FROM published",
    "SELECT sub, user_name, email, display_name, active, created_at, modified_at, version FROM person WHERE",
    // Once, when an account ends, or when the tables of an earlier release are brought up to date.
    "DELETE FROM link WHERE account = ?",
    "UPDATE head SET people = (SELECT COUNT(*)",
    // Tests look at whole tables.
    "SELECT * FROM ",
];

/// One object's database.
pub struct Sqlite {
    /// What the object remembers of it, as the instance of an object does that lives on.
    pub memory: Memory,
    connection: Connection,
    rows_written: Cell<u64>,
    steps: Cell<u64>,
    /// The statements whose plans were looked at.
    planned: RefCell<BTreeSet<String>>,
    /// Fails the statement that would be run after this many more.
    fails_after: Cell<Option<u32>>,
}

impl Sqlite {
    /// An empty database.
    pub fn new() -> Self {
        let connection = Connection::open_in_memory().expect("SQLite opens in memory");
        Self {
            memory: Memory::default(),
            connection,
            rows_written: Cell::new(0),
            steps: Cell::new(0),
            planned: RefCell::default(),
            fails_after: Cell::new(None),
        }
    }

    /// The database of an object that has its tables, which no test counts among what a step writes.
    #[allow(dead_code, reason = "not every test program has such an object")]
    pub fn opened(open: fn(&dyn Sql) -> Result<(), SqlFault>) -> Self {
        let sql = Self::new();
        open(&sql).expect("opened");
        sql.rows_written.set(0);
        sql
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

    /// Whether no step has written anything: there is no row but the head that the object made for itself.
    pub fn is_unused(&self) -> bool {
        self.rows_written() == 0 && self.dump().iter().all(|row| row.starts_with("head: "))
    }

    /// What the database has done so far, in steps of SQLite's virtual machine: the same at every run, and more where more rows
    /// are read.
    #[allow(dead_code, reason = "not every test program looks at the effort")]
    pub fn steps(&self) -> u64 {
        self.steps.get()
    }

    /// No statement of ours reads a table through whose rows grow in number, unless [`SCANS`] says why it may.
    fn expect_bounded(&self, statement: &str) {
        let is_ours = ["SELECT", "WITH", "INSERT", "UPDATE", "DELETE"].iter().any(|verb| statement.starts_with(verb));
        if !is_ours || !self.planned.borrow_mut().insert(statement.to_owned()) {
            return;
        }
        let mut plan = self.connection.prepare(&["EXPLAIN QUERY PLAN ", statement].concat()).expect("a plan");
        let parameters = vec![rusqlite::types::Null; plan.parameter_count()];
        let details = plan.query_map(params_from_iter(parameters), |row| row.get::<_, String>(3)).expect("a plan");
        for detail in details {
            let detail = detail.expect("a line of the plan");
            let table = detail.strip_prefix("SCAN ").map(|rest| rest.split(' ').next().unwrap_or(rest));
            assert!(
                table.is_none_or(|table| SMALL.contains(&table))
                    || SCANS.iter().any(|scan| statement.starts_with(scan)),
                "{detail}: {statement}"
            );
        }
    }

    /// Makes the rows as a test wants to find them: what no step does, and nothing that a step is measured by.
    #[allow(dead_code, reason = "not every test program needs rows that no step writes")]
    pub fn arrange(&self, statement: &str, parameters: &[Value]) {
        self.memory.clear();
        self.connection.execute(statement, params_from_iter(parameters.iter().map(native))).expect("arranged");
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

fn native(value: &Value) -> rusqlite::types::Value {
    match value {
        Value::Null => rusqlite::types::Value::Null,
        Value::Integer(integer) => (*integer).into(),
        Value::Text(text) => text.clone().into(),
        Value::Blob(blob) => blob.clone().into(),
    }
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
        let mut prepared = self.connection.prepare(statement).map_err(|error| failed(&error))?;
        self.expect_bounded(statement);
        let writes = !prepared.readonly();
        assert!(!writes || !self.connection.is_autocommit(), "a write that nothing undoes: {statement}");
        let columns = prepared.column_count();
        let mut cursor =
            prepared.query(params_from_iter(parameters.iter().map(native))).map_err(|error| failed(&error))?;
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
        let steps = prepared.get_status(StatementStatus::VmStep);
        self.steps.set(self.steps.get() + u64::try_from(steps).expect("a count"));
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
