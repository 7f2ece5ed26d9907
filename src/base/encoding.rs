//! base64url as RFC 7515 section 2 defines it: no padding, and one spelling only for each value.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Encodes `bytes`.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Decodes `text`; `None` for padding, a foreign character or trailing bits that are not zero.
#[must_use]
pub fn from_base64url(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}

/// Decodes `text` into exactly `N` bytes.
#[must_use]
pub fn from_base64url_exact<const N: usize>(text: &str) -> Option<[u8; N]> {
    from_base64url(text)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 4648 section 3.5 - encodings that are not canonical are refused
    // spec: RFC 7515 section 2 - base64url without padding
    #[test]
    fn one_spelling_for_each_value() {
        assert_eq!(from_base64url("_-8"), Some(vec![0xff, 0xef]));
        for other in ["_-9", "_-8=", "/+8", "_-8 ", " _-8", "_", "_-8\n"] {
            assert_eq!(from_base64url(other), None, "{other:?}");
        }
    }

    #[test]
    fn exact_length() {
        assert_eq!(from_base64url_exact::<2>("_-8"), Some([0xff, 0xef]));
        assert_eq!(from_base64url_exact::<3>("_-8"), None);
    }
}
