//! What lists show of a user.

use serde::{Deserialize, Serialize};

use crate::base::UnixTime;

/// What the directory shows of a user: a copy of what the Account says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Projection {
    /// The user name as it was written.
    pub user_name: String,
    /// The primary e-mail address.
    pub email: Option<String>,
    /// What the user is called.
    pub display_name: Option<String>,
    /// Whether the user may sign in.
    pub active: bool,
    /// When the account was made.
    pub created_at: UnixTime,
    /// When it was changed last.
    pub modified_at: UnixTime,
    /// Which version of the account this is.
    pub version: u32,
}
