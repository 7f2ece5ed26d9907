//! What an object can be asked. Each question is a type that says what it does, what is answered, and how it is carried out.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::sql::{Sql, SqlFault};
use crate::base::UnixTime;

/// A question to an object. It is sent as a variant of the object's `Command`, which lists all questions.
pub trait Ask {
    type Reply: Reply;

    /// Whether the step writes nothing, so that it needs no transaction.
    const ONLY_READS: bool;

    /// Whether it is asked again and again and reads the same rows each time, which the object then keeps in memory.
    const IS_FREQUENT: bool = false;

    /// Whether it may write rows that expire, for which the object needs an alarm that deletes them.
    const ROWS_EXPIRE: bool = false;

    /// Whether it may end sessions, of which clients then have to be told.
    const MAY_END_SESSIONS: bool = false;

    /// Carries it out at `now`, by the object's own clock. Synchronous: nothing comes between what it reads and what it writes.
    ///
    /// # Errors
    /// [`SqlFault`] when the database fails; then nothing that the step wrote is kept.
    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault>;
}

/// An answer.
pub trait Reply: DeserializeOwned + Serialize {
    /// Whether it says that nothing was done.
    fn is_refusal(&self) -> bool {
        false
    }
}

impl<T: DeserializeOwned + Serialize, E: DeserializeOwned + Serialize> Reply for Result<T, E> {
    fn is_refusal(&self) -> bool {
        self.is_err()
    }
}

impl<T: DeserializeOwned + Serialize> Reply for Option<T> {}

impl Reply for () {}

impl Reply for u32 {}

/// What a command says of itself, for the object that carries it out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub struct Effects {
    /// See [`Ask::ONLY_READS`].
    pub only_reads: bool,
    /// See [`Ask::IS_FREQUENT`].
    pub is_frequent: bool,
    /// See [`Ask::ROWS_EXPIRE`].
    pub rows_expire: bool,
    /// See [`Ask::MAY_END_SESSIONS`].
    pub may_end_sessions: bool,
}

impl Effects {
    /// Those of `A`.
    #[must_use]
    pub const fn of<A: Ask>() -> Self {
        const { assert!(!A::ONLY_READS || !(A::ROWS_EXPIRE || A::MAY_END_SESSIONS), "what only reads changes nothing") };
        Self {
            only_reads: A::ONLY_READS,
            is_frequent: A::IS_FREQUENT,
            rows_expire: A::ROWS_EXPIRE,
            may_end_sessions: A::MAY_END_SESSIONS,
        }
    }
}
