//! Why a change of a client was not made.

use serde::{Deserialize, Serialize};

/// Why a change of a client was not made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Denied {
    /// The client was changed since the caller read it.
    #[error("the client was changed in the meantime")]
    Changed,
    /// Another client has this identifier.
    #[error("the client exists")]
    Exists,
    /// Too many clients have registered themselves lately.
    #[error("too many clients have registered themselves lately")]
    Full,
    /// The developer has as many as one may have.
    #[error("the developer has too many clients")]
    TooMany,
    /// A developer, or the clients that registered themselves, have changed as much as they may in a day.
    #[error("too much was changed today")]
    TooOften,
    #[error("no such client")]
    Unknown,
}
