//! The logic of each Durable Object, over the small [`sql::Sql`] port: synchronous, so that no other request can come
//! between what a step reads and what it writes.
//!
//! The same functions run inside the objects in workerd and, in host tests, on SQLite.

pub mod account;
pub mod directory;
pub mod hasher;
pub mod registry;
pub mod replay;
pub mod sql;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::base::UnixTime;

/// A question to an object: one variant of the object's `Command`, and the type of its answer.
pub trait Ask: Into<Self::Command> {
    /// The commands of the object.
    type Command: DeserializeOwned + Serialize;
    /// The answer.
    type Reply: DeserializeOwned + Serialize;
}

/// What an object sends back.
#[derive(Debug, Deserialize, Serialize)]
pub struct Answered<R> {
    /// The object's own clock when it decided.
    pub now: UnixTime,
    /// Rows written by the step, alarms included.
    pub rows_written: u64,
    /// The answer itself.
    pub reply: R,
}

/// A reply that has been encoded, with its type checked against the command's by [`encode`].
pub type Encoded = Box<serde_json::value::RawValue>;

/// Encodes the reply to `A`.
///
/// # Errors
/// When a reply cannot be encoded, which is a defect.
pub fn encode<A: Ask>(reply: &A::Reply) -> Result<Encoded, sql::SqlFault> {
    serde_json::value::to_raw_value(reply).map_err(|error| sql::SqlFault::Failed(error.to_string()))
}

/// Whether a reply, which is that to a question that can be refused, is a refusal.
#[must_use]
pub fn is_refusal(reply: &Encoded) -> bool {
    reply.get().starts_with(r#"{"Err":"#)
}

/// One atomic step and its encoded reply.
fn answer<A: Ask>(
    sql: &dyn sql::Sql,
    ask: A,
    step: impl FnOnce(A) -> Result<A::Reply, sql::SqlFault>,
) -> Result<Encoded, sql::SqlFault> {
    sql::atomically(sql, || encode::<A>(&step(ask)?))
}

/// Makes `$ask` a question to the object of the module above, whose answer is `$reply`.
macro_rules! ask {
    ($ask:ident -> $reply:ty) => {
        impl From<$ask> for super::Command {
            fn from(ask: $ask) -> Self {
                Self::$ask(ask.into())
            }
        }

        impl crate::store::Ask for $ask {
            type Command = super::Command;
            type Reply = $reply;
        }
    };
}
use ask;
