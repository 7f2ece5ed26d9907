//! What is told of clients and users by a MAC: one key for each purpose, all derived from the one that never rotates.

use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::base::Secret;

/// A MAC (RFC 2104) whose key is derived for one purpose (RFC 5869; `subject_key` is uniformly random, so no salt is needed).
pub(super) fn derived_mac(purpose: &[u8], subject_key: &Secret<[u8; 32]>) -> Hmac<Sha256> {
    // RFC 2104 section 2: behind the key's 32 bytes, zeros fill the block.
    let mut block = Zeroizing::new([0; 64]);
    let expanded = Hkdf::<Sha256>::new(None, subject_key.expose()).expand(purpose, block.split_at_mut(32).0);
    debug_assert!(expanded.is_ok(), "32 bytes are within what HKDF-SHA-256 can expand");
    Hmac::new((&*block).into())
}
