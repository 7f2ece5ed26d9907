//! Everything a `Directory` can be asked.

use serde::{Deserialize, Serialize};

use super::confirm::{Confirm, Release, Remove};
use super::find::{Find, FindBySub, List};
use super::links::{FindLink, PutLink, RemoveLink};
use super::reserve::{Claim, Reserve};
use crate::store::command::commands;

commands! {
    /// Everything a `Directory` can be asked.
    #[derive(Clone, Debug, Deserialize, Serialize)]
    Claim,
    Confirm,
    Find,
    FindBySub,
    FindLink,
    List,
    PutLink,
    Release,
    Remove,
    RemoveLink,
    Reserve,
}
