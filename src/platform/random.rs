//! Random values of a fixed size.

use super::port::Platform;
use crate::base::AttemptId;

/// `N` random bytes.
#[must_use]
pub fn random<const N: usize>(platform: &impl Platform) -> [u8; N] {
    let mut bytes = [0; N];
    platform.entropy(&mut bytes);
    bytes
}

/// A new name for one attempt of a changing call.
#[must_use]
pub fn attempt(platform: &impl Platform) -> AttemptId {
    AttemptId::from_bytes(random(platform))
}
