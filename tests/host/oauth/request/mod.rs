//! Authorization requests.

mod authorize;
