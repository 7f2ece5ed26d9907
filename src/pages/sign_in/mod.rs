//! Pages of signing in and out.

pub mod accounts;
pub mod login;
