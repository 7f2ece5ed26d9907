//! Everything that a `Hasher` object can be asked.

use serde::{Deserialize, Serialize};

use super::hash::Hash;
use crate::store::command::commands;

commands! {
    /// Everything that a `Hasher` object can be asked.
    #[derive(Debug, Deserialize, Serialize)]
    Hash,
}
