//! The product's own pages that our pages link to.

use thiserror::Error;

use super::text;
use crate::base::Address;

/// The product's own pages.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ProductLinks {
    /// Where users get help.
    pub support: Option<ProductLink>,
    /// Where users who cannot sign in get back into their account.
    pub recovery: Option<ProductLink>,
    pub privacy: Option<ProductLink>,
    pub terms: Option<ProductLink>,
}

/// An https URL.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProductLink(String);

/// The configured address cannot be a link.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("must be an https URL without a user name, of at most 500 characters")]
pub struct ProductLinkError;

impl ProductLink {
    /// The longest address, because every page contains it.
    const LIMIT: usize = 500;

    /// Takes an https URL.
    ///
    /// # Errors
    ///
    /// [`ProductLinkError`].
    pub fn parse(url: &str) -> Result<Self, ProductLinkError> {
        let is_https = Address::parse(url).is_some_and(|address| address.scheme() == "https" && !address.has_user());
        let is_link = is_https && url.len() <= Self::LIMIT && text::href(url).is_some();
        is_link.then(|| Self(url.to_owned())).ok_or(ProductLinkError)
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_https() {
        for good in ["https://help.example", "https://help.example/contact?from=sign-in#form"] {
            assert_eq!(ProductLink::parse(good).map(|link| link.0).as_deref(), Ok(good));
        }
        let long = format!("https://help.example/{}", "a".repeat(500));
        for bad in [
            "http://help.example",
            "http://localhost/help",
            "mailto:help@example.com",
            "javascript:alert(1)",
            "/help",
            "help.example",
            "https://user@help.example",
            "https://help.example/a b",
            "https:help.example",
            &long,
        ] {
            assert_eq!(ProductLink::parse(bad), Err(ProductLinkError), "{bad}");
        }
    }
}
