//! Authorization requests.

mod authorize;
mod interaction;
