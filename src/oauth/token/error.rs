//! The error codes of the token endpoint and of endpoints that take an access token: what is sent and what is documented.

/// An error of the token endpoint, and of the endpoints where clients authenticate as there.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenError {
    /// RFC 6749 section 5.2.
    InvalidClient,
    /// RFC 6749 section 5.2.
    InvalidGrant,
    /// RFC 6749 section 5.2.
    InvalidRequest,
    /// RFC 6749 section 5.2.
    InvalidScope,
    /// RFC 8707 section 2.
    InvalidTarget,
    /// RFC 6749 section 5.2.
    UnauthorizedClient,
    /// RFC 6749 section 5.2.
    UnsupportedGrantType,
}

impl TokenError {
    pub const ALL: [Self; 7] = [
        Self::InvalidClient,
        Self::InvalidGrant,
        Self::InvalidRequest,
        Self::InvalidScope,
        Self::InvalidTarget,
        Self::UnauthorizedClient,
        Self::UnsupportedGrantType,
    ];

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidScope => "invalid_scope",
            Self::InvalidTarget => "invalid_target",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
        }
    }

    /// The status that it comes with.
    #[must_use]
    pub const fn status(self) -> u16 {
        if matches!(self, Self::InvalidClient) { 401 } else { 400 }
    }
}

/// An error of a protected resource (RFC 6750 section 3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum BearerError {
    /// The token lacks a scope.
    InsufficientScope,
    /// The token was sent twice, or where it must not be.
    InvalidRequest,
    /// The token is not good, or not any more.
    InvalidToken,
}

impl BearerError {
    pub const ALL: [Self; 3] = [Self::InsufficientScope, Self::InvalidRequest, Self::InvalidToken];

    /// The code on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::InsufficientScope => "insufficient_scope",
            Self::InvalidRequest => "invalid_request",
            Self::InvalidToken => "invalid_token",
        }
    }

    /// The status that it comes with.
    #[must_use]
    pub const fn status(self) -> u16 {
        match self {
            Self::InsufficientScope => 403,
            Self::InvalidRequest => 400,
            Self::InvalidToken => 401,
        }
    }
}
