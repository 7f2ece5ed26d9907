//! Keyed tags of several parts.

use hmac::{Hmac, Mac as _};
use sha2::Sha256;

/// HMAC-SHA-256 of `parts` under `key`, each with its length before it, so that no two lists give the same input.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC accepts a key of any length, so this never happens.
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
pub(super) fn tag<const N: usize>(key: &[u8; 32], parts: &[&[u8]]) -> [u8; N] {
    let mut tag = [0; N];
    for (to, from) in tag.iter_mut().zip(mac(key, parts)) {
        *to = from;
    }
    tag
}
