//! `/account`, the page of the signed-in user.

pub mod activity;
pub mod page;
