//! An object's memory of the rows that it read.
//!
//! An object is the only writer of its database, and its steps follow each other. So what a step read is valid until something is written to
//! the table. An API that checks a token again and again, or an app that refreshes, would read the same rows each time.
//!
//! The head row is read each time all the same. It says whether the account may be used and which epoch is dead, and a read makes the
//! platform check that this instance is still the object's only one.
//!
//! Rows are known by the text of their statement. Every write passes through here and names its table first, so a write that is
//! added later cannot be forgotten.

use std::cell::RefCell;

use super::sql::{Row, Sql, SqlFault, Value};

/// What every statement that reads the head row says.
const HEAD: &str = " FROM head";

/// The maximum of statements that are remembered: those of some apps in some browsers.
const MOST: usize = 16;

/// The maximum of rows of a statement that is remembered. Lists are not remembered.
const FEW: usize = 2;

/// What was read. Empty in a new instance of the object.
///
/// It is not a [`Cache`](crate::base::Cache), although the oldest makes room here too: a write forgets what was read from one
/// table, whatever the parameters, and an answer is found by a statement and parameters that nobody copied.
#[derive(Default)]
pub struct Memory(RefCell<Vec<Read>>);

/// A statement, and the few rows that it found.
struct Read {
    statement: String,
    parameters: Vec<Value>,
    rows: Vec<Row>,
}

impl Memory {
    /// Forgets everything.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    fn find(&self, statement: &str, parameters: &[Value]) -> Option<Vec<Row>> {
        let known = self.0.borrow();
        let read = known.iter().find(|read| read.parameters == parameters && read.statement == statement)?;
        Some(read.rows.clone())
    }

    fn keep(&self, statement: &str, parameters: &[Value], rows: Vec<Row>) {
        let mut known = self.0.borrow_mut();
        if known.len() >= MOST {
            known.remove(0);
        }
        known.push(Read { statement: statement.to_owned(), parameters: parameters.to_vec(), rows });
    }

    /// Forgets what `statement` may change: what was read from its table. There are no views and no triggers, so every
    /// statement names the tables that it reads.
    fn forget(&self, statement: &str) {
        match written(statement) {
            Some(table) => self.0.borrow_mut().retain(|read| !read.statement.contains(table)),
            None => self.clear(),
        }
    }
}

/// The table that a statement writes; `None` where that is not known.
fn written(statement: &str) -> Option<&str> {
    let verbs = ["INSERT INTO ", "UPDATE ", "DELETE FROM "];
    let rest = verbs.iter().find_map(|verb| statement.strip_prefix(verb))?;
    rest.split([' ', '(']).next().filter(|table| !table.is_empty())
}

/// A database, and what is remembered of it.
pub struct Remembering<'a> {
    sql: &'a dyn Sql,
    memory: &'a Memory,
    /// Whether reads are answered from memory and kept there. Writes are noted in any case.
    keeps: bool,
}

impl<'a> Remembering<'a> {
    /// All writes to the database have to go through a `Remembering` with the same memory.
    pub const fn new(sql: &'a dyn Sql, memory: &'a Memory, keeps: bool) -> Self {
        Self { sql, memory, keeps }
    }
}

impl Sql for Remembering<'_> {
    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, SqlFault> {
        if !statement.starts_with("SELECT ") {
            self.memory.forget(statement);
            return self.sql.run(statement, parameters);
        }
        if !self.keeps || statement.contains(HEAD) {
            return self.sql.run(statement, parameters);
        }
        if let Some(rows) = self.memory.find(statement, parameters) {
            return Ok(rows);
        }
        let rows = self.sql.run(statement, parameters)?;
        if rows.len() <= FEW {
            self.memory.keep(statement, parameters, rows.clone());
        }
        Ok(rows)
    }

    fn atomically(&self, step: &mut dyn FnMut() -> Result<(), SqlFault>) -> Result<(), SqlFault> {
        let outcome = self.sql.atomically(step);
        if outcome.is_err() {
            // What the step read of its own writes was undone.
            self.memory.clear();
        }
        outcome
    }

    fn rows_written(&self) -> u64 {
        self.sql.rows_written()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    /// Counts its answers, and answers with how many there were before.
    #[derive(Default)]
    struct Counting {
        asked: Cell<i64>,
        rows: usize,
    }

    impl Sql for Counting {
        fn run(&self, _: &str, _: &[Value]) -> Result<Vec<Row>, SqlFault> {
            self.asked.set(self.asked.get() + 1);
            Ok(vec![Row::new(vec![self.asked.get().into()]); self.rows])
        }

        fn atomically(&self, step: &mut dyn FnMut() -> Result<(), SqlFault>) -> Result<(), SqlFault> {
            step()
        }

        fn rows_written(&self) -> u64 {
            0
        }
    }

    const GRANT: &str = "SELECT scopes FROM consent WHERE id = ?";
    const SESSION: &str = "SELECT epoch FROM session WHERE id = ?";

    fn asks(sql: &Counting, memory: &Memory, keeps: bool, statement: &str, parameter: i64) -> bool {
        let before = sql.asked.get();
        Remembering::new(sql, memory, keeps).run(statement, &[parameter.into()]).expect("rows");
        sql.asked.get() > before
    }

    #[test]
    fn the_same_question_is_asked_once() {
        let (sql, memory) = (Counting { rows: 1, ..Counting::default() }, Memory::default());
        assert!(asks(&sql, &memory, true, SESSION, 1));
        assert!(!asks(&sql, &memory, true, SESSION, 1), "remembered");
        assert!(asks(&sql, &memory, true, SESSION, 2), "another session");
        assert!(asks(&sql, &memory, true, GRANT, 1), "another statement");
        assert!(asks(&sql, &memory, false, SESSION, 1), "who does not come often is neither answered from memory");
        assert!(asks(&sql, &memory, false, SESSION, 3) && asks(&sql, &memory, true, SESSION, 3), "nor fills it");
        let many = Counting { rows: FEW + 1, ..Counting::default() };
        assert!(asks(&many, &memory, true, GRANT, 7) && asks(&many, &memory, true, GRANT, 7), "lists are not kept");
        let none = Counting::default();
        assert!(
            asks(&none, &memory, true, GRANT, 8) && !asks(&none, &memory, true, GRANT, 8),
            "that nothing is there is"
        );
    }

    #[test]
    fn the_head_row_is_read_each_time() {
        let (sql, memory) = (Counting { rows: 1, ..Counting::default() }, Memory::default());
        for statement in ["SELECT 1 FROM head", "SELECT epoch FROM head WHERE deleted_at IS NULL"] {
            assert!(asks(&sql, &memory, true, statement, 1) && asks(&sql, &memory, true, statement, 1));
        }
    }

    #[test]
    fn what_is_written_is_forgotten_whoever_writes() {
        for (statement, forgets_grant, forgets_session) in [
            ("UPDATE consent SET at = ?", true, false),
            ("INSERT INTO session (id, epoch) VALUES (?, 1)", false, true),
            ("INSERT INTO session(id) VALUES (?)", false, true),
            ("DELETE FROM session WHERE id = ?", false, true),
            ("DELETE FROM family WHERE id = ?", false, false),
            ("INSERT OR REPLACE INTO session VALUES (?)", true, true),
            ("ALTER TABLE consent ADD COLUMN more TEXT", true, true),
            ("WITH x AS (SELECT 1) DELETE FROM session", true, true),
            ("DELETE FROM ", true, true),
        ] {
            for keeps in [true, false] {
                let (sql, memory) = (Counting { rows: 1, ..Counting::default() }, Memory::default());
                assert!(asks(&sql, &memory, true, GRANT, 1) && asks(&sql, &memory, true, SESSION, 1));
                assert!(asks(&sql, &memory, keeps, statement, 1), "a write is always made");
                assert_eq!(asks(&sql, &memory, true, GRANT, 1), forgets_grant, "{statement}");
                assert_eq!(asks(&sql, &memory, true, SESSION, 1), forgets_session, "{statement}");
            }
        }
    }

    #[test]
    fn what_a_step_read_that_failed_is_forgotten() {
        let (sql, memory) = (Counting { rows: 1, ..Counting::default() }, Memory::default());
        let remembering = Remembering::new(&sql, &memory, true);
        let read = || remembering.run(GRANT, &[]).map(|_| ());
        assert_eq!(remembering.atomically(&mut || read()), Ok(()));
        read().expect("rows");
        assert_eq!(sql.asked.get(), 1, "what a step read that did not fail stays");
        let undone = SqlFault::Failed("undone".to_owned());
        assert_eq!(remembering.atomically(&mut || read().and(Err(undone.clone()))), Err(undone.clone()));
        read().expect("rows");
        assert_eq!(sql.asked.get(), 2);
    }

    #[test]
    fn memory_is_bounded() {
        let (sql, memory) = (Counting { rows: 1, ..Counting::default() }, Memory::default());
        for session in 0..100 {
            assert!(asks(&sql, &memory, true, SESSION, session));
            assert!(memory.0.borrow().len() <= MOST);
        }
        assert!(!asks(&sql, &memory, true, SESSION, 99), "the latest is there");
    }
}
