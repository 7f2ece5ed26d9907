//! Who asks, proven: a client, the bearer of a token, a browser, a developer, an administrator.

pub mod administrator;
pub mod authenticated;
pub mod bearer;
pub mod browser;
pub mod client;
pub mod client_assertion;
pub mod developer;
