//! `/login`, `/logout` and the steps of signing in.

pub mod by_password;
pub mod login;
pub mod logout;
pub mod password;

pub(super) use login::login;
pub(super) use logout::{logged_out, logout};
