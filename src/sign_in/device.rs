//! Browsers in which a user has signed in before.
//!
//! Such a browser has a counter of failures of its own, so that strangers cannot lock the user out. It is known by an
//! id that the account itself tagged when the user signed in there: any number of browsers cost no row, and nobody
//! without the account's key can make an id.

use subtle::ConstantTimeEq as _;

use super::secret_bytes::secret_bytes;
use super::tag::tag;
use crate::base::DeviceId;

secret_bytes! {
    /// Tags the ids of an account's devices. Random, made with the account, never leaves it.
    DeviceKey
}

const DEVICE: &[u8] = b"device";

impl DeviceKey {
    /// The id of a new device, of 16 random bytes.
    #[must_use]
    pub fn admit(&self, random: [u8; 16]) -> DeviceId {
        let tag: [u8; 16] = tag(self.expose(), &[DEVICE, &random]);
        let mut id = [0; 32];
        for (to, from) in id.iter_mut().zip(random.into_iter().chain(tag)) {
            *to = from;
        }
        DeviceId::from_bytes(id)
    }

    /// Whether `device` was admitted under this key.
    #[must_use]
    pub fn knows(&self, device: DeviceId) -> bool {
        let random = device.as_bytes().first_chunk().copied().unwrap_or_default();
        self.admit(random).as_bytes().ct_eq(device.as_bytes()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_admitted_is_known() {
        let (ours, other) = (DeviceKey::from_bytes([1; 32]), DeviceKey::from_bytes([2; 32]));
        let device = ours.admit([7; 16]);
        assert!(ours.knows(device));
        assert!(!other.knows(device));
        for index in 0..32 {
            let mut bytes = *device.as_bytes();
            bytes[index] ^= 1;
            assert!(!ours.knows(DeviceId::from_bytes(bytes)), "byte {index}");
        }
        assert!(!ours.knows(DeviceId::from_bytes([0; 32])));
    }
}
