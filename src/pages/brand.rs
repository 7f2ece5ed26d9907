//! The product's name, logo, colour and links, and the style sheet made of them.
//!
//! The configuration gives one colour and never CSS. All other colours are computed from it, so that text on it and text
//! in it keep a contrast of 4.5 in both themes (WCAG 2.2, 1.4.3).

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use super::product_links::ProductLinks;
use super::{csp, text};

/// The style sheet as it is edited. It contains none of `<>&"'`, so escaping does not change it.
const STYLE: &str = include_str!("../../templates/style.css");

/// Contrast of text, WCAG 2.2 1.4.3 (AA).
const TEXT: f64 = 4.5;
/// Contrast of shapes, WCAG 2.2 1.4.11.
const SHAPE: f64 = 3.0;

const WHITE: Rgb = Rgb(255, 255, 255);
const BLACK: Rgb = Rgb(0, 0, 0);
/// `--card` of the dark theme in style.css.
const DARK_CARD: Rgb = Rgb(0x1b, 0x1c, 0x1f);

/// A colour `#rrggbb` of the product, from which all others follow.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Accent(Rgb);

/// The configured accent is not of the form `#rrggbb`.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("must be a color of the form #rrggbb")]
pub struct AccentError;

/// A picture as a `data:` URI.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Logo(String);

/// The configured logo cannot be used.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum LogoError {
    /// It does not have the form `data:image/(png|jpeg|webp|gif|svg+xml);base64,` and base64.
    #[error("must be a data: URI of a PNG, JPEG, WebP, GIF or SVG image in base64")]
    Form,
    /// It is longer than [`Logo::LIMIT`].
    #[error("must have at most 4096 characters")]
    Size,
}

/// Name, logo, colour and links, and the style sheet with its hash, computed once.
#[derive(Clone, Debug)]
pub struct Brand {
    name: String,
    logo: Option<Logo>,
    accent: Accent,
    links: ProductLinks,
    style: String,
    style_hash: String,
}

/// The colours of one theme.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Palette {
    /// The background of the main button.
    button: Rgb,
    /// The colour of that text.
    on_button: Rgb,
    /// Links, icons, focus rings: legible on the card and on `tint`.
    link: Rgb,
    /// A light shade of the accent, behind icons.
    tint: Rgb,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Rgb(u8, u8, u8);

impl Brand {
    /// A brand. A name without visible characters becomes "Grantry".
    #[must_use]
    pub fn new(name: &str, logo: Option<Logo>, accent: Accent) -> Self {
        let style = format!("{}{}", accent.variables(), compact(STYLE));
        let style_hash = csp::hash(&style);
        Self { name: text::name(name, "Grantry"), logo, accent, links: ProductLinks::default(), style, style_hash }
    }

    /// The same with the product's own pages.
    #[must_use]
    pub fn with_links(self, links: ProductLinks) -> Self {
        Self { links, ..self }
    }

    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    #[must_use]
    pub const fn logo(&self) -> Option<&Logo> {
        self.logo.as_ref()
    }

    #[must_use]
    pub const fn accent(&self) -> Accent {
        self.accent
    }

    pub(super) const fn links(&self) -> &ProductLinks {
        &self.links
    }

    pub(super) fn initial(&self) -> String {
        text::initial(&self.name)
    }

    pub(super) fn style(&self) -> &str {
        &self.style
    }

    pub(super) fn style_hash(&self) -> &str {
        &self.style_hash
    }
}

impl Default for Brand {
    fn default() -> Self {
        Self::new("Grantry", None, Accent::default())
    }
}

impl Logo {
    /// The maximum length, because every page contains the whole URI.
    pub const LIMIT: usize = 4_096;

    /// Takes a `data:` URI of a raster image or an SVG. An SVG in an `img` element runs no script and loads nothing.
    ///
    /// # Errors
    ///
    /// [`LogoError`] says what is wrong.
    pub fn parse(uri: &str) -> Result<Self, LogoError> {
        let (kind, data) = uri.split_once(";base64,").ok_or(LogoError::Form)?;
        let known = matches!(
            kind,
            "data:image/gif" | "data:image/jpeg" | "data:image/png" | "data:image/svg+xml" | "data:image/webp"
        );
        let encoded = data.trim_end_matches('=');
        let plain = encoded.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
        match (known && plain && !encoded.is_empty(), uri.len() <= Self::LIMIT) {
            (true, true) => Ok(Self(uri.to_owned())),
            (true, false) => Err(LogoError::Size),
            (false, _) => Err(LogoError::Form),
        }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Accent {
    /// The color, and the color of text on it.
    pub(super) fn with_text(self) -> (String, String) {
        (self.0.to_string(), self.0.text().to_string())
    }

    /// Custom properties of both themes.
    fn variables(self) -> String {
        format!(
            ":root{{{}}}@media(prefers-color-scheme:dark){{:root{{{}}}}}",
            self.palette(WHITE, BLACK),
            self.palette(DARK_CARD, WHITE)
        )
    }

    /// The palette on a `card`. Contrast grows towards the colour `away`.
    fn palette(self, card: Rgb, away: Rgb) -> Palette {
        // A pale accent stays as it is in the light theme: the edge of the button has the colour of links.
        let button = if card == WHITE { self.0 } else { self.0.until(SHAPE, &[card], away) };
        let tint = card.mix(self.0, if card == WHITE { 26 } else { 40 });
        Palette { button, on_button: button.text(), link: self.0.until(TEXT, &[card, tint], away), tint }
    }
}

impl Default for Accent {
    fn default() -> Self {
        Self(Rgb(0x3f, 0x4f, 0xd8))
    }
}

impl FromStr for Accent {
    type Err = AccentError;

    fn from_str(text: &str) -> Result<Self, AccentError> {
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(AccentError)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(AccentError);
        }
        let [_, red, green, blue] = u32::from_str_radix(digits, 16).map_err(|_| AccentError)?.to_be_bytes();
        Ok(Self(Rgb(red, green, blue)))
    }
}

impl fmt::Display for Accent {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl Rgb {
    /// WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let value = f64::from(channel) / 255.0;
            if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// WCAG 2.2, "contrast ratio".
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// White if it is legible on this colour, black otherwise. One of them always has a contrast of 4.58.
    fn text(self) -> Self {
        if self.contrast(WHITE) >= TEXT { WHITE } else { BLACK }
    }

    /// This colour with `share` of 256 parts of `other`.
    fn mix(self, other: Self, share: u16) -> Self {
        let share = share.min(256);
        let channel = |one: u8, two: u8| {
            let kept = u32::from(one).saturating_mul(u32::from(256_u16.saturating_sub(share)));
            let sum = kept.saturating_add(u32::from(two).saturating_mul(u32::from(share)));
            u8::try_from(sum / 256).unwrap_or(u8::MAX)
        };
        Self(channel(self.0, other.0), channel(self.1, other.1), channel(self.2, other.2))
    }

    /// The first colour between this one and `away` that has the contrast `ratio` against all `grounds`.
    fn until(self, ratio: f64, grounds: &[Self], away: Self) -> Self {
        (0..=64_u16)
            .map(|step| self.mix(away, step.saturating_mul(4)))
            .find(|colour| grounds.iter().all(|ground| colour.contrast(*ground) >= ratio))
            .unwrap_or(away)
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl fmt::Display for Palette {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { button, on_button, link, tint } = self;
        write!(formatter, "--accent:{button};--on-accent:{on_button};--link:{link};--tint:{tint}")
    }
}

/// The sheet without comments, indentation and line ends. Every line of it ends in `{`, `}`, `;` or `,`.
fn compact(sheet: &str) -> String {
    let lines: String = without_comments(sheet).lines().map(str::trim).collect();
    lines.replace(" {", "{").replace(": ", ":").replace(";}", "}").replace(", ", ",")
}

fn without_comments(sheet: &str) -> String {
    let mut rest = sheet;
    let mut code = String::with_capacity(sheet.len());
    while let Some((before, comment)) = rest.split_once("/*") {
        code.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, after)| after);
    }
    code.push_str(rest);
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Greys, primaries, pastels, and a walk through the cube.
    fn accents() -> Vec<Accent> {
        let mut all = vec![Accent::default()];
        for red in (0..=255).step_by(17) {
            for green in (0..=255).step_by(17) {
                for blue in (0..=255).step_by(51) {
                    all.push(Accent(Rgb(red, green, blue)));
                }
            }
        }
        all
    }

    // spec: WCAG 2.2 section 1.4.3 - contrast is computed as defined there
    #[test]
    fn contrast_is_wcags() {
        assert!((BLACK.contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((Rgb(0x76, 0x76, 0x76).contrast(WHITE) - 4.54).abs() < 0.01);
        assert!((Rgb(255, 0, 0).contrast(WHITE) - 3.998).abs() < 0.01);
    }

    // spec: WCAG 2.2 section 1.4.3 - text on and in any accent has a contrast of at least 4.5
    // spec: WCAG 2.2 section 1.4.11 - a button of any accent is told from its surroundings by a contrast of at least 3
    #[test]
    fn every_accent_is_legible_in_both_themes() {
        for accent in accents() {
            for (card, away) in [(WHITE, BLACK), (DARK_CARD, WHITE)] {
                let palette = accent.palette(card, away);
                assert!(palette.on_button.contrast(palette.button) >= TEXT, "{accent} {palette}");
                assert!(palette.link.contrast(card) >= TEXT, "{accent} {palette}");
                assert!(palette.link.contrast(palette.tint) >= TEXT, "{accent} {palette}");
                let edge = palette.button.contrast(card).max(palette.link.contrast(card));
                assert!(edge >= SHAPE, "{accent} {palette}");
            }
        }
    }

    #[test]
    fn an_accent_that_is_legible_stays_itself() {
        let accent: Accent = "#1D4ED8".parse().unwrap();
        assert_eq!(accent.to_string(), "#1d4ed8");
        let palette = accent.palette(WHITE, BLACK);
        assert_eq!((palette.button, palette.on_button, palette.link), (accent.0, WHITE, accent.0));
    }

    #[test]
    fn accents_are_six_hex_digits() {
        for bad in ["", "#", "#fff", "fff000", "#fff00", "#ggg000", "#+12345", "#1234567", "red", "#12345é", "#ffffff;"]
        {
            assert_eq!(bad.parse::<Accent>(), Err(AccentError), "{bad}");
        }
    }

    #[test]
    fn logos_are_images_in_base64() {
        assert!(Logo::parse("data:image/png;base64,iVBORw0KGgo=").is_ok());
        assert!(Logo::parse("data:image/svg+xml;base64,PHN2Zy8+").is_ok());
        for bad in [
            "https://a.example/logo.png",
            "data:text/html;base64,PHN2Zy8+",
            "data:image/png,abc",
            "data:image/png;base64,",
            "data:image/png;base64,====",
            "data:image/png;base64,a\"b",
        ] {
            assert_eq!(Logo::parse(bad), Err(LogoError::Form), "{bad}");
        }
        let large = format!("data:image/png;base64,{}", "A".repeat(Logo::LIMIT));
        assert_eq!(Logo::parse(&large), Err(LogoError::Size));
    }

    #[test]
    fn the_sheet_survives_escaping_and_stays_small() {
        let brand = Brand::default();
        assert!(!brand.style().contains(['<', '>', '&', '"', '\'', '\n']));
        assert!(!brand.style().contains("/*") && !brand.style().contains("url(") && !brand.style().contains("@import"));
        assert!(brand.style().len() < 7 * 1024, "{} bytes", brand.style().len());
        assert!(STYLE.contains(&format!("--card: {DARK_CARD};")), "DARK_CARD and style.css disagree");
        for line in without_comments(STYLE).lines().map(str::trim).filter(|line| !line.is_empty()) {
            assert!(line.ends_with(['{', '}', ';', ',']), "{line}");
        }
    }

    #[test]
    fn the_name_is_neutralised() {
        assert_eq!(Brand::new("A\u{202E}cme\n", None, Accent::default()).name(), "Acme");
        assert_eq!(Brand::new("\u{200B}", None, Accent::default()).name(), "Grantry");
    }
}
