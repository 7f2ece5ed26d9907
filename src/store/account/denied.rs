//! Why a command was not carried out.

use serde::{Deserialize, Serialize};

/// Why a command of an account was not carried out; refusals of tokens are [`crate::oauth::token::family::Refusal`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Denied {
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The session it was asked in has ended, or began too long ago for what was asked.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such account.
    #[error("no such account")]
    Unknown,
}
