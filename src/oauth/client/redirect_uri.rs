//! Redirect URIs (RFC 6749 section 3.1.2, RFC 8252 section 7).

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::base::Address;
use crate::base::address::{receiver, split};

/// The longest redirect URI that is registered, in bytes.
pub const MAX_LENGTH: usize = 2_000;

/// A registered redirect URI. What goes out is the text that came in, byte for byte; the parser only judges it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RedirectUri {
    text: String,
    kind: RedirectKind,
}

/// Who receives what is sent to a redirect URI.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RedirectKind {
    /// The server that the host name leads to.
    Https,
    /// Any program on the user's machine (RFC 8252 section 7.3).
    Loopback,
    /// Any app that registered the scheme (RFC 8252 section 7.1).
    PrivateScheme,
}

/// Why a redirect URI is not registered.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", self.description())]
pub enum RedirectUriProblem {
    /// It has a fragment (RFC 6749 section 3.1.2).
    Fragment,
    /// Plain http leads to a host that is not this machine.
    Insecure,
    /// It is not written as the browser will read it, so that two parsers could disagree about where it leads.
    NotNormal,
    /// Its query has a parameter of the authorization response.
    Pollution,
    /// A scheme that is not the reverse of a domain name (RFC 8252 section 7.1), or one that runs code.
    Scheme,
    /// Not an absolute URI.
    Syntax,
    /// Longer than [`MAX_LENGTH`].
    TooLong,
    /// Its host has a wildcard, which would never match anything.
    Wildcard,
}

impl RedirectUriProblem {
    /// What is wrong, for the registrant.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::Fragment => "a redirect URI must not have a fragment",
            Self::Insecure => "a redirect URI must be https, or http on localhost, 127.0.0.1 or [::1]",
            Self::NotNormal => {
                "a redirect URI must be written in its normal form, without user, dot segments, backslashes or control \
                 characters"
            }
            Self::Pollution => {
                "the query of a redirect URI must not have a parameter of the authorization response, like code or state"
            }
            Self::Scheme => "a private-use scheme must be a reversed domain name, like com.example.app:/callback",
            Self::Syntax => "a redirect URI must be an absolute URI",
            Self::TooLong => "a redirect URI must have at most 2000 characters",
            Self::Wildcard => "the host of a redirect URI must not have a wildcard",
        }
    }
}

/// Parameters that the authorization server adds; a registered one would be there twice (RFC 6749 section 3.1).
const RESPONSE_PARAMETERS: [&str; 8] =
    ["code", "error", "error_description", "error_uri", "iss", "response", "session_state", "state"];

impl RedirectUri {
    /// Judges a redirect URI that is to be registered.
    ///
    /// # Errors
    /// [`RedirectUriProblem`].
    pub fn parse(text: &str) -> Result<Self, RedirectUriProblem> {
        if text.len() > MAX_LENGTH {
            return Err(RedirectUriProblem::TooLong);
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic())
            || text.contains(['\\', '<', '>', '"', '`', '{', '}', '|', '^'])
        {
            return Err(RedirectUriProblem::NotNormal);
        }
        if text.contains('#') {
            return Err(RedirectUriProblem::Fragment);
        }
        let address = Address::parse(text).ok_or(RedirectUriProblem::Syntax)?;
        if address.host().is_some_and(|host| host.contains('*')) {
            return Err(RedirectUriProblem::Wildcard);
        }
        let kind = match address.scheme() {
            "https" if address.host().is_some() => RedirectKind::Https,
            "http" if address.is_loopback() => RedirectKind::Loopback,
            "http" => return Err(RedirectUriProblem::Insecure),
            scheme if scheme.contains('.') && address.host().is_none() => RedirectKind::PrivateScheme,
            _ => return Err(RedirectUriProblem::Scheme),
        };
        if !address.is_normal() || address.has_user() {
            return Err(RedirectUriProblem::NotNormal);
        }
        let mut names: Vec<String> = address.parameter_names().collect();
        names.sort_unstable();
        let repeated = names.windows(2).any(|pair| matches!(pair, [first, second] if first == second));
        if repeated || names.iter().any(|name| RESPONSE_PARAMETERS.contains(&name.as_str())) {
            return Err(RedirectUriProblem::Pollution);
        }
        Ok(Self { text: text.to_owned(), kind })
    }

    /// Whether `sent` is this redirect URI: the same text (RFC 9700 section 2.1), where for loopback the port may be any
    /// (RFC 8252 section 7.3).
    #[must_use]
    pub fn matches(&self, sent: &str) -> bool {
        if self.text == sent {
            return true;
        }
        if self.kind != RedirectKind::Loopback {
            return false;
        }
        let Ok(candidate) = Self::parse(sent) else {
            return false;
        };
        candidate.kind == RedirectKind::Loopback && without_port(&self.text) == without_port(&candidate.text)
    }

    /// Whether `sent` is an address of this server. Where the issuer is on loopback, "any port" includes its own.
    #[must_use]
    pub fn leads_to(sent: &str, issuer: &str) -> bool {
        receiver(sent) == issuer
    }

    /// The text as it was registered.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Who receives what is sent there.
    #[must_use]
    pub const fn kind(&self) -> RedirectKind {
        self.kind
    }
}

/// The parts of a loopback URI before and after its port. The host is compared as it is read, the rest as it is written.
fn without_port(text: &str) -> Option<(String, &str)> {
    let host = Address::parse(text)?.host()?.to_owned();
    Some((host, split(text)?.rest))
}

impl Serialize for RedirectUri {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for RedirectUri {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 8252 section 7 - https, loopback addresses and private-use schemes with a dot
    #[test]
    fn what_can_be_registered() {
        for (text, kind) in [
            ("https://app.example.com/callback", RedirectKind::Https),
            ("https://app.example.com", RedirectKind::Https),
            ("https://app.example.com/callback?dummy1=lorem&dummy2=ipsum", RedirectKind::Https),
            ("https://xn--bcher-kva.example/%C3%BC", RedirectKind::Https),
            ("http://localhost:3000/callback", RedirectKind::Loopback),
            ("http://127.0.0.1/callback", RedirectKind::Loopback),
            ("http://[::1]:8080/callback", RedirectKind::Loopback),
            ("com.example.app:/callback", RedirectKind::PrivateScheme),
        ] {
            assert_eq!(RedirectUri::parse(text).map(|uri| uri.kind()), Ok(kind), "{text}");
        }
    }

    // spec: RFC 6749 section 3.1.2 - a redirect URI is absolute and has no fragment
    // spec: RFC 8252 section 7.1 - a private-use scheme is a domain name in reverse
    // spec: RFC 9700 section 4.1.3 - no wildcards, and http for loopback addresses alone
    #[test]
    fn what_cannot_be_registered() {
        use RedirectUriProblem as P;
        for (text, problem) in [
            ("callback", P::Syntax),
            ("javascript:alert(1)", P::Scheme),
            ("data:text/html,x", P::Scheme),
            ("vbscript:x", P::Scheme),
            ("file:///etc/passwd", P::Scheme),
            ("app://callback", P::Scheme),
            ("com.example.app://callback", P::Scheme),
            ("app:/callback", P::Scheme),
            ("http://app.example.com/callback", P::Insecure),
            ("http://127.0.0.2/callback", P::Insecure),
            ("http://localhost.evil.example/callback", P::Insecure),
            ("https://app.example.com/callback#", P::Fragment),
            ("https://app.example.com/callback#x", P::Fragment),
            ("https://user@app.example.com/callback", P::NotNormal),
            ("https://a@b@app.example.com/callback", P::NotNormal),
            ("https://app.example.com\\@evil.example/", P::NotNormal),
            ("https://app.example.com/a/../b", P::NotNormal),
            ("https://app.example.com/%2e%2e/b", P::NotNormal),
            ("https://app.example.com/a b", P::NotNormal),
            ("https://app.example.com/a\tb", P::NotNormal),
            ("https://app.example.com/a\0b", P::NotNormal),
            ("https://APP.example.com/callback", P::NotNormal),
            ("https://app.example.com:443/callback", P::NotNormal),
            ("https://b\u{fc}cher.example/", P::NotNormal),
            ("https://*.example.com/callback", P::Wildcard),
            ("https://app.example.com/?code=x", P::Pollution),
            ("https://app.example.com/?a=1&state=", P::Pollution),
            ("https://app.example.com/?a=1&a=2", P::Pollution),
        ] {
            assert_eq!(RedirectUri::parse(text).err(), Some(problem), "{text}");
        }
        assert_eq!(RedirectUri::parse(&format!("https://a.example/{}", "x".repeat(2_000))), Err(P::TooLong));
    }

    // spec: RFC 9700 section 2.1 - redirect URIs are compared as text
    #[test]
    fn only_the_same_text_matches() {
        let registered = RedirectUri::parse("https://app.example.com/callback").unwrap();
        assert!(registered.matches("https://app.example.com/callback"));
        for near_miss in [
            "https://app.example.com/callback/",
            "https://app.example.com/callback?x=1",
            "https://app.example.com/callback?",
            "https://app.example.com/Callback",
            "https://APP.example.com/callback",
            "https://app.example.com/callbac%6b",
            "https://app.example.com:443/callback",
            "https://app.example.com.evil.example/callback",
            "https://appXexample.com/callback",
            "https://app.example.com/callback#",
            "http://app.example.com/callback",
            "https://app.example.com/callback/../callback",
            " https://app.example.com/callback",
            "",
        ] {
            assert!(!registered.matches(near_miss), "{near_miss:?}");
        }
    }

    // spec: RFC 8252 section 7.3 - a loopback redirect URI may name any port, and differ in nothing else
    #[test]
    fn loopback_takes_any_port_and_nothing_else() {
        let registered = RedirectUri::parse("http://127.0.0.1/callback?x=1").unwrap();
        for text in ["http://127.0.0.1:51004/callback?x=1", "http://127.0.0.1/callback?x=1"] {
            assert!(registered.matches(text), "{text}");
        }
        for text in [
            "http://localhost:51004/callback?x=1",
            "http://[::1]:51004/callback?x=1",
            "http://127.0.0.2:51004/callback?x=1",
            "https://127.0.0.1:51004/callback?x=1",
            "http://127.0.0.1:51004/callback",
            "http://127.0.0.1:51004/other?x=1",
            "http://127.0.0.1:51004@evil.example/callback?x=1",
            "http://127.0.0.1:51004/callback?x=1#y",
        ] {
            assert!(!registered.matches(text), "{text}");
        }
        assert!(RedirectUri::parse("http://localhost/cb").unwrap().matches("http://localhost:9/cb"));
        assert!(!RedirectUri::parse("https://localhost/cb").unwrap().matches("https://localhost:9/cb"));
    }
}
