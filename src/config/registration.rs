//! Which clients there can be besides those that an administrator or a developer registers.

use super::reader::{Reader, SWITCH, one_of};

/// Which clients there can be besides those that an administrator or a developer registers.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RegistrationSettings {
    /// The clients that may register themselves at `/register`.
    pub by_themselves: SelfRegistration,
    /// Whether a client may be described by a document at the URL that is its identifier.
    pub metadata_documents: bool,
}

impl RegistrationSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let by_themselves =
            [("off", SelfRegistration::Off), ("token", SelfRegistration::Token), ("open", SelfRegistration::Open)];
        Self {
            by_themselves: reader.optional("DYNAMIC_REGISTRATION", one_of(&by_themselves)).unwrap_or_default(),
            metadata_documents: reader.optional("CLIENT_ID_METADATA_DOCUMENTS", one_of(&SWITCH)).unwrap_or_default(),
        }
    }
}

/// The clients that may register themselves (RFC 7591 section 3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SelfRegistration {
    /// Nobody.
    #[default]
    Off,
    /// Clients with an initial access token.
    Token,
    /// Everybody.
    Open,
}
