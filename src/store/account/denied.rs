//! Why a command was not carried out.

use serde::{Deserialize, Serialize};

/// Why a command of an account was not carried out; refusals of tokens are [`crate::oauth::token::family::Refusal`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Denied {
    #[error("the account is disabled")]
    Disabled,
    /// The session has ended, or began too long ago for this command.
    #[error("the session has ended")]
    SessionEnded,
    #[error("no such account")]
    Unknown,
}
