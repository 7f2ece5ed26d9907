//! `/account`: what users see and change of their own.

pub mod change_password;
pub mod page;

pub(super) use page::account;
