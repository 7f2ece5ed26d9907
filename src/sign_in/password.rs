//! Passwords: argon2id in the Worker, and what an account keeps of the result.

use argon2::{Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::login_name::LoginName;
use super::secret_bytes::secret_bytes;
use super::tag::tag;
use crate::base::Secret;

/// The fewest characters of a password (NIST SP 800-63B section 5.1.1.2).
pub const SHORTEST: usize = 8;

/// The most characters of a password.
pub const LONGEST: usize = 128;

/// Memory of argon2id in KiB: the first of OWASP's equivalent settings that an isolate of 128 MB bears.
const MEMORY_KIB: u32 = 19_456;

/// Passes of argon2id over that memory.
const ITERATIONS: u32 = 2;

/// The most memory that a stored setting may ask for, in KiB.
const MOST_MEMORY_KIB: u32 = 65_536;

/// The most passes that a stored setting may ask for.
const MOST_ITERATIONS: u32 = 10;

/// How a password is hashed. Not secret.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct PasswordParameters {
    /// What is computed.
    pub algorithm: HashAlgorithm,
    /// Random, new with each password: names the password that it was made with.
    pub salt: Salt,
}

/// A password hash function and its cost.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum HashAlgorithm {
    /// argon2id version 1.3 (RFC 9106), one lane.
    Argon2id {
        /// Memory in KiB.
        memory_kib: u32,
        /// Passes over it.
        iterations: u32,
    },
    /// One that this release cannot compute, for hashes that are imported from elsewhere.
    Other {
        name: String,
        /// Its parameters, in its own notation.
        parameters: String,
    },
}

/// The salt of a password: from one to 64 bytes.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "Vec<u8>", into = "Vec<u8>")]
pub struct Salt(Vec<u8>);

impl Salt {
    /// The most bytes of a salt.
    pub const LONGEST: usize = 64;
}

impl From<[u8; 16]> for Salt {
    fn from(salt: [u8; 16]) -> Self {
        Self(salt.to_vec())
    }
}

impl TryFrom<Vec<u8>> for Salt {
    type Error = BadParameters;

    fn try_from(salt: Vec<u8>) -> Result<Self, BadParameters> {
        if (1..=Self::LONGEST).contains(&salt.len()) { Ok(Self(salt)) } else { Err(BadParameters) }
    }
}

impl From<Salt> for Vec<u8> {
    fn from(salt: Salt) -> Self {
        salt.0
    }
}

/// The first byte of a record in which anything can stand. The short form begins with zero, because its memory does.
const ANY: u8 = 1;

/// Parameters with which this release cannot hash.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
#[error("the password parameters are out of range")]
pub struct BadParameters;

impl PasswordParameters {
    /// What new passwords are hashed with.
    #[must_use]
    pub fn current(salt: [u8; 16]) -> Self {
        Self::argon2id(MEMORY_KIB, ITERATIONS, salt)
    }

    fn argon2id(memory_kib: u32, iterations: u32, salt: [u8; 16]) -> Self {
        Self { algorithm: HashAlgorithm::Argon2id { memory_kib, iterations }, salt: salt.into() }
    }

    /// What is used for a name that nobody has: the same cost, and for the same name always the same salt. `key` is one
    /// that strangers cannot know.
    #[must_use]
    pub fn decoy(key: &[u8; 32], login: &LoginName) -> Self {
        Self::current(tag(key, &[b"password decoy", login.as_str().as_bytes()]))
    }

    /// How they lie in a table. What we hash ourselves has a short form: memory, passes, salt, big-endian.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        match (&self.algorithm, self.salt.0.len()) {
            (HashAlgorithm::Argon2id { memory_kib, iterations }, 16) if *memory_kib <= MOST_MEMORY_KIB => {
                [&memory_kib.to_be_bytes()[..], &iterations.to_be_bytes(), &self.salt.0].concat()
            }
            // Texts and numbers can always be encoded.
            _ => [&[ANY][..], &postcard::to_allocvec(self).unwrap_or_default()].concat(),
        }
    }

    /// From [`Self::to_bytes`].
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        if let Some((&ANY, record)) = bytes.split_first() {
            let (parameters, rest) = postcard::take_from_bytes(record).ok()?;
            return rest.is_empty().then_some(parameters);
        }
        let (memory_kib, rest) = bytes.split_first_chunk()?;
        let (iterations, salt) = rest.split_first_chunk()?;
        let (memory_kib, iterations) = (u32::from_be_bytes(*memory_kib), u32::from_be_bytes(*iterations));
        Some(Self::argon2id(memory_kib, iterations, salt.try_into().ok()?))
    }
}

/// Hashes a password with argon2id version 1.3 (RFC 9106), one lane. Takes some twenty milliseconds and as much memory as
/// the parameters say.
///
/// # Errors
/// [`BadParameters`] when they are of another algorithm, or out of range.
pub fn hash(password: &Secret<String>, parameters: &PasswordParameters) -> Result<Secret<[u8; 32]>, BadParameters> {
    let HashAlgorithm::Argon2id { memory_kib, iterations } = &parameters.algorithm else {
        return Err(BadParameters);
    };
    if *memory_kib > MOST_MEMORY_KIB || *iterations > MOST_ITERATIONS {
        return Err(BadParameters);
    }
    let params = Params::new(*memory_kib, *iterations, 1, Some(32)).map_err(|_| BadParameters)?;
    let mut output = [0; 32];
    Argon2::new(argon2::Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(password.expose().as_bytes(), &parameters.salt.0, &mut output)
        .map_err(|_| BadParameters)?;
    Ok(Secret::new(output))
}

secret_bytes! {
    /// What an account keeps of a password: the SHA-256 of argon2id's output.
    Verifier
}

impl Verifier {
    /// Of a password, hashed with [`hash`].
    ///
    /// # Errors
    /// [`BadParameters`] when they are none of ours.
    pub fn of(password: &Secret<String>, parameters: &PasswordParameters) -> Result<Self, BadParameters> {
        hash(password, parameters).map(|output| Self::from_bytes(Sha256::digest(output.expose()).into()))
    }

    /// Whether both are of the same password, in constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.expose().ct_eq(other.expose()).into()
    }
}

/// A password that may be chosen.
#[derive(Clone, Debug)]
pub struct NewPassword(Secret<String>);

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WeakPassword {
    #[error("the password is the same as the login name")]
    IsLoginName,
    /// More than [`LONGEST`] characters.
    #[error("the password is longer than 128 characters")]
    TooLong,
    /// Fewer than [`SHORTEST`] characters.
    #[error("the password is shorter than 8 characters")]
    TooShort,
}

impl NewPassword {
    /// Accepts any characters; length is what counts (NIST SP 800-63B section 5.1.1.2).
    ///
    /// # Errors
    /// [`WeakPassword`].
    pub fn parse<'a>(
        password: Secret<String>,
        logins: impl IntoIterator<Item = &'a LoginName>,
    ) -> Result<Self, WeakPassword> {
        let text = password.expose();
        match text.chars().count() {
            ..SHORTEST => return Err(WeakPassword::TooShort),
            SHORTEST..=LONGEST => {}
            _ => return Err(WeakPassword::TooLong),
        }
        let as_name = LoginName::parse(text).ok();
        if as_name.is_some_and(|name| logins.into_iter().any(|login| *login == name)) {
            return Err(WeakPassword::IsLoginName);
        }
        Ok(Self(password))
    }

    /// The password itself, for hashing.
    #[must_use]
    pub const fn secret(&self) -> &Secret<String> {
        &self.0
    }
}

/// Whether a text can be anybody's password at all: hashing what is longer would only cost time.
#[must_use]
pub fn can_be_a_password(text: &Secret<String>) -> bool {
    !text.expose().is_empty() && text.expose().chars().count() <= LONGEST
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Secret<String> {
        Secret::new(text.to_owned())
    }

    // spec: RFC 9106 section 3 - the output is that of the reference implementation of Argon2id
    #[test]
    fn known_answer() {
        // The reference implementation: echo -n password | argon2 somesaltsomesalt -id -t 2 -k 19456 -p 1 -l 32
        let expected = "2b5dc4054886ec957ef59c73b661c54dd6fb274590b278f657c6d96aac8fa6d1";
        let parameters = PasswordParameters::current(*b"somesaltsomesalt");
        let output = hash(&secret("password"), &parameters).unwrap();
        let shown = output.expose().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        assert_eq!(shown, expected);
        let again = hash(&secret("password"), &parameters).unwrap();
        assert_eq!(output, again);
        let other = PasswordParameters::argon2id(MEMORY_KIB, 3, *b"somesaltsomesalt");
        assert_ne!(output, hash(&secret("password"), &other).unwrap());
        let verifier = Verifier::of(&secret("password"), &parameters).unwrap();
        assert!(verifier.matches(&Verifier::of(&secret("password"), &parameters).unwrap()));
        assert!(!verifier.matches(&Verifier::of(&secret("Password"), &parameters).unwrap()));
        assert!(!verifier.matches(&Verifier::from_bytes(*output.expose())), "the output is not kept");
    }

    #[test]
    fn parameters_lie_in_a_table_as_they_are() {
        let parameters = PasswordParameters::argon2id(1, 2, [3; 16]);
        assert_eq!(parameters.to_bytes(), [&[0, 0, 0, 1, 0, 0, 0, 2][..], &[3; 16]].concat());
        assert_eq!(PasswordParameters::from_slice(&parameters.to_bytes()), Some(parameters));
        for length in (0..40).filter(|length| *length != 24) {
            assert_eq!(PasswordParameters::from_slice(&vec![0; length]), None);
        }
        let huge = PasswordParameters::argon2id(u32::MAX, 2, [3; 16]);
        assert_eq!(hash(&secret("x"), &huge).err(), Some(BadParameters));
    }

    #[test]
    fn parameters_of_another_algorithm_are_kept_and_not_computed() {
        let salt = |length| Salt::try_from(vec![0xff; length]);
        assert!(salt(0).is_err() && salt(65).is_err());
        let algorithms = [
            HashAlgorithm::Argon2id { memory_kib: 1, iterations: 2 },
            HashAlgorithm::Argon2id { memory_kib: u32::MAX, iterations: 2 },
            HashAlgorithm::Other { name: "pbkdf2".to_owned(), parameters: r#"{"iterations":600000}"#.to_owned() },
        ];
        for algorithm in algorithms {
            for length in [1, 15, 16, 17, 64] {
                let parameters = PasswordParameters { algorithm: algorithm.clone(), salt: salt(length).unwrap() };
                let bytes = parameters.to_bytes();
                assert_eq!(PasswordParameters::from_slice(&bytes), Some(parameters.clone()));
                assert_eq!(PasswordParameters::from_slice(&[&bytes[..], &[0]].concat()), None);
                if let HashAlgorithm::Other { .. } = algorithm {
                    assert_eq!(hash(&secret("x"), &parameters).err(), Some(BadParameters));
                }
            }
        }
    }

    #[test]
    fn decoys_are_constant_and_belong_to_one_name_and_key() {
        let name = |text| LoginName::parse(text).unwrap();
        let decoy = PasswordParameters::decoy(&[1; 32], &name("Nobody"));
        assert_eq!(decoy, PasswordParameters::decoy(&[1; 32], &name("nobody")));
        assert_ne!(decoy.salt, PasswordParameters::decoy(&[1; 32], &name("nobody2")).salt);
        assert_ne!(decoy.salt, PasswordParameters::decoy(&[2; 32], &name("nobody")).salt);
        assert_eq!(decoy.algorithm, PasswordParameters::current([0; 16]).algorithm, "it costs what a real one costs");
    }

    #[test]
    fn the_policy() {
        let login = LoginName::parse("ada.lovelace").unwrap();
        let parse = |text: &str| NewPassword::parse(secret(text), [&login]).err();
        assert_eq!(parse("1234567"), Some(WeakPassword::TooShort));
        assert_eq!(
            parse("\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}"),
            Some(WeakPassword::TooShort),
            "characters, not bytes"
        );
        assert_eq!(parse("12345678"), None);
        assert_eq!(parse(&"\u{e9}".repeat(128)), None);
        assert_eq!(parse(&"x".repeat(129)), Some(WeakPassword::TooLong));
        assert_eq!(parse("ADA.Lovelace"), Some(WeakPassword::IsLoginName));
        assert_eq!(parse(" with spaces and \u{202e} anything "), None);
    }
}
