//! Why a registration is refused.

/// Why a registration is refused (RFC 7591 section 3.2.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{code}: {}", self.reason())]
pub struct Unregistrable {
    /// The code for the wire.
    pub code: &'static str,
    /// The member that the description is about, where that does not name it.
    pub member: Option<&'static str>,
    /// What is wrong, for the registrant; never a part of the request.
    pub description: &'static str,
}

impl Unregistrable {
    /// `invalid_client_metadata`.
    #[must_use]
    pub const fn metadata(description: &'static str) -> Self {
        Self { code: "invalid_client_metadata", member: None, description }
    }

    pub(super) const fn redirect_uri(description: &'static str) -> Self {
        Self { code: "invalid_redirect_uri", member: None, description }
    }

    /// Names the member that is refused.
    #[must_use]
    pub const fn of(self, member: &'static str) -> Self {
        Self { member: Some(member), ..self }
    }

    /// The description, after the name of the member that it is about.
    #[must_use]
    pub fn reason(&self) -> String {
        let Self { member, description, .. } = self;
        member.map_or_else(|| (*description).to_owned(), |member| format!("{member}: {description}"))
    }
}
