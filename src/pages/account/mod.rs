//! `/account`, the user's own page.

pub mod activity;
pub mod page;
