//! What people may do with accounts of their own.

use url::Url;

use super::reader::{Reader, SWITCH, one_of};

/// What people may do with accounts of their own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AccountSettings {
    /// Whether they can delete them.
    pub deletion: bool,
    /// Where they make them, if the product has such a place.
    pub sign_up: Option<SignUp>,
}

impl AccountSettings {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        Self {
            deletion: reader.optional("ACCOUNT_DELETION", one_of(&SWITCH)).unwrap_or(true),
            sign_up: reader.optional("SIGN_UP_URL", SignUp::parse),
        }
    }
}

/// The product's own page where people make accounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignUp(Url);

impl SignUp {
    fn parse(text: &str) -> Result<Self, String> {
        Url::parse(text)
            .ok()
            .filter(|url| url.scheme() == "https" && url.fragment().is_none())
            .map(Self)
            .ok_or_else(|| "must be an https address without a fragment".to_owned())
    }

    /// Its address, with `return_to` for the way back to `address`.
    #[must_use]
    pub fn returning_to(&self, address: &str) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair("return_to", address);
        url.into()
    }
}
