//! The portal for developers.

use super::reader::{Reader, one_of};

/// What developers may do by themselves, and who may read about it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct DeveloperSettings {
    /// Whether the administrator decides about publishing a developer's app.
    pub publication: Publication,
    /// The readers of the documentation for developers.
    pub docs: Readers,
}

impl DeveloperSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let publication = [("approval", Publication::Approval), ("open", Publication::Open)];
        let docs = [("public", Readers::Public), ("developers", Readers::Developers)];
        Self {
            publication: reader.optional("PUBLICATION", one_of(&publication)).unwrap_or_default(),
            docs: reader.optional("DEVELOPER_DOCS", one_of(&docs)).unwrap_or_default(),
        }
    }
}

/// The user who decides whether a developer's app is in the catalogue.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Publication {
    /// The administrator.
    #[default]
    Approval,
    /// The developer alone.
    Open,
}

/// The readers of a page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Readers {
    /// Everybody.
    #[default]
    Public,
    /// Users with the developer role.
    Developers,
}
