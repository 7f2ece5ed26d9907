//! Steps that several endpoints share.

pub mod administrator;
pub mod client_authentication;
