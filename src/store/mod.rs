//! The logic of each Durable Object, over the small [`sql::Sql`] port: synchronous, so that no other request can come
//! between what a step reads and what it writes.
//!
//! The same functions run inside the objects in workerd and, in host tests, on SQLite.

pub mod account;
pub mod directory;
pub mod hasher;
pub mod names;
pub mod registry;
pub mod remembered;
pub mod replay;
pub mod sql;
pub mod wire;

use serde::Serialize;
use serde::de::DeserializeOwned;

use self::wire::Encoded;

/// A question to an object: one variant of the object's `Command`, and the type of its answer.
pub trait Ask: Into<Self::Command> {
    /// The commands of the object.
    type Command: DeserializeOwned + Serialize;
    /// The answer.
    type Reply: DeserializeOwned + Serialize;

    /// Whether a reply says that nothing was done.
    fn is_refusal(reply: &Self::Reply) -> bool;
}

/// The reply of a step to `A`, encoded.
fn reply<A: Ask>(reply: Result<A::Reply, sql::SqlFault>) -> Result<Encoded, sql::SqlFault> {
    Encoded::of::<A>(&reply?)
}

/// Makes `$ask` a question to the object of the module above, whose answer is `$reply`.
macro_rules! ask {
    ($ask:ident -> Result<$reply:ty, $refusal:ty>) => {
        crate::store::ask!($ask -> Result<$reply, $refusal>, Result::is_err);
    };
    ($ask:ident -> $reply:ty) => {
        crate::store::ask!($ask -> $reply, |_| false);
    };
    ($ask:ident -> $reply:ty, $is_refusal:expr) => {
        impl From<$ask> for super::Command {
            fn from(ask: $ask) -> Self {
                Self::$ask(ask.into())
            }
        }

        impl crate::store::Ask for $ask {
            type Command = super::Command;
            type Reply = $reply;

            fn is_refusal(reply: &$reply) -> bool {
                let is_refusal: fn(&$reply) -> bool = $is_refusal;
                is_refusal(reply)
            }
        }
    };
}
use ask;
