//! Everything a `Registry` can be asked.

use serde::{Deserialize, Serialize};

use super::catalogue::Browse;
use super::clients::{Delete, List, Read, Register, Update, UpdateItself};
use super::developer::{ListOwned, RegisterOwned, UpdateOwned};
use super::probe::Probe;
use super::publish::Publish;
use super::unused::{MarkUsed, RegisterItself};
use crate::store::command::commands;

commands! {
    /// Everything a `Registry` can be asked. What a change writes has to be put into KV, or ends by itself: see
    /// [`next_alarm`](super::next_alarm).
    #[derive(Clone, Debug, Deserialize, Serialize)]
    Browse,
    Delete,
    List,
    MarkUsed,
    ListOwned,
    Probe,
    Publish,
    Read,
    Register,
    RegisterItself,
    RegisterOwned,
    Update,
    UpdateOwned,
    UpdateItself,
}
