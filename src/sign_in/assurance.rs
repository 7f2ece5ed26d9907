//! How well a sign-in was proven (OpenID Connect Core section 2, `acr`; the methods, `amr`, are those of RFC 8176).

/// The authentication context class of a password alone.
pub const PASSWORD: &str = "urn:grantry:acr:password";

/// All that a sign-in here can reach.
pub const SUPPORTED: [&str; 1] = [PASSWORD];
