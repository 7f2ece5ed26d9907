//! Why a registration is refused.

/// Why a registration is refused (RFC 7591 section 3.2.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{code}: {description}")]
pub struct Unregistrable {
    /// The code for the wire.
    pub code: &'static str,
    /// What is wrong, for the registrant; never a part of the request.
    pub description: &'static str,
}

impl Unregistrable {
    /// `invalid_client_metadata`.
    #[must_use]
    pub const fn metadata(description: &'static str) -> Self {
        Self { code: "invalid_client_metadata", description }
    }

    pub(super) const fn redirect_uri(description: &'static str) -> Self {
        Self { code: "invalid_redirect_uri", description }
    }
}
