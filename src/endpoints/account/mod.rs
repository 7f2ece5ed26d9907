//! `/account`: what users see and change of their own.

pub mod change_password;
pub mod page;
mod show;

pub(super) use page::account;
