//! What users are shown of a client besides its name and site. Records of earlier releases lack it, so all of it has a
//! default.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use thiserror::Error;

/// How a client presents itself.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Presentation {
    /// `published`, a member of our own: whether the catalogue lists it.
    #[serde(default)]
    pub published: bool,
    /// `publication_requested`, a member of our own: whether its developer waits for the administrator to publish it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub publication_requested: bool,
    /// `description`, a member of our own: what it does, in a sentence or two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// `logo`, a member of our own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo: Option<Picture>,
    /// `policy_uri` (OpenID Connect Registration section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<String>,
    /// `tos_uri` (OpenID Connect Registration section 2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<String>,
}

/// A PNG, JPEG or WebP image as a `data:` URI (RFC 2397), so that no page of ours loads anything from elsewhere. It says
/// what it is and is what it says; SVG, which can hold scripts and other documents, is none of the three.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Picture(Arc<str>);

/// What is wrong with a picture.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum PictureProblem {
    /// The content is not an image of the type that the URI names.
    #[error("the content is not of the type that the URI names")]
    Content,
    /// It is not `data:image/(png|jpeg|webp);base64,` with base64 behind it.
    #[error("not a data: URI of a PNG, JPEG or WebP image in base64")]
    Form,
    /// It has more than [`Picture::LIMIT`] bytes.
    #[error("more than 16384 bytes")]
    Size,
}

impl Picture {
    /// The most bytes of an image: each page that shows a client carries it whole, and so does the client's record.
    pub const LIMIT: usize = 16_384;

    /// Reads a `data:` URI.
    ///
    /// # Errors
    /// [`PictureProblem`].
    pub fn parse(uri: &str) -> Result<Self, PictureProblem> {
        let rest = uri.strip_prefix("data:image/").ok_or(PictureProblem::Form)?;
        let (kind, encoded) = rest.split_once(";base64,").ok_or(PictureProblem::Form)?;
        if encoded.len() > Self::LIMIT.div_ceil(3).saturating_mul(4) {
            return Err(PictureProblem::Size);
        }
        let bytes = STANDARD.decode(encoded).map_err(|_| PictureProblem::Form)?;
        if bytes.len() > Self::LIMIT {
            return Err(PictureProblem::Size);
        }
        if !KINDS.contains(&kind) {
            return Err(PictureProblem::Form);
        }
        if is_of_kind(kind, &bytes) { Ok(Self(uri.into())) } else { Err(PictureProblem::Content) }
    }

    /// Reads the content of a file, which says by its first bytes what it is.
    ///
    /// # Errors
    /// [`PictureProblem`].
    pub fn of_bytes(bytes: &[u8]) -> Result<Self, PictureProblem> {
        if bytes.len() > Self::LIMIT {
            return Err(PictureProblem::Size);
        }
        let kind = KINDS.into_iter().find(|kind| is_of_kind(kind, bytes)).ok_or(PictureProblem::Content)?;
        Ok(Self(["data:image/", kind, ";base64,", &STANDARD.encode(bytes)].concat().into()))
    }

    /// The URI.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The kinds of images, by the names of their media types.
const KINDS: [&str; 3] = ["jpeg", "png", "webp"];

fn is_of_kind(kind: &str, bytes: &[u8]) -> bool {
    match kind {
        "jpeg" => bytes.starts_with(b"\xff\xd8\xff"),
        "png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        _ => false,
    }
}

impl Serialize for Picture {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Picture {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uri(kind: &str, bytes: &[u8]) -> String {
        format!("data:image/{kind};base64,{}", STANDARD.encode(bytes))
    }

    #[test]
    fn pictures_are_what_they_say() {
        let png = b"\x89PNG\r\n\x1a\nrest";
        let webp = b"RIFF\x10\0\0\0WEBPVP8 ";
        for (kind, bytes) in [("png", &png[..]), ("jpeg", b"\xff\xd8\xff\xe0"), ("webp", webp)] {
            let uri = uri(kind, bytes);
            assert_eq!(Picture::parse(&uri).map(|picture| picture.as_str().to_owned()), Ok(uri));
        }
        for (kind, bytes) in [
            ("png", &b"\xff\xd8\xff\xe0"[..]),
            ("jpeg", png),
            ("webp", b"RIFF\x10\0\0\0WAVE"),
            ("webp", b"RIFF"),
            ("png", b""),
        ] {
            assert_eq!(Picture::parse(&uri(kind, bytes)), Err(PictureProblem::Content), "{kind}");
        }
    }

    #[test]
    fn files_are_told_by_their_first_bytes() {
        for (kind, bytes) in [("png", &b"\x89PNG\r\n\x1a\nrest"[..]), ("jpeg", b"\xff\xd8\xff\xe0")] {
            assert_eq!(Picture::of_bytes(bytes), Picture::parse(&uri(kind, bytes)), "{kind}");
        }
        for bytes in [&b"<svg xmlns='http://www.w3.org/2000/svg'/>"[..], b"GIF89a", b""] {
            assert_eq!(Picture::of_bytes(bytes), Err(PictureProblem::Content));
        }
        assert_eq!(Picture::of_bytes(&vec![0xff; Picture::LIMIT + 1]), Err(PictureProblem::Size));
    }

    #[test]
    fn nothing_but_three_kinds_of_images_in_base64() {
        let svg = uri("svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg'/>");
        let good = uri("png", b"\x89PNG\r\n\x1a\n!?");
        let case = good.replace("data:image/png", "data:image/PNG");
        let padded = good.replace('=', "");
        for bad in [
            "https://a.example/logo.png",
            "data:text/html;base64,PHN2Zy8+",
            "data:image/png,abc",
            "data:image/png;charset=utf-8;base64,iVBORw0KGgo=",
            "data:image/png;base64,iVBORw0KGgo=\" onload=\"x",
            &svg,
            &case,
            &padded,
            "",
        ] {
            assert_eq!(Picture::parse(bad), Err(PictureProblem::Form), "{bad}");
        }
    }

    #[test]
    fn pictures_have_a_limit() {
        let of = |length: usize| {
            let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
            bytes.resize(length, 0);
            uri("png", &bytes)
        };
        assert!(Picture::parse(&of(Picture::LIMIT)).is_ok());
        assert_eq!(Picture::parse(&of(Picture::LIMIT + 1)), Err(PictureProblem::Size));
        assert_eq!(Picture::parse(&of(100_000)), Err(PictureProblem::Size));
    }
}
