//! APIs: resource servers that tokens of ours are for (RFC 8707), and the scopes that belong to them.

use serde::Deserialize;
use url::Url;

use crate::base::Seconds;
use crate::oauth::scope::Scopes;

/// How long an access token lives unless its API says otherwise.
pub const ACCESS_TOKEN_LIFETIME: Seconds = Seconds::new(3_600);

/// One API, as the var `API_<NAME>` describes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// Its resource indicator (RFC 8707 section 2): the `aud` of its tokens.
    pub audience: String,
    /// Its scopes, each with the sentence that people are asked.
    pub scopes: Vec<(String, String)>,
    /// How long its access tokens live.
    pub access_token_lifetime: Seconds,
    /// Whether tokens are for it when the request names no resource.
    pub is_default: bool,
}

/// What is wrong with the description of an API.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApiProblem {
    /// The audience is no absolute URI, or has a fragment (RFC 8707 section 2).
    #[error("its audience must be an absolute URI without a fragment")]
    Audience,
    /// The lifetime is not between one minute and one day.
    #[error("its access_token_lifetime must be between 60 and 86400 seconds")]
    Lifetime,
    /// A scope is malformed or one of ours.
    #[error("its scopes must be scope values that are not OpenID Connect's or Grantry's own")]
    Scope,
    /// A scope has no description.
    #[error("each of its scopes needs a sentence that people understand")]
    Sentence,
    /// Not the JSON that is expected.
    #[error("must be JSON: {{\"audience\": \"https://...\", \"scopes\": {{\"scope\": \"sentence\"}}}}")]
    Syntax,
}

/// Scopes that mean something to us and cannot belong to an API.
pub const OWN_SCOPES: [&str; 9] =
    ["openid", "profile", "email", "address", "phone", "offline_access", "clients", "people:read", "people:write"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    audience: String,
    scopes: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    access_token_lifetime: Option<u32>,
    #[serde(default)]
    default: bool,
}

impl Api {
    /// Parses `{"audience", "scopes": {scope: sentence}, "access_token_lifetime", "default"}`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ApiProblem> {
        let text: Text = serde_json::from_str(text).map_err(|_| ApiProblem::Syntax)?;
        let audience = Url::parse(&text.audience).map_err(|_| ApiProblem::Audience)?;
        if audience.fragment().is_some() || audience.cannot_be_a_base() {
            return Err(ApiProblem::Audience);
        }
        let lifetime = text.access_token_lifetime.map_or(ACCESS_TOKEN_LIFETIME, Seconds::new);
        if !(60..=86_400).contains(&lifetime.get()) {
            return Err(ApiProblem::Lifetime);
        }
        let mut scopes = Vec::with_capacity(text.scopes.len());
        for (scope, sentence) in text.scopes {
            let single = Scopes::parse(&scope).is_ok_and(|parsed| parsed.iter().eq([scope.as_str()]));
            if !single || OWN_SCOPES.contains(&scope.as_str()) {
                return Err(ApiProblem::Scope);
            }
            let sentence = sentence.as_str().map(str::trim).filter(|sentence| !sentence.is_empty());
            scopes.push((scope, sentence.ok_or(ApiProblem::Sentence)?.to_owned()));
        }
        Ok(Self { audience: text.audience, scopes, access_token_lifetime: lifetime, is_default: text.default })
    }

    /// The sentence that belongs to a scope of this API.
    #[must_use]
    pub fn sentence(&self, scope: &str) -> Option<&str> {
        self.scopes.iter().find(|(known, _)| known == scope).map(|(_, sentence)| sentence.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_description() {
        let api = Api::parse(r#"{"audience":"https://api.example.com","scopes":{"a:b.read":"See b","c":"Change c"}}"#)
            .unwrap();
        assert_eq!(api.audience, "https://api.example.com");
        assert_eq!(api.sentence("a:b.read"), Some("See b"));
        assert_eq!(api.sentence("d"), None);
        assert_eq!(api.access_token_lifetime, Seconds::new(3_600));
    }

    // spec: RFC 8707 section 2 - an audience is an absolute URI without a fragment
    #[test]
    fn problems() {
        for (text, problem) in [
            ("[]", ApiProblem::Syntax),
            (r#"{"audience":"https://a.example","scopes":{},"audiences":1}"#, ApiProblem::Syntax),
            (r#"{"audience":"api","scopes":{}}"#, ApiProblem::Audience),
            (r#"{"audience":"https://a.example/#x","scopes":{}}"#, ApiProblem::Audience),
            (r#"{"audience":"https://a.example","scopes":{"a b":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"openid":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"a":" "}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{"a":1}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{},"access_token_lifetime":5}"#, ApiProblem::Lifetime),
        ] {
            assert_eq!(Api::parse(text).err(), Some(problem), "{text}");
        }
    }
}
