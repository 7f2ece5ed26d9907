//! The Sql port on an object's SQLite database.

use std::cell::Cell;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use worker::State;

use crate::edge::js::{self, message};
use crate::store::sql::{Row, Sql, SqlFault, Value};

/// The largest integer that a JavaScript number holds exactly.
const MAX_SAFE_INTEGER: f64 = 9_007_199_254_740_991.0;

/// The database of one object, for one step.
pub struct Database {
    storage: js::Storage,
    sql: js::SqlStorage,
    rows_written: Cell<u64>,
}

impl Database {
    pub fn of(state: &State) -> Self {
        let storage: js::Storage = JsValue::from(state.storage().as_raw()).unchecked_into();
        let sql = storage.sql();
        Self { storage, sql, rows_written: Cell::new(0) }
    }

    /// Counts what no cursor shows: an alarm is billed as one row.
    pub fn count_alarm(&self) {
        self.rows_written.set(self.rows_written.get().saturating_add(1));
    }
}

/// The tables of an object, which are made or brought up to date for the first command of an instance.
pub struct Tables {
    open: fn(&dyn Sql) -> Result<(), SqlFault>,
    are_open: Cell<bool>,
}

impl Tables {
    pub const fn new(open: fn(&dyn Sql) -> Result<(), SqlFault>) -> Self {
        Self { open, are_open: Cell::new(false) }
    }

    /// The database with the tables of this release.
    pub fn of(&self, state: &State) -> Result<Database, SqlFault> {
        let database = Database::of(state);
        if !self.are_open.get() {
            (self.open)(&database)?;
            self.are_open.set(true);
        }
        Ok(database)
    }
}

impl Sql for Database {
    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, SqlFault> {
        let parameters: Array = parameters.iter().map(parameter).collect();
        let cursor = self.sql.exec(statement, &parameters).map_err(thrown)?;
        let rows = cursor.raw().map_err(thrown)?.to_array().map_err(thrown)?;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
        let written = cursor.rows_written() as u64;
        self.rows_written.set(self.rows_written.get().saturating_add(written));
        rows.iter()
            .map(|row| {
                row.unchecked_into::<Array>().iter().map(|value| column(&value)).collect::<Result<_, _>>().map(Row::new)
            })
            .collect()
    }

    fn atomically(&self, step: &mut dyn FnMut() -> Result<(), SqlFault>) -> Result<(), SqlFault> {
        let mut fault = None;
        let mut run = || match step() {
            Ok(()) => Ok(JsValue::UNDEFINED),
            Err(error) => {
                fault = Some(error);
                // Only a throw undoes the writes of the step.
                Err(js_sys::Error::new("the step failed").into())
            }
        };
        let outcome = self.storage.transaction_sync(&mut run);
        match (fault, outcome) {
            (Some(fault), _) => Err(fault),
            (None, Err(error)) => Err(thrown(error)),
            (None, Ok(_)) => Ok(()),
        }
    }

    fn rows_written(&self) -> u64 {
        self.rows_written.get()
    }
}

fn parameter(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        #[expect(clippy::cast_precision_loss, reason = "the port's integers are within 53 bits")]
        Value::Integer(integer) => JsValue::from_f64(*integer as f64),
        Value::Text(text) => JsValue::from_str(text),
        Value::Blob(blob) => Uint8Array::from(blob.as_slice()).into(),
    }
}

fn column(value: &JsValue) -> Result<Value, SqlFault> {
    if value.is_null() {
        Ok(Value::Null)
    } else if let Some(number) = value.as_f64() {
        if number.trunc().to_bits() != number.to_bits() || number.abs() > MAX_SAFE_INTEGER {
            return Err(SqlFault::Corrupt("an integer is not within 53 bits"));
        }
        #[expect(clippy::cast_possible_truncation, reason = "checked above")]
        let integer = number as i64;
        Ok(Value::Integer(integer))
    } else if let Some(text) = value.as_string() {
        Ok(Value::Text(text))
    } else if value.is_object() {
        Ok(Value::Blob(Uint8Array::new(value).to_vec()))
    } else {
        Err(SqlFault::Corrupt("a column of an unknown type"))
    }
}

fn thrown(thrown: JsValue) -> SqlFault {
    SqlFault::from_message(message(&thrown))
}
