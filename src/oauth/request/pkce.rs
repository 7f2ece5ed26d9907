//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::base::encoding::from_base64url_exact;

/// The SHA-256 of a code verifier, from the authorization request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct CodeChallenge([u8; 32]);

impl CodeChallenge {
    /// Parses a `code_challenge` of method S256: 32 bytes in base64url, 43 characters (RFC 7636 section 4.2).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        from_base64url_exact(text).map(Self)
    }

    /// Whether `verifier` is what the challenge was made from (RFC 7636 section 4.6).
    #[must_use]
    pub fn matches(&self, verifier: &CodeVerifier) -> bool {
        let digest: [u8; 32] = Sha256::digest(verifier.0.as_bytes()).into();
        digest.ct_eq(&self.0).into()
    }
}

/// A code verifier of legal form (RFC 7636 section 4.1).
#[derive(Clone, Copy, Eq, PartialEq)]
pub struct CodeVerifier<'a>(&'a str);

impl<'a> CodeVerifier<'a> {
    /// 43 to 128 characters of `A-Z a-z 0-9 - . _ ~`.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        ((43..=128).contains(&text.len()) && text.bytes().all(unreserved)).then_some(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 7636 appendix B.
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    // spec: RFC 7636 appendix B - the example of the specification
    #[test]
    fn vector_of_rfc_7636_appendix_b() {
        let challenge = CodeChallenge::parse(CHALLENGE).unwrap();
        assert!(challenge.matches(&CodeVerifier::parse(VERIFIER).unwrap()));
        assert!(!challenge.matches(&CodeVerifier::parse(&VERIFIER.replace('d', "e")).unwrap()));
    }

    // spec: RFC 7636 section 4.1 - a verifier has 43 to 128 unreserved characters
    #[test]
    fn verifier_syntax_of_rfc_7636_section_4_1() {
        assert!(CodeVerifier::parse(&"a".repeat(43)).is_some());
        assert!(CodeVerifier::parse(&"~".repeat(128)).is_some());
        for text in ["a".repeat(42), "a".repeat(129), format!("{}+", "a".repeat(43)), format!("{}=", "a".repeat(43))] {
            assert!(CodeVerifier::parse(&text).is_none(), "{text}");
        }
    }

    // spec: RFC 7636 section 4.2 - a challenge is the base64url of a SHA-256
    #[test]
    fn challenge_syntax() {
        for text in
            ["", VERIFIER.get(1..).unwrap(), &format!("{CHALLENGE}="), &CHALLENGE.replace('-', "+"), &"A".repeat(44)]
        {
            assert!(CodeChallenge::parse(text).is_none(), "{text}");
        }
    }
}
