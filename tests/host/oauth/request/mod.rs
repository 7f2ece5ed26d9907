//! Authorization requests.

mod authorize;
mod interaction;
mod verified_return;
