//! The envelope that all sealed values share.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::ring::Ring;
use crate::base::UnixTime;
use crate::base::encoding::{base64url, from_base64url};
use crate::lifetimes;

const KID: usize = 4;
const NONCE: usize = 24;

/// What a kind of sealed value is for. Each kind has a Rust type of its own, and no text of one kind opens as another.
pub trait Purpose: DeserializeOwned + Serialize {
    /// Separates keys and associated data. Never changes.
    const LABEL: &'static str;
    /// How the text begins. Never changes.
    const PREFIX: &'static str;
    /// The format that is written. Formats that are only read are opened in [`Purpose::decode`], so that a release can
    /// open a format before any release writes it.
    const FORMAT: u8 = 1;
    /// The length in characters that is never exceeded; what would be longer is not sealed.
    const MAX_LENGTH: usize;

    /// Reads the content of a format, `None` if it is unknown or malformed.
    #[must_use]
    fn decode(format: u8, content: &[u8]) -> Option<Self> {
        if format == Self::FORMAT { exactly(content) } else { None }
    }
}

/// Reads a value that takes up all of `content`.
#[must_use]
pub(super) fn exactly<T: DeserializeOwned>(content: &[u8]) -> Option<T> {
    match postcard::take_from_bytes(content) {
        Ok((value, [])) => Some(value),
        _ => None,
    }
}

/// From when until when a sealed value holds: `sealed_at <= now < expires_at`.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Life {
    pub sealed_at: UnixTime,
    /// The first moment at which it no longer opens.
    pub expires_at: UnixTime,
}

/// The content of a sealed value that was opened.
#[derive(Debug, Eq, PartialEq)]
pub struct Opened<P> {
    /// The content.
    pub value: P,
    /// From when until when it holds.
    pub life: Life,
}

/// Why a value was not opened. For the log; a stranger learns nothing of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unopened {
    /// It was genuine once.
    #[error("the sealed value has expired")]
    Expired,
    /// Altered, or sealed for another tenant, issuer or purpose, or by a key retired before.
    #[error("the sealed value is not genuine")]
    Forged,
    /// Sealed later than now, by more than clocks may disagree.
    #[error("the sealed value comes from the future")]
    Future,
    /// Not of the form of such a value at all.
    #[error("not a sealed value of this kind")]
    Malformed,
    /// By a key that the ring does not hold.
    #[error("the sealed value names an unknown key")]
    UnknownKey,
}

/// Why a value was not sealed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotSealed {
    /// The ring has no key that seals at this time.
    #[error("no master key seals now")]
    NoKey,
    /// Encoding or encryption failed, which no input can cause.
    #[error("the value cannot be encoded")]
    Unencodable,
    /// It would be longer than its purpose allows.
    #[error("the sealed value would be too long")]
    TooLong,
}

/// Seals and opens values for one tenant of one issuer.
#[derive(Debug)]
pub struct Sealer {
    ring: Ring,
    tenant: String,
    issuer: String,
}

/// A frame around every content: times first, so that they can be judged before the rest is read.
#[derive(Serialize)]
struct Frame<'a, P>(Life, &'a P);

/// The constants of a [`Purpose`]: what seals and opens is compiled once for all of them.
#[derive(Clone, Copy)]
struct Kind {
    label: &'static str,
    prefix: &'static str,
    max_length: usize,
}

impl Kind {
    const fn of<P: Purpose>() -> Self {
        Self { label: P::LABEL, prefix: P::PREFIX, max_length: P::MAX_LENGTH }
    }
}

/// What was inside an envelope: a frame whose content is yet to be read.
struct Content {
    format: u8,
    life: Life,
    framed: Zeroizing<Vec<u8>>,
    /// Where in the frame the content begins.
    begins_at: usize,
}

impl Sealer {
    /// For the values of `tenant` at `issuer`, with the keys of `ring`.
    #[must_use]
    pub const fn new(ring: Ring, tenant: String, issuer: String) -> Self {
        Self { ring, tenant, issuer }
    }

    /// The keys.
    #[must_use]
    pub const fn ring(&self) -> &Ring {
        &self.ring
    }

    /// Seals `value` for `life`. `nonce` must be fresh random bytes.
    ///
    /// # Errors
    /// When no key seals at `life.sealed_at` or the text would be too long.
    pub fn seal<P: Purpose>(&self, value: &P, life: Life, nonce: [u8; NONCE]) -> Result<String, NotSealed> {
        let content = Zeroizing::new(postcard::to_allocvec(&Frame(life, value)).map_err(|_| NotSealed::Unencodable)?);
        self.seal_content(Kind::of::<P>(), P::FORMAT, &content, life, nonce)
    }

    fn seal_content(
        &self,
        purpose: Kind,
        format: u8,
        content: &[u8],
        life: Life,
        nonce: [u8; NONCE],
    ) -> Result<String, NotSealed> {
        let master = self.ring.sealing(life.sealed_at).ok_or(NotSealed::NoKey)?;
        let key = master.key().derive(purpose.label);
        let associated = self.associated_data(purpose, format);
        let ciphertext = XChaCha20Poly1305::new(Key::from_slice(key.as_slice()))
            .encrypt(XNonce::from_slice(&nonce), Payload { msg: content, aad: &associated })
            .map_err(|_| NotSealed::Unencodable)?;
        let text = [purpose.prefix, &base64url(&[&[format], &master.kid()[..], &nonce, &ciphertext].concat())].concat();
        if text.len() > purpose.max_length { Err(NotSealed::TooLong) } else { Ok(text) }
    }

    /// Opens `text` at `now`.
    ///
    /// # Errors
    /// When it is not a value of this kind, not genuine, or not of this time.
    pub fn open<P: Purpose>(&self, text: &str, now: UnixTime) -> Result<Opened<P>, Unopened> {
        let opened = self.open_at_any_age(text, now)?;
        if now >= opened.life.expires_at { Err(Unopened::Expired) } else { Ok(opened) }
    }

    /// [`Self::open`] for a value that may have expired: only to offer once more what anybody could ask for.
    ///
    /// # Errors
    /// When it is not a value of this kind, not genuine, or of the future.
    pub fn open_at_any_age<P: Purpose>(&self, text: &str, now: UnixTime) -> Result<Opened<P>, Unopened> {
        let Content { format, life, framed, begins_at } = self.open_content(Kind::of::<P>(), text, now)?;
        let content = framed.get(begins_at..).unwrap_or_default();
        let value = P::decode(format, content).ok_or(Unopened::Malformed)?;
        Ok(Opened { value, life })
    }

    fn open_content(&self, purpose: Kind, text: &str, now: UnixTime) -> Result<Content, Unopened> {
        if text.len() > purpose.max_length {
            return Err(Unopened::Malformed);
        }
        let encoded = text.strip_prefix(purpose.prefix).ok_or(Unopened::Malformed)?;
        let envelope = from_base64url(encoded).ok_or(Unopened::Malformed)?;
        let (&format, rest) = envelope.split_first().ok_or(Unopened::Malformed)?;
        let (&kid, rest) = rest.split_first_chunk::<KID>().ok_or(Unopened::Malformed)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>().ok_or(Unopened::Malformed)?;
        let master = self.ring.find(kid).ok_or(Unopened::UnknownKey)?;
        let key = master.key().derive(purpose.label);
        let associated = self.associated_data(purpose, format);
        let framed = XChaCha20Poly1305::new(Key::from_slice(key.as_slice()))
            .decrypt(XNonce::from_slice(nonce), Payload { msg: ciphertext, aad: &associated })
            .map(Zeroizing::new)
            .map_err(|_| Unopened::Forged)?;
        let (life, content): (Life, &[u8]) = postcard::take_from_bytes(&framed).map_err(|_| Unopened::Malformed)?;
        let begins_at = framed.len().saturating_sub(content.len());
        if !master.may_have_sealed_at(life.sealed_at) {
            return Err(Unopened::Forged);
        }
        if life.sealed_at > now.plus(lifetimes::SEALED_AHEAD) {
            return Err(Unopened::Future);
        }
        Ok(Content { format, life, framed, begins_at })
    }

    /// Everything a value is bound to beside its content, each part behind its length so that none can run into the
    /// next.
    fn associated_data(&self, purpose: Kind, format: u8) -> Vec<u8> {
        let mut data = vec![format];
        for part in [&self.tenant, &self.issuer, purpose.label, purpose.prefix] {
            data.extend_from_slice(&(part.len() as u64).to_be_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}
