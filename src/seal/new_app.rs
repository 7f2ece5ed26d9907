//! The form of a new app in the developer portal.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use crate::base::AccountId;
use crate::oauth::client::ClientId;

/// The identifier that the app of this form will have. It is made with the form, so that one that is sent twice, by a reload
/// or a second press of the button, makes one app.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct NewApp {
    /// The developer to whom the form was given.
    pub account: AccountId,
    /// The identifier.
    pub id: ClientId,
}

impl Purpose for NewApp {
    const LABEL: &'static str = "form of a new app";
    const PREFIX: &'static str = "gr_app_";
    const MAX_LENGTH: usize = 1_000;
}
