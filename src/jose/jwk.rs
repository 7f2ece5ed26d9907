//! JSON Web Keys (RFC 7517).

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::algorithm::Algorithm;
use super::key_problem::KeyProblem;
use super::material::{Material, description};
use crate::base::Secret;
use crate::http::json_object;

/// A private key that signs with exactly one algorithm, which the key itself decides.
#[derive(Clone, Debug)]
pub struct SigningKey {
    private: Secret<String>,
    public: PublicKey,
}

/// A public key for exactly one algorithm.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct PublicKey {
    #[serde(flatten)]
    key: Bare,
    kid: String,
    alg: Algorithm,
    #[serde(rename = "use")]
    usage: &'static str,
}

/// The members that make the key itself (RFC 7638 section 3.2), without private ones.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Bare(pub(super) serde_json::Map<String, Value>);

impl Serialize for Bare {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl SigningKey {
    /// Parses a private JWK whose `kid` is its thumbprint.
    ///
    /// # Errors
    /// The first thing that is wrong; never a part of the text.
    pub fn parse(text: &str) -> Result<Self, KeyProblem> {
        let members = json_object::parse(text.as_bytes()).map_err(|_| KeyProblem::Syntax)?;
        let key = Material::read(&members).ok_or(KeyProblem::Syntax)?;
        let alg = key.algorithm(description(&members, "alg")?)?;
        let private = key.private().ok_or(KeyProblem::NotPrivate)?;
        if description(&members, "use")?.is_some_and(|usage| usage != "sig") {
            return Err(KeyProblem::Use);
        }
        let kid = key.thumbprint();
        if description(&members, "kid")? != Some(kid.as_str()) {
            return Err(KeyProblem::Kid);
        }
        // The platform gets the bare key: it has opinions of its own on `alg`, `use` and `kid`.
        let private = Secret::new(Value::Object(private).to_string());
        let key = Bare(key.public());
        Ok(Self { private, public: PublicKey::new(key, kid, alg) })
    }

    /// The private JWK, for the platform that signs.
    #[must_use]
    pub const fn private_jwk(&self) -> &Secret<String> {
        &self.private
    }

    /// The public key.
    #[must_use]
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }

    /// The only algorithm it signs with.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.public.alg
    }

    /// Its name in headers and key sets.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.public.kid
    }
}

impl PublicKey {
    /// `thumbprint` is that of the key (RFC 7638): it names the key, whatever `kid` its owner gave it.
    pub(super) const fn new(key: Bare, thumbprint: String, alg: Algorithm) -> Self {
        Self { key, kid: thumbprint, alg, usage: "sig" }
    }

    /// The only algorithm whose signatures it verifies.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.alg
    }

    /// Its name in headers and key sets.
    #[must_use]
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The bare public JWK, for the platform that verifies.
    #[must_use]
    pub fn bare_jwk(&self) -> String {
        Value::Object(self.key.0.clone()).to_string()
    }

    /// A digest of all that decides whether `signature` over `input` is one of this key: its algorithm, the key itself by its
    /// thumbprint, and both, kept apart by their lengths.
    #[must_use]
    pub fn signature_digest(&self, input: &[u8], signature: &[u8]) -> [u8; 32] {
        let mut hash = Sha256::new();
        for part in [self.alg.as_str().as_bytes(), self.kid.as_bytes(), signature, input] {
            hash.update(part.len().to_be_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::base64url;

    /// RFC 8037 appendix A.1; the thumbprint is from appendix A.3.
    const ED25519: &str = r#"{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
        "x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo","kid":"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"}"#;

    // spec: RFC 8037 appendix A.3 - the thumbprint of the example
    // spec: RFC 7517 section 9.2 - the private part is not published
    // spec: Invariant 9 - Debug does not show the private part
    #[test]
    fn thumbprint_of_rfc_8037_appendix_a_3() {
        let key = SigningKey::parse(ED25519).unwrap();
        assert_eq!(key.algorithm(), Algorithm::EdDsa);
        let public = serde_json::to_value(key.public()).unwrap();
        let expected = serde_json::json!({"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", "alg": "EdDSA", "use": "sig"});
        assert_eq!(public, expected);
        assert!(!format!("{key:?}").contains("nWGxne"), "Debug shows the private part");
    }

    // spec: RFC 7517 section 4.4 - a key whose alg is not its own is refused
    // spec: RFC 7518 section 3.3 - RSA keys have 2048 bits or more
    // spec: Invariant 4 - a key has the one algorithm of its kind, never none
    #[test]
    fn problems_are_told_apart() {
        let without_d = ED25519.replace("\"d\":\"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A\",", "");
        let cases = [
            ("{}".to_owned(), KeyProblem::Syntax),
            (r#"{"kty":"oct","k":"AAAA"}"#.to_owned(), KeyProblem::Syntax),
            (without_d, KeyProblem::NotPrivate),
            (ED25519.replace("kPrK", "kPrL"), KeyProblem::Kid),
            (ED25519.replace("\"kid\"", "\"alg\":\"ES256\",\"kid\""), KeyProblem::Algorithm),
            (ED25519.replace("\"kid\"", "\"alg\":\"none\",\"kid\""), KeyProblem::Algorithm),
            (ED25519.replace("\"kid\"", "\"use\":\"enc\",\"kid\""), KeyProblem::Use),
            (r#"{"kty":"RSA","n":"AQAB","e":"AQAB","alg":"RS256"}"#.to_owned(), KeyProblem::Weak),
            (format!(r#"{{"kty":"RSA","n":"{}","e":"AQAB"}}"#, base64url(&[0xff; 256])), KeyProblem::Algorithm),
            (ED25519.replace("\"kid\"", "\"x\":\"AAAA\",\"kid\""), KeyProblem::Syntax),
            (ED25519.replace("11qY", "qY"), KeyProblem::Syntax),
        ];
        for (text, problem) in cases {
            assert_eq!(SigningKey::parse(&text).err(), Some(problem), "{text}");
        }
    }

    // spec: RFC 7518 section 6.3.2 - the private members of an RSA key
    #[test]
    fn an_rsa_key_signs_with_its_two_primes() {
        let number = base64url(&[0xff; 256]);
        let key = |more: &[&str]| {
            let members = ["n", "e"].iter().chain(more).map(|name| format!(r#","{name}":"{number}""#));
            format!(r#"{{"kty":"RSA","alg":"RS256"{}}}"#, members.collect::<String>())
        };
        // What is complete is asked for its name next.
        for (more, problem) in [
            (&["d", "p", "q"][..], KeyProblem::Kid),
            (&["d", "p", "q", "dp", "dq", "qi"], KeyProblem::Kid),
            (&[], KeyProblem::NotPrivate),
            (&["d"], KeyProblem::NotPrivate),
            (&["d", "p", "q", "oth"], KeyProblem::NotPrivate),
        ] {
            assert_eq!(SigningKey::parse(&key(more)).err(), Some(problem), "{more:?}");
        }
    }

    #[test]
    fn a_signature_is_known_again_by_all_that_decides_about_it() {
        let key = |kid: &str, alg| PublicKey::new(Bare(serde_json::Map::new()), kid.to_owned(), alg);
        let one = key("one", Algorithm::Rs256);
        let digests = [
            one.signature_digest(b"input", b"signature"),
            key("two", Algorithm::Rs256).signature_digest(b"input", b"signature"),
            key("one", Algorithm::Ps256).signature_digest(b"input", b"signature"),
            one.signature_digest(b"other", b"signature"),
            one.signature_digest(b"input", b"another"),
            one.signature_digest(b"einput", b"signatur"),
            one.signature_digest(b"signature", b"input"),
        ];
        for (place, digest) in digests.iter().enumerate() {
            assert_eq!(digests.iter().position(|other| other == digest), Some(place));
        }
        assert_eq!(digests[0], one.clone().signature_digest(b"input", b"signature"));
    }
}
