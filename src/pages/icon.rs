//! The icon of the pages: the product's logo, or else the first letter of its name on its color.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::brand::{Brand, Logo};

/// A picture for `/favicon.ico`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Icon {
    pub media_type: String,
    pub bytes: Vec<u8>,
}

impl Icon {
    /// The policy of an SVG that is opened as a document of its own: it runs no script and loads nothing.
    pub const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

    /// The icon of the product.
    #[must_use]
    pub fn of(brand: &Brand) -> Self {
        brand.logo().and_then(Self::of_logo).unwrap_or_else(|| Self::of_initial(brand))
    }

    /// `None` when the logo is not valid base64.
    fn of_logo(logo: &Logo) -> Option<Self> {
        let (media_type, data) = logo.as_str().strip_prefix("data:")?.split_once(";base64,")?;
        let bytes = STANDARD_NO_PAD.decode(data.trim_end_matches('=')).ok()?;
        Some(Self { media_type: media_type.to_owned(), bytes })
    }

    /// An initial is a letter, a digit or a bullet, so it needs no escaping.
    fn of_initial(brand: &Brand) -> Self {
        let (ground, text) = brand.accent().with_text();
        let initial = brand.initial();
        let svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 32 32\"><rect width=\"32\" height=\"32\" rx=\"8\" \
             fill=\"{ground}\"/><text x=\"16\" y=\"22.5\" text-anchor=\"middle\" font-family=\"system-ui,sans-serif\" \
             font-size=\"18\" font-weight=\"600\" fill=\"{text}\">{initial}</text></svg>"
        );
        Self { media_type: "image/svg+xml".to_owned(), bytes: svg.into_bytes() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::Accent;

    #[test]
    fn a_configured_logo_is_the_icon() {
        for (uri, media_type, bytes) in [
            ("data:image/png;base64,iVBORw0KGgo=", "image/png", &b"\x89PNG\r\n\x1a\n"[..]),
            ("data:image/svg+xml;base64,PHN2Zy8+", "image/svg+xml", b"<svg/>"),
        ] {
            let brand = Brand::new("Acme", Logo::parse(uri).ok(), Accent::default());
            assert_eq!(Icon::of(&brand), Icon { media_type: media_type.to_owned(), bytes: bytes.to_vec() });
        }
    }

    #[test]
    fn without_a_usable_logo_the_initial_is_the_icon() {
        for (name, logo, initial) in [
            ("acme", None, ">A<"),
            ("<&\"x", None, ">X<"),
            ("…", None, ">•<"),
            ("Acme", Some("data:image/png;base64,A"), ">A<"),
        ] {
            let logo = logo.map(|uri| Logo::parse(uri).unwrap());
            let icon = Icon::of(&Brand::new(name, logo, "#f5b301".parse().unwrap()));
            let svg = String::from_utf8(icon.bytes).unwrap();
            assert!(
                svg.contains(initial) && svg.contains("fill=\"#f5b301\"") && svg.contains("fill=\"#000000\""),
                "{svg}"
            );
            assert_eq!((icon.media_type.as_str(), svg.matches('<').count()), ("image/svg+xml", 5));
        }
    }
}
