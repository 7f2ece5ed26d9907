//! The rules of authentication: how passwords are compared, what a login name is, when guessing ends, by what a
//! browser is known, and in which words a person recognises it. Pure: no clock, no randomness, no storage.

pub mod assurance;
pub mod device;
pub mod lockout;
pub mod login_name;
pub mod origin;
pub mod password;

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// HMAC-SHA-256 of `parts` under `key`, each with its length before it, so that no two lists give the same input.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // A key of any length is accepted; the empty result could only come of one that is not.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else {
        return [0; 32];
    };
    for part in parts {
        mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// The first `N` bytes of [`mac`].
fn tag<const N: usize>(key: &[u8; 32], parts: &[&[u8]]) -> [u8; N] {
    let mut tag = [0; N];
    for (to, from) in tag.iter_mut().zip(mac(key, parts)) {
        *to = from;
    }
    tag
}

/// Makes `$name` 32 bytes that only an account may know: base64url in messages, a BLOB in tables, nothing in `Debug`.
macro_rules! secret_bytes {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name(crate::base::Secret<[u8; 32]>);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(crate::base::Secret::new(bytes))
            }

            /// From bytes that a table holds.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn expose(&self) -> &[u8; 32] {
                self.0.expose()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&crate::base::encoding::base64url(self.expose()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                crate::base::encoding::from_base64url_exact(&text)
                    .map(Self::from_bytes)
                    .ok_or_else(|| serde::de::Error::custom("not 32 bytes in base64url"))
            }
        }
    };
}
use secret_bytes;
