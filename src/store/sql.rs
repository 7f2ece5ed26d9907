//! The port to an object's own database.

use crate::base::{
    AccountId, AssertionKey, AttemptId, CodeId, DeviceId, FamilyId, GrantId, LinkKey, RegistrationAccessId, Seconds,
    SessionId, UnixTime,
};
use crate::oauth::client::{ClientId, ClientKey, ClientVersion, FaceDigest, ShownFace};
use crate::oauth::person::profile::Profile;
use crate::oauth::scope::Scopes;
use crate::sign_in::device::DeviceKey;
use crate::sign_in::login_name::LoginName;
use crate::sign_in::origin::Origin;
use crate::sign_in::password::{PasswordParameters, Verifier};

/// One SQLite database, used by one synchronous step at a time.
pub trait Sql {
    /// Runs one statement and takes all its rows: a cursor left open makes the commit fail and loses every write of the
    /// step.
    ///
    /// # Errors
    /// [`SqlFault`]; nothing that a request says may cause one.
    fn run(&self, statement: &str, parameters: &[Value]) -> Result<Vec<Row>, SqlFault>;

    /// Runs `step` so that all its writes stay or none does. An error undoes them and is returned.
    ///
    /// # Errors
    /// The error of `step`, or that of the commit.
    fn atomically(&self, step: &mut dyn FnMut() -> Result<(), SqlFault>) -> Result<(), SqlFault>;

    /// Rows written since the port was made, as the platform counts and bills them.
    fn rows_written(&self) -> u64;
}

impl dyn Sql + '_ {
    /// The rows that `statement` finds, each read whole.
    ///
    /// # Errors
    /// [`SqlFault`]; [`SqlFault::Corrupt`] when the columns are not those of `T`.
    pub fn all<T: FromRow>(&self, statement: &str, parameters: &[Value]) -> Result<Vec<T>, SqlFault> {
        self.run(statement, parameters)?.into_iter().map(T::from_row).collect()
    }

    /// The first row that `statement` finds.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub fn first<T: FromRow>(&self, statement: &str, parameters: &[Value]) -> Result<Option<T>, SqlFault> {
        self.run(statement, parameters)?.into_iter().next().map(T::from_row).transpose()
    }

    /// The columns of `T`, of the rows that `from` names: a statement without its beginning.
    ///
    /// # Errors
    /// As [`Self::all`].
    pub fn select<T: Columns>(&self, from: &str, parameters: &[Value]) -> Result<Vec<T>, SqlFault> {
        self.all(&["SELECT ", &T::NAMES.join(", "), " ", from].concat(), parameters)
    }

    /// Writes a row, each column beside its value. `or` says what to do where there is one with the same key; empty where that
    /// cannot be.
    ///
    /// # Errors
    /// When the database fails.
    pub fn insert<const N: usize>(&self, table: &str, row: [(&str, Value); N], or: &str) -> Result<(), SqlFault> {
        let (names, values) = split(row);
        let places = vec!["?"; N].join(", ");
        let statement = ["INSERT INTO ", table, " (", &names.join(", "), ") VALUES (", &places, ") ", or].concat();
        self.run(statement.trim_end(), &values).map(|_| ())
    }

    /// Changes the columns of the rows that `which` says, each column beside its value; `parameters` are those of `which`.
    ///
    /// # Errors
    /// When the database fails.
    pub fn update<const N: usize>(
        &self,
        table: &str,
        row: [(&str, Value); N],
        which: &str,
        parameters: &[Value],
    ) -> Result<(), SqlFault> {
        let (names, mut values) = split(row);
        values.extend_from_slice(parameters);
        let statement = ["UPDATE ", table, " SET ", &names.join(" = ?, "), " = ? ", which].concat();
        self.run(statement.trim_end(), &values).map(|_| ())
    }
}

fn split<const N: usize>(row: [(&str, Value); N]) -> (Vec<&str>, Vec<Value>) {
    row.into_iter().unzip()
}

/// [`Sql::atomically`] for a step with a result.
///
/// # Errors
/// The error of `step`, or that of the commit.
pub fn atomically<T>(sql: &dyn Sql, step: impl FnOnce() -> Result<T, SqlFault>) -> Result<T, SqlFault> {
    let mut step = Some(step);
    let mut outcome = None;
    sql.atomically(&mut || {
        if let Some(step) = step.take() {
            outcome = Some(step()?);
        }
        Ok(())
    })?;
    outcome.ok_or_else(|| SqlFault::Failed("the step did not run".to_owned()))
}

/// Why a statement failed. Ours, never the caller's fault.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SqlFault {
    /// A stored row is not of the form that this release knows.
    #[error("a stored row is malformed: {0}")]
    Corrupt(&'static str),
    /// What the database said.
    #[error("the database failed: {0}")]
    Failed(String),
    /// The object was never given its tables: there is nothing here.
    #[error("the object has no tables")]
    NoTables,
    /// A later release has changed the tables so that this one would misread them.
    #[error("the tables are for releases with schema {readable_from} or later")]
    TooNew {
        /// The earliest schema whose release can read them.
        readable_from: u32,
    },
}

impl SqlFault {
    /// From the database's own message.
    #[must_use]
    pub fn from_message(message: String) -> Self {
        if message.contains("no such table") { Self::NoTables } else { Self::Failed(message) }
    }
}

/// One value of a STRICT table.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    /// INTEGER; within 53 bits, because the platform carries it as a double.
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// One row, read column by column in the order of the statement.
#[derive(Clone, Debug)]
pub struct Row(std::vec::IntoIter<Value>);

impl Row {
    /// A row of these columns.
    #[must_use]
    pub fn new(columns: Vec<Value>) -> Self {
        Self(columns.into_iter())
    }

    /// The next column.
    ///
    /// # Errors
    /// [`SqlFault::Corrupt`] when there is none or it is of another type.
    pub fn take<T: FromValue>(&mut self) -> Result<T, SqlFault> {
        let value = self.0.next().ok_or(SqlFault::Corrupt("a column is missing"))?;
        T::from_value(value).ok_or(SqlFault::Corrupt(std::any::type_name::<T>()))
    }

    /// There are no more columns.
    ///
    /// # Errors
    /// [`SqlFault::Corrupt`].
    pub fn end(mut self) -> Result<(), SqlFault> {
        self.0.next().map_or(Ok(()), |_| Err(SqlFault::Corrupt("a column too many")))
    }
}

/// What can be read from a row, all of it: a column more or less than expected is a fault.
pub trait FromRow: Sized {
    /// Reads the columns in the order of the statement.
    ///
    /// # Errors
    /// [`SqlFault::Corrupt`].
    fn from_row(row: Row) -> Result<Self, SqlFault>;
}

/// A row whose columns have the names of its fields, so that a statement need not name them again: see [`columns`].
pub trait Columns: FromRow {
    /// The columns.
    const NAMES: &'static [&'static str];
}

/// Makes a structure whose fields are columns of a table.
macro_rules! columns {
    ($(#[$meta:meta])* $visible:vis struct $name:ident {
        $($(#[$about:meta])* $shown:vis $field:ident: $type:ty,)+
    }) => {
        $(#[$meta])*
        $visible struct $name {
            $($(#[$about])* $shown $field: $type,)+
        }

        impl $crate::store::sql::FromRow for $name {
            fn from_row(mut row: $crate::store::sql::Row) -> Result<Self, $crate::store::sql::SqlFault> {
                let whole = Self { $($field: row.take()?,)+ };
                row.end().map(|()| whole)
            }
        }

        impl $crate::store::sql::Columns for $name {
            const NAMES: &'static [&'static str] = &[$(stringify!($field)),+];
        }
    };
}
pub(crate) use columns;

/// A tuple of columns.
macro_rules! tuple {
    ($($column:ident),+) => {
        impl<$($column: FromValue),+> FromRow for ($($column,)+) {
            fn from_row(mut row: Row) -> Result<Self, SqlFault> {
                let whole = ($(row.take::<$column>()?,)+);
                row.end().map(|()| whole)
            }
        }
    };
}
tuple!(A);
tuple!(A, B);
tuple!(A, B, C);
tuple!(A, B, C, D);
tuple!(A, B, C, D, E);
tuple!(A, B, C, D, E, F);

/// What can be read from a column.
pub trait FromValue: Sized {
    /// `None` when the value is of another type or out of range.
    fn from_value(value: Value) -> Option<Self>;
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: Value) -> Option<Self> {
        match value {
            Value::Null => Some(None),
            value => T::from_value(value).map(Some),
        }
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Both directions for one type: which variant carries it, and how.
macro_rules! column {
    ($type:ty, $variant:ident, $to:expr, $from:expr) => {
        impl From<$type> for Value {
            fn from(value: $type) -> Self {
                let to: fn($type) -> _ = $to;
                Self::$variant(to(value))
            }
        }

        impl FromValue for $type {
            fn from_value(value: Value) -> Option<Self> {
                let from: fn(_) -> Option<Self> = $from;
                if let Value::$variant(inner) = value { from(inner) } else { None }
            }
        }
    };
}

column!(i64, Integer, |value| value, Some);
column!(u32, Integer, i64::from, |value: i64| value.try_into().ok());
column!(bool, Integer, i64::from, |value: i64| match value {
    0 => Some(false),
    1 => Some(true),
    _ => None,
});
column!(UnixTime, Integer, UnixTime::as_secs, |value| Some(Self::from_secs(value)));
column!(Seconds, Integer, |value| i64::from(value.get()), |value: i64| value.try_into().ok().map(Self::new));
column!(String, Text, |value| value, Some);
column!(Scopes, Text, |value| value.to_string(), |value: String| Self::parse(&value).ok());
column!(LoginName, Text, |value| value.to_string(), |value: String| Self::parse(&value).ok());
// Texts, lists and truth values always become JSON.
column!(Profile, Text, |value| serde_json::to_string(&value).unwrap_or_default(), |value: String| {
    serde_json::from_str(&value).ok()
});
// What another release wrote of an origin is shown as far as it is understood.
column!(Origin, Text, |value| serde_json::to_string(&value).unwrap_or_default(), |value: String| {
    Some(serde_json::from_str(&value).unwrap_or_default())
});
column!(ShownFace, Text, |value| serde_json::to_string(&value).unwrap_or_default(), |value: String| {
    serde_json::from_str(&value).ok()
});
column!(Vec<u8>, Blob, |value| value, Some);
column!(AccountId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(AssertionKey, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(AttemptId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(ClientId, Text, |value| value.to_string(), |value: String| Self::parse(&value));
column!(ClientVersion, Integer, |value| i64::from(value.0), |value: i64| value.try_into().ok().map(Self));
column!(ClientKey, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(CodeId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(DeviceId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(DeviceKey, Blob, |value| value.expose().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(PasswordParameters, Blob, |value| value.to_bytes(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(Verifier, Blob, |value| value.expose().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(FaceDigest, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(FamilyId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(GrantId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(LinkKey, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(RegistrationAccessId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });
column!(SessionId, Blob, |value| value.as_bytes().to_vec(), |value: Vec<u8>| { Self::from_slice(&value) });

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_read_as_what_they_are() {
        let mut row = Row::new(vec![Value::Integer(1), Value::Null, Value::Integer(2), Value::Blob(vec![1; 16])]);
        assert_eq!(row.take::<bool>(), Ok(true));
        assert_eq!(row.take::<Option<u32>>(), Ok(None));
        assert!(matches!(row.take::<bool>(), Err(SqlFault::Corrupt(_))));
        assert_eq!(row.take::<GrantId>(), Ok(GrantId::from_bytes([1; 16])));
        assert!(matches!(row.take::<i64>(), Err(SqlFault::Corrupt(_))));
    }
}
