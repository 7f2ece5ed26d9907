//! Key separation: one key for each purpose under each master key.

use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use super::ring::MasterKey;

/// Derives the key of one purpose (RFC 5869; the master key is uniformly random, so no salt is needed).
pub(super) fn derive(master: &MasterKey, purpose: &str) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    let expanded = Hkdf::<Sha256>::new(None, master.key())
        .expand_multi_info(&[b"grantry sealed value\0", purpose.as_bytes()], &mut *key);
    debug_assert!(expanded.is_ok(), "32 bytes are within what HKDF-SHA-256 can expand");
    key
}
