//! How identifiers begin, so that none passes for one of another kind (RFC 9700 section 4.15.1).

/// Generated client identifiers.
pub const CLIENT: &str = "c_";

/// What stands before a client identifier that an administrator chose, where the client is the `sub` of a token.
pub const CHOSEN_CLIENT: &str = "client:";

/// Identifiers of organizations.
pub const ORGANIZATION: &str = "o_";

/// Generated subject identifiers; 128 random bits in base64url follow.
pub const SUBJECT: &str = "u";

/// Pairwise subject identifiers; [`PAIRWISE_BYTES`] bytes in base64url follow.
pub const PAIRWISE: &str = "p";

/// The bytes of a pairwise identifier behind its prefix.
pub const PAIRWISE_BYTES: usize = 32;
