//! What users recognise a client by.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use sha2::{Digest as _, Sha256};

use super::presentation::Picture;
use super::registration::Registration;
use crate::base::address::receiver;
use crate::base::encoding::{base64url, from_base64url_exact};

/// What users recognise a client by: a digest of its name, its site, its logo and the places that it returns to. A consent is
/// given to a face and does not pass to another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FaceDigest([u8; 16]);

impl FaceDigest {
    /// The face of a client that is registered like this.
    #[must_use]
    pub fn of(registration: &Registration) -> Self {
        let Registration { name, site, redirect_uris, presentation, .. } = registration;
        let mut places: Vec<&str> = redirect_uris.iter().map(|uri| receiver(uri.as_str())).collect();
        places.sort_unstable();
        places.dedup();
        let mut digest = Sha256::new();
        // Without a logo, nothing stands for it: what was allowed before there were logos stays allowed.
        let logo = presentation.logo.as_ref().map(Picture::as_str);
        for part in [name.as_str(), site.as_deref().unwrap_or_default()].into_iter().chain(places).chain(logo) {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        let digest: [u8; 32] = digest.finalize().into();
        Self(digest.first_chunk().copied().unwrap_or_default())
    }

    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From bytes that a table holds.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// What a user saw of a client when they consented. The client may call itself otherwise later: this is what they are shown
/// then.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct ShownFace {
    pub name: String,
    /// The host of its website, or else the one that the answer went to.
    #[serde(default)]
    pub host: Option<String>,
    /// Whether an administrator vouched for it.
    #[serde(default)]
    pub verified: bool,
}

impl Serialize for FaceDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&base64url(&self.0))
    }
}

impl<'de> Deserialize<'de> for FaceDigest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        from_base64url_exact(&text).map(Self).ok_or_else(|| de::Error::custom("malformed face"))
    }
}
