//! What objects do by themselves, when their alarm goes off.

pub mod logout;
pub mod publish;
