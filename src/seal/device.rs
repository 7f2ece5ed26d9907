//! The device cookie: by what an account knows a browser in which its user signed in before.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::base::DeviceId;

/// The id that the account made.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct DeviceCookie(pub DeviceId);

impl Purpose for DeviceCookie {
    const LABEL: &'static str = "device cookie";
    const PREFIX: &'static str = "gr_dev_";
    const MAX_LENGTH: usize = 1_000;
}
