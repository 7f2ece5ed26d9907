//! The master keys, and which of them seals and opens when.

use serde::Deserialize;
use zeroize::Zeroizing;

use super::key::Extracted;
use crate::base::encoding::from_base64url_exact;
use crate::base::{Secret, UnixTime};

#[derive(Debug)]
pub struct MasterKey {
    kid: [u8; 4],
    key: Extracted,
    seals_from: UnixTime,
    retired_at: Option<UnixTime>,
}

impl MasterKey {
    /// The key's name inside sealed values.
    #[must_use]
    pub const fn kid(&self) -> [u8; 4] {
        self.kid
    }

    pub(super) const fn key(&self) -> &Extracted {
        &self.key
    }

    fn seals_at(&self, now: UnixTime) -> bool {
        self.seals_from <= now && self.retired_at.is_none_or(|retired_at| now < retired_at)
    }

    /// Whether a value that says it was sealed at `sealed_at` may have been sealed with this key.
    pub(super) fn may_have_sealed_at(&self, sealed_at: UnixTime) -> bool {
        self.retired_at.is_none_or(|retired_at| sealed_at < retired_at)
    }
}

/// All master keys, as the secret `MASTER_KEYS` holds them.
///
/// Isolates and objects learn of a changed secret at different times. A new key therefore seals only from a moment
/// some minutes after it was published, and a retired one still opens what is older than its retirement.
#[derive(Debug)]
pub struct Ring(Vec<MasterKey>);

/// What is wrong with the text of a ring.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum RingProblem {
    /// Two keys share a name.
    #[error("no two keys may have the same kid")]
    DuplicateKid,
    /// No key at all.
    #[error("must have at least one key")]
    Empty,
    /// A key is not 32 bytes in base64url without padding.
    #[error("each key must be 32 bytes in base64url without padding")]
    Key,
    /// A `kid` is not eight lowercase hexadecimal digits.
    #[error("each kid must be eight lowercase hexadecimal digits")]
    Kid,
    /// A key is retired before it begins to seal.
    #[error("retired_at of a key must not be before its seals_from")]
    Order,
    /// Not the JSON that is expected.
    #[error("must be a JSON array of {{kid, key, seals_from, retired_at}}")]
    Syntax,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyText {
    kid: String,
    key: Zeroizing<String>,
    seals_from: UnixTime,
    #[serde(default)]
    retired_at: Option<UnixTime>,
}

impl Ring {
    /// Parses `[{"kid": "8 hex digits", "key": "base64url of 32 bytes", "seals_from": seconds, "retired_at": seconds}]`.
    ///
    /// # Errors
    /// The first thing that is wrong; never a part of the text.
    pub fn parse(text: &str) -> Result<Self, RingProblem> {
        let entries: Vec<KeyText> = serde_json::from_str(text).map_err(|_| RingProblem::Syntax)?;
        if entries.is_empty() {
            return Err(RingProblem::Empty);
        }
        let mut keys: Vec<MasterKey> = Vec::with_capacity(entries.len());
        for entry in entries {
            let kid = parse_kid(&entry.kid).ok_or(RingProblem::Kid)?;
            if keys.iter().any(|other| other.kid == kid) {
                return Err(RingProblem::DuplicateKid);
            }
            if entry.retired_at.is_some_and(|retired_at| retired_at < entry.seals_from) {
                return Err(RingProblem::Order);
            }
            let key = from_base64url_exact(&entry.key).ok_or(RingProblem::Key)?;
            let key = Extracted::from_master(&Secret::new(key));
            keys.push(MasterKey { kid, key, seals_from: entry.seals_from, retired_at: entry.retired_at });
        }
        Ok(Self(keys))
    }

    /// The key that seals at `now`: of those allowed to, the one that came last.
    #[must_use]
    pub fn sealing(&self, now: UnixTime) -> Option<&MasterKey> {
        self.0.iter().filter(|key| key.seals_at(now)).max_by_key(|key| key.seals_from)
    }

    pub(super) fn find(&self, kid: [u8; 4]) -> Option<&MasterKey> {
        self.0.iter().find(|key| key.kid == kid)
    }
}

fn parse_kid(text: &str) -> Option<[u8; 4]> {
    let lowercase_hex = |digit: u8| digit.is_ascii_digit() || (b'a'..=b'f').contains(&digit);
    if text.len() != 8 || !text.bytes().all(lowercase_hex) {
        return None;
    }
    u32::from_str_radix(text, 16).ok().map(u32::to_be_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(kid: &str, byte: u8, times: &str) -> String {
        let key = crate::base::encoding::base64url(&[byte; 32]);
        format!(r#"{{"kid":"{kid}","key":"{key}",{times}}}"#)
    }

    #[test]
    fn the_latest_key_that_may_seal_seals() {
        let old = entry("00000001", 1, r#""seals_from":0,"retired_at":700"#);
        let new = entry("00000002", 2, r#""seals_from":600"#);
        let ring = Ring::parse(&format!("[{old},{new}]")).unwrap();
        let sealing_at = |seconds| ring.sealing(UnixTime::from_secs(seconds)).map(MasterKey::kid);
        assert_eq!(sealing_at(-1), None);
        assert_eq!(sealing_at(0), Some([0, 0, 0, 1]));
        assert_eq!(sealing_at(599), Some([0, 0, 0, 1]));
        assert_eq!(sealing_at(600), Some([0, 0, 0, 2]));
    }

    #[test]
    fn problems_are_told_apart() {
        let good = entry("00000001", 1, r#""seals_from":0"#);
        let cases = [
            ("nonsense".to_owned(), RingProblem::Syntax),
            (r#"[{"kid":"00000001"}]"#.to_owned(), RingProblem::Syntax),
            (format!("[{}]", entry("00000001", 1, r#""seals_from":0,"retired":5"#)), RingProblem::Syntax),
            ("[]".to_owned(), RingProblem::Empty),
            (format!("[{good},{good}]"), RingProblem::DuplicateKid),
            (format!("[{}]", entry("0000000A", 1, r#""seals_from":0"#)), RingProblem::Kid),
            (format!("[{}]", entry("+0000001", 1, r#""seals_from":0"#)), RingProblem::Kid),
            (format!("[{}]", entry("00000001", 1, r#""seals_from":10,"retired_at":9"#)), RingProblem::Order),
            (r#"[{"kid":"00000001","key":"AAAA","seals_from":0}]"#.to_owned(), RingProblem::Key),
        ];
        for (text, problem) in cases {
            assert_eq!(Ring::parse(&text).err(), Some(problem), "{text}");
        }
    }
}
