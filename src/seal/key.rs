//! Key separation: one key for each purpose under each master key.

use std::fmt;

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::base::Secret;

/// A master key after the first step of HKDF (RFC 5869; the key is uniformly random, so no salt is needed): two thirds of the
/// hashing are done once for each key, not for each value. It lives as long as the configuration does.
pub(super) struct Extracted(Hkdf<Sha256>);

impl Extracted {
    pub(super) fn from_master(key: &Secret<[u8; 32]>) -> Self {
        Self(Hkdf::new(None, key.expose()))
    }

    /// Derives the key of one purpose.
    pub(super) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        let mut key = Zeroizing::new([0; 32]);
        let expanded = self.0.expand_multi_info(&[b"grantry sealed value\0", purpose.as_bytes()], &mut *key);
        debug_assert!(expanded.is_ok(), "32 bytes are within what HKDF-SHA-256 can expand");
        key
    }
}

impl fmt::Debug for Extracted {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Extracted(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_stay_the_same() {
        let key = Extracted::from_master(&Secret::new([1; 32])).derive("code");
        // Computed elsewhere: what is sealed today has to open tomorrow.
        let known = 0x9014_70c9_7f68_25d2_8c82_d561_867e_80c7_u128.to_be_bytes();
        let rest = 0x0c2e_4961_a366_6029_5139_ae3a_9f9c_9f85_u128.to_be_bytes();
        assert_eq!(*key, *[known, rest].as_flattened());
    }
}
