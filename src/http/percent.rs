//! Percent-encoding (RFC 3986 section 2.1) in segments of paths and in forms.

use std::fmt::Write as _;

/// Decodes one segment of a path, strictly: `%` introduces two hexadecimal digits, the result is UTF-8. A plus is a plus.
#[must_use]
pub fn decode_segment(text: &str) -> Option<String> {
    decode(text.as_bytes(), b'+')
}

/// Decodes one name or value of a form, strictly: `+` is a space, `%` introduces two hexadecimal digits, the result is UTF-8
/// without NUL.
#[must_use]
pub fn decode_form(text: &[u8]) -> Option<String> {
    decode(text, b' ').filter(|text| !text.contains('\0'))
}

fn decode(text: &[u8], plus: u8) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        decoded.push(match byte {
            b'+' => plus,
            b'%' => {
                let (&[high, low], after) = rest.split_first_chunk()?;
                rest = after;
                hex(high)? << 4 | hex(low)?
            }
            byte => byte,
        });
    }
    String::from_utf8(decoded).ok()
}

/// Encodes `text` as one segment: everything but unreserved characters, so that every parser reads the same.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut segment, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            segment.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(segment, "%{byte:02X}");
        }
        segment
    })
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: RFC 3986 section 2.1 - segments of a path are percent-decoded, a plus stays
    #[test]
    fn encoding_a_segment_and_decoding_it_gives_the_same_text() {
        for (text, segment) in [("c_Az09-~.", "c_Az09-~."), ("a/b c", "a%2Fb%20c"), ("%", "%25"), ("é+", "%C3%A9%2B")]
        {
            assert_eq!(encode_segment(text), segment);
            assert_eq!(decode_segment(segment).as_deref(), Some(text));
        }
        assert_eq!(decode_segment("a+b").as_deref(), Some("a+b"), "a plus is a plus in a path");
        for malformed in ["%", "%4", "%4x", "%+1", "%ff"] {
            assert_eq!(decode_segment(malformed), None, "{malformed}");
        }
    }

    // spec: RFC 6749 appendix B - parameters are form-decoded as UTF-8
    #[test]
    fn a_plus_in_a_form_is_a_space_and_nul_is_malformed() {
        assert_eq!(decode_form(b"a+b%2B%C3%A9").as_deref(), Some("a b+\u{e9}"));
        for malformed in ["%", "%4", "%4x", "%+1", "%ff", "%00", "\0"] {
            assert_eq!(decode_form(malformed.as_bytes()), None, "{malformed:?}");
        }
    }
}
