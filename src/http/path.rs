//! Parts of paths (RFC 3986 section 3.3).

use std::fmt::Write as _;

/// Decodes one segment, strictly: `%` introduces two hexadecimal digits, the result is UTF-8.
#[must_use]
pub fn decode_segment(text: &str) -> Option<String> {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'%' {
            let (&[high, low], after) = rest.split_first_chunk()?;
            rest = after;
            decoded.push(hex(high)? << 4 | hex(low)?);
        } else {
            decoded.push(byte);
        }
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
    fn what_was_encoded_is_decoded() {
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
}
