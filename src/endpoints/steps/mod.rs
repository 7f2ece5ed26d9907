//! Steps that several endpoints share.

pub mod browser;
pub mod interaction;
