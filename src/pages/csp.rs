//! The Content-Security-Policy of the pages (CSP Level 3): each page allows only what it uses.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::base::Address;

/// The longest host of a source expression (RFC 1035 section 2.3.4).
const LONGEST_HOST: usize = 253;

/// The longest scheme of a source expression.
const LONGEST_SCHEME: usize = 128;

/// The targets that the forms of a page may have.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum FormTarget {
    #[default]
    None,
    /// Directly to a client: Form Post.
    Only(FormSource),
    /// To the issuer, which may answer with a redirect to a client.
    SelfAnd(FormSource),
    /// To the issuer.
    SelfOnly,
}

impl fmt::Display for FormTarget {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => formatter.write_str("'none'"),
            Self::Only(source) => write!(formatter, "{source}"),
            Self::SelfAnd(source) => write!(formatter, "'self' {source}"),
            Self::SelfOnly => formatter.write_str("'self'"),
        }
    }
}

/// One source expression: the origin of a web address, or the scheme of an app's own address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FormSource(String);

/// Why a URL has no source expression.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum FormSourceError {
    /// The host or the port is malformed.
    #[error("the address has no usable host")]
    Host,
    /// The scheme is too long, or runs or shows content in the browser.
    #[error("the address has no usable scheme")]
    Scheme,
    /// It is not an absolute URL.
    #[error("the address is malformed")]
    Syntax,
}

impl FormSource {
    /// The source expression that lets a form's answer redirect to `address`, an absolute URI or only its origin.
    ///
    /// # Errors
    ///
    /// [`FormSourceError`] for what must not stand in a policy.
    pub fn of(address: &str) -> Result<Self, FormSourceError> {
        let address = Address::parse(address).ok_or(FormSourceError::Syntax)?;
        match address.scheme() {
            "http" | "https" => origin(&address).map(Self),
            // These schemes run or show content in the browser, so they are not redirect targets.
            "about" | "blob" | "data" | "file" | "filesystem" | "javascript" | "vbscript" | "view-source" => {
                Err(FormSourceError::Scheme)
            }
            // The parser accepts only letters, digits, "+", "-" and "." in a scheme (RFC 3986 section 3.1).
            scheme if scheme.len() <= LONGEST_SCHEME => Ok(Self(format!("{scheme}:"))),
            _ => Err(FormSourceError::Scheme),
        }
    }
}

impl FormSource {
    /// [`FormSource::of`] for every host of that scheme. Browsers apply `form-action` to all redirects that follow a form
    /// (CSP Level 3 section 6.4.1; seen in Chromium 156). The client's origin alone would block a client whose callback
    /// redirects to another of its origins.
    ///
    /// # Errors
    ///
    /// As for [`FormSource::of`].
    pub fn scheme_of(address: &str) -> Result<Self, FormSourceError> {
        let Self(source) = Self::of(address)?;
        let (scheme, _) = source.split_once(':').ok_or(FormSourceError::Scheme)?;
        Ok(Self(format!("{scheme}:")))
    }
}

impl fmt::Display for FormSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The policy of a page whose only style sheet has this hash, and whose only script, if it has one, is `script`. Of the
/// server itself it loads pictures alone: the icon.
pub(super) fn policy(style_hash: &str, script: Option<&str>, images: bool, target: &FormTarget) -> String {
    let script = script.map(|script| format!(" script-src 'sha256-{}';", hash(script))).unwrap_or_default();
    let images = if images { " img-src 'self' data:;" } else { " img-src 'self';" };
    format!(
        "default-src 'none'; style-src 'sha256-{style_hash}';{script}{images} base-uri 'none'; form-action {target}; \
         frame-ancestors 'none'"
    )
}

/// The hash of an inline element's text, as a source expression wants it.
pub(super) fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

fn origin(address: &Address<'_>) -> Result<String, FormSourceError> {
    let host = address.host().filter(|_| address.says_its_origin()).ok_or(FormSourceError::Host)?;
    if host.starts_with('[') {
        // CSP's host-source has no form for IPv6 literals (section 2.3.1), so only the scheme can be named.
        return Ok(format!("{}:", address.scheme()));
    }
    let is_plain = host.split('.').all(|label| {
        !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    address.origin().filter(|_| is_plain && host.len() <= LONGEST_HOST).ok_or(FormSourceError::Host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_and_schemes() {
        for (address, source) in [
            ("https://app.example.com/callback?x=1", "https://app.example.com"),
            ("https://App.Example.com", "https://app.example.com"),
            ("HTTPS://app.example.com:8443#x", "https://app.example.com:8443"),
            ("http://127.0.0.1:49152/cb", "http://127.0.0.1:49152"),
            ("http://[::1]:49152/cb", "http:"),
            ("http://localhost", "http://localhost"),
            ("com.example.app:/oauth", "com.example.app:"),
            ("com.example.app://oauth", "com.example.app:"),
        ] {
            assert_eq!(FormSource::of(address).map(|source| source.to_string()).as_deref(), Ok(source), "{address}");
        }
    }

    // spec: Content Security Policy - no address of a client becomes another directive or a wildcard
    #[test]
    fn nothing_else_gets_into_a_policy() {
        for bad in [
            "",
            "app.example.com",
            "https:app.example.com",
            "https://",
            "https:///x",
            "https://*",
            "https://*.example",
            "https://a;script-src *",
            "https://a b",
            "https://a,b",
            "https://'self'",
            "https://user@a.example",
            "https://a.example:",
            "https://a.example:65536",
            "https://a.example:+80",
            "https://a.example:*",
            "https://ä.example",
            "https://[::1",
            "https://[::1]x",
            "https://[]",
            "https://[::1]:x",
            "https://a..b",
            "javascript:alert(1)",
            "JavaScript:x",
            "data:text/html,x",
            "blob:https://a",
            "1app:x",
            "'unsafe-inline':x",
            "a b:x",
            "*:x",
            ":x",
            "com.example.äpp:x",
            "file:///etc",
            "a;b:x",
        ] {
            assert!(FormSource::of(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn schemes_alone() {
        for (address, source) in [("https://a.example/cb", "https:"), ("com.example.app:/x", "com.example.app:")] {
            assert_eq!(FormSource::scheme_of(address).map(|source| source.to_string()).as_deref(), Ok(source));
        }
        assert!(FormSource::scheme_of("https://*").is_err() && FormSource::scheme_of("javascript:x").is_err());
    }

    // spec: Content Security Policy - the form of a page may go to us and on to the client
    #[test]
    fn policies() {
        let source = FormSource::of("https://app.example/cb").unwrap();
        assert_eq!(
            policy("abc=", None, false, &FormTarget::None),
            "default-src 'none'; style-src 'sha256-abc='; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        );
        let open = policy("abc=", Some("alert('Hello, world.');"), true, &FormTarget::SelfAnd(source.clone()));
        assert!(open.contains("; script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=';"));
        assert!(
            open.contains("; img-src 'self' data:; ") && open.contains("; form-action 'self' https://app.example; ")
        );
        assert_eq!(FormTarget::Only(source).to_string(), "https://app.example");
        assert_eq!(FormTarget::SelfOnly.to_string(), "'self'");
    }

    // spec: Content Security Policy - the hash of the example in the specification
    #[test]
    fn hash_is_plain_base64() {
        assert_eq!(hash("alert('Hello, world.');"), "qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=");
    }
}
