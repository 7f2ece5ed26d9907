//! The issuer identifier (RFC 8414 section 2).

use std::fmt;

use crate::base::Address;

/// The issuer: an origin, `https`, or `http` on a loopback host for local development. It is compared byte for byte.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Issuer {
    origin: String,
    secure: bool,
}

/// Why a text is no issuer.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum IssuerProblem {
    /// Plain http on a host that is not loopback.
    #[error("must be https; http is allowed for localhost, 127.0.0.1 and [::1] only")]
    Insecure,
    /// More than an origin, or an origin that is not written the usual way.
    #[error(
        "must be an origin alone, like https://auth.example.com: no path, query, fragment, user, default port or trailing slash"
    )]
    NotAnOrigin,
    /// Not a URL.
    #[error("must be a URL")]
    Syntax,
}

impl Issuer {
    /// Parses the issuer.
    ///
    /// # Errors
    /// [`IssuerProblem`].
    pub fn parse(text: &str) -> Result<Self, IssuerProblem> {
        let address = Address::parse(text).ok_or(IssuerProblem::Syntax)?;
        let secure = match address.scheme() {
            "https" => true,
            "http" if address.is_loopback() => false,
            "http" => return Err(IssuerProblem::Insecure),
            _ => return Err(IssuerProblem::Syntax),
        };
        if address.origin().as_deref() != Some(text) {
            return Err(IssuerProblem::NotAnOrigin);
        }
        Ok(Self { origin: text.to_owned(), secure })
    }

    /// The identifier, which is also the origin of every endpoint.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.origin
    }

    /// The address of a path of ours.
    #[must_use]
    pub fn at(&self, path: &str) -> String {
        [self.origin.as_str(), path].concat()
    }

    /// Whether it is https, so that cookies can be `Secure` and carry the `__Host-` prefix.
    #[must_use]
    pub const fn is_secure(&self) -> bool {
        self.secure
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.origin)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins() {
        for text in
            ["https://auth.example.com", "https://auth.example.com:8443", "http://localhost:8787", "http://[::1]:1"]
        {
            assert_eq!(Issuer::parse(text).unwrap().as_str(), text);
        }
    }

    // spec: RFC 8414 section 2 - an issuer is https without query and fragment; http on this machine alone
    #[test]
    fn everything_else() {
        let cases = [
            ("auth.example.com", IssuerProblem::Syntax),
            ("ftp://auth.example.com", IssuerProblem::Syntax),
            ("http://auth.example.com", IssuerProblem::Insecure),
            ("http://localhost.example.com", IssuerProblem::Insecure),
            ("http://127.0.0.2:8787", IssuerProblem::Insecure),
            ("https://auth.example.com/", IssuerProblem::NotAnOrigin),
            ("https://auth.example.com/t", IssuerProblem::NotAnOrigin),
            ("https://auth.example.com?x", IssuerProblem::NotAnOrigin),
            ("https://auth.example.com:443", IssuerProblem::NotAnOrigin),
            ("https://user@auth.example.com", IssuerProblem::NotAnOrigin),
            ("https://AUTH.example.com", IssuerProblem::NotAnOrigin),
            (" https://auth.example.com", IssuerProblem::NotAnOrigin),
        ];
        for (text, problem) in cases {
            assert_eq!(Issuer::parse(text), Err(problem), "{text}");
        }
    }
}
