//! Secrets: the keys that seal, sign and make identifiers, and the break-glass credential.

use super::reader::Reader;
use crate::base::encoding::from_base64url_exact;
use crate::base::{Secret, UnixTime};
use crate::jose::keyring::{Keyring, parse_set};
use crate::jose::{Algorithm, SigningKey};
use crate::seal::Ring;

/// The shortest break-glass token, in characters.
const SHORTEST_ADMIN_TOKEN: usize = 32;

/// All secrets.
pub(super) struct Keys {
    pub(super) ring: Ring,
    pub(super) keyring: Keyring,
    pub(super) subject_key: Secret<[u8; 32]>,
    pub(super) admin_token: Secret<String>,
}

impl Keys {
    /// The secrets as they are at `now`.
    pub(super) fn read(reader: &mut Reader<'_>, now: UnixTime) -> Option<Self> {
        let ring = reader.required("MASTER_KEYS", |text| ring(text, now));
        let subject_key = reader.required("SUBJECT_KEY", subject_key);
        let current = reader.required("SIGNING_KEYS", complete_set);
        let next = reader.optional("SIGNING_KEYS_NEXT", set).unwrap_or_default();
        let previous = reader.optional("SIGNING_KEYS_PREVIOUS", set).unwrap_or_default();
        let admin_token = reader.required("ADMIN_TOKEN", admin_token);
        Some(Self {
            ring: ring?,
            keyring: Keyring::new(current?, &next, &previous),
            subject_key: subject_key?,
            admin_token: admin_token?,
        })
    }
}

fn ring(text: &str, now: UnixTime) -> Result<Ring, String> {
    let ring = Ring::parse(text).map_err(|problem| problem.to_string())?;
    if ring.sealing(now).is_none() {
        return Err("must have a key that seals now: seals_from of each is later, or it is retired".to_owned());
    }
    Ok(ring)
}

fn subject_key(text: &str) -> Result<Secret<[u8; 32]>, String> {
    from_base64url_exact(text)
        .map(Secret::new)
        .ok_or_else(|| "must be 32 bytes in base64url without padding".to_owned())
}

fn set(text: &str) -> Result<Vec<SigningKey>, String> {
    parse_set(text).map_err(|problem| problem.to_string())
}

/// Access tokens need ES256, ID tokens RS256 unless their client registered another, PS256 is what FAPI clients choose.
fn complete_set(text: &str) -> Result<Vec<SigningKey>, String> {
    let keys = set(text)?;
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256] {
        match keys.iter().filter(|key| key.algorithm() == algorithm).count() {
            0 => return Err(format!("must have a key for {}", algorithm.as_str())),
            1 => {}
            _ => return Err(format!("must have only one key for {}", algorithm.as_str())),
        }
    }
    Ok(keys)
}

fn admin_token(text: &str) -> Result<Secret<String>, String> {
    let is_long = text.len() >= SHORTEST_ADMIN_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_long {
        Ok(Secret::new(text.to_owned()))
    } else {
        Err(format!("must have at least {SHORTEST_ADMIN_TOKEN} characters, all printable ASCII without spaces"))
    }
}
