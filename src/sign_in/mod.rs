//! The rules of authentication: how passwords are compared, what a login name is, when guessing ends, by what a
//! browser is known, and in which words a user recognises it. Pure: no clock, no randomness, no storage.

pub mod assurance;
pub mod device;
pub mod lockout;
pub mod login_name;
pub mod origin;
pub mod password;
mod secret_bytes;
pub mod spraying;
mod tag;
