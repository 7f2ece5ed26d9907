//! Everything that a `Replay` object can be asked.

use serde::{Deserialize, Serialize};

use super::spent::{Spend, Sweep};
use crate::store::command::commands;

commands! {
    /// Everything that a `Replay` object can be asked.
    #[derive(Clone, Debug, Deserialize, Serialize)]
    Spend,
    Sweep,
}
