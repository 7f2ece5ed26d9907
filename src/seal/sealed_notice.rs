//! What has just been done, for the page that says so.

use serde::{Deserialize, Serialize};

use super::browser::BrowserId;
use super::envelope::Purpose;

/// The notice that a redirect brings to a page. Only this server makes one, and only the browser in which it was done shows it, so
/// no link makes a page say that something was done.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct SealedNotice {
    /// The browser that is told.
    pub browser: BrowserId,
    /// The name of the notice.
    pub notice: String,
}

impl Purpose for SealedNotice {
    const LABEL: &'static str = "notice";
    const PREFIX: &'static str = "gr_nt_";
    const MAX_LENGTH: usize = 300;
}
