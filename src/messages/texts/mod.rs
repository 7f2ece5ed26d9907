//! The texts, by the pages that show them.

#![expect(clippy::doc_markdown, reason = "the documentation of a text is its wording, which is no Markdown")]

mod account;
mod apps;
mod consent;
mod developer;
mod docs;
mod errors;
mod sign_in;
mod time;

pub use self::account::{Account, Activity, Deletion, Password};
pub use self::apps::Apps;
pub use self::consent::{Client, Consent, FormPost, Onward, Scope};
pub use self::developer::Developer;
pub use self::docs::{Docs, Landing};
pub use self::errors::{Error, Gone, Unavailable};
pub use self::sign_in::{Choose, Common, LoggedOut, Login, Logout};
pub use self::time::{Dates, Durations};
