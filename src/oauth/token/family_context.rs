//! What a token family keeps of its authorization request, for every later answer about it.

use serde::{Deserialize, Serialize};

use crate::base::UnixTime;
use crate::oauth::request::claims_request::AskedClaims;

/// The context of a family, as its row holds it. Rows of earlier releases lack the later members.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct FamilyContext {
    /// When the user was authenticated (`OpenID` Connect Core section 2, `auth_time`).
    pub auth_time: UnixTime,
    /// How: the authentication context class, then the methods (RFC 8176), separated by spaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authentication: Option<String>,
    /// The claims that were asked for by name.
    #[serde(default, skip_serializing_if = "AskedClaims::is_empty")]
    pub claims: AskedClaims,
}

impl FamilyContext {
    /// Reads what a row holds.
    ///
    /// # Errors
    /// For any text that is not such a context.
    pub fn from_text(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The authentication context class (`OpenID` Connect Core section 2, `acr`).
    #[must_use]
    pub fn acr(&self) -> Option<&str> {
        self.words().next()
    }

    /// The authentication methods (RFC 8176 section 1, `amr`).
    #[must_use]
    pub fn amr(&self) -> Vec<&str> {
        self.words().skip(1).collect()
    }

    fn words(&self) -> impl Iterator<Item = &str> {
        self.authentication.as_deref().unwrap_or_default().split(' ').filter(|word| !word.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_an_earlier_release_opens() {
        let context = FamilyContext::from_text(r#"{"auth_time":1800000000}"#).unwrap();
        assert_eq!(context.auth_time, UnixTime::from_secs(1_800_000_000));
        assert_eq!((context.acr(), context.amr()), (None, vec![]));
        assert_eq!(serde_json::to_string(&context).unwrap(), r#"{"auth_time":1800000000}"#);
    }

    #[test]
    fn the_first_word_is_the_class_and_the_others_are_methods() {
        let of = |authentication: &str| FamilyContext {
            auth_time: UnixTime::from_secs(1),
            authentication: Some(authentication.to_owned()),
            claims: AskedClaims::default(),
        };
        assert_eq!(of("urn:grantry:password pwd otp").acr(), Some("urn:grantry:password"));
        assert_eq!(of("urn:grantry:password pwd otp").amr(), ["pwd", "otp"]);
        assert_eq!((of("1").acr(), of("1").amr()), (Some("1"), vec![]));
        assert_eq!(of("").acr(), None, "an empty acr is none");
    }
}
