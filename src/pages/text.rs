//! Cleans untrusted text before a page shows it: names, descriptions, hosts and links that strangers choose.
//!
//! Askama's escaping keeps out markup. This module keeps out deception: characters that are invisible or reorder the
//! line (Unicode UAX 9, UTS 39), stacked marks that cover the lines around them, hosts in letters that look like others,
//! and URLs that are not links.

use crate::base::Address;

/// The number of characters that are shown of a name. A longer one could push the consent question out of sight.
pub const NAME: usize = 64;
/// The number of characters that are shown of a user name or a scope's title.
pub const LINE: usize = 96;
/// The number of characters that are shown of a sentence.
pub const SENTENCE: usize = 280;
/// The number of characters that are shown of a host.
const HOST: usize = 80;
/// Combining marks that may follow a letter. Vietnamese needs two; more would cover the lines above and below.
const MARKS: usize = 2;

/// `text` on one line and without invisible characters. After `limit` characters it ends with an ellipsis.
#[must_use]
pub fn visible(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit));
    let (mut count, mut marks, mut gap) = (0_usize, 0_usize, false);
    for character in text.chars() {
        if character.is_whitespace() {
            gap = true;
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        marks = if is_mark(character) { marks.saturating_add(1) } else { 0 };
        if marks > MARKS {
            continue;
        }
        if count >= limit {
            shown.push('…');
            break;
        }
        if gap && !shown.is_empty() {
            shown.push(' ');
            count = count.saturating_add(1);
        }
        gap = false;
        shown.push(character);
        count = count.saturating_add(1);
    }
    shown
}

/// [`visible`] for a name. A name without visible characters is shown as `instead`.
#[must_use]
pub fn name(text: &str, instead: &str) -> String {
    let shown = visible(text, NAME);
    if shown.is_empty() { instead.to_owned() } else { shown }
}

/// A host, with or without port, in lower-case ASCII. An internationalised host is shown in its `xn--` form; any other
/// character becomes U+FFFD. A host that is too long loses its beginning, because its end says who owns it.
#[must_use]
pub fn host(text: &str) -> String {
    let shown: Vec<char> = text
        .chars()
        .map(|character| match character.to_ascii_lowercase() {
            plain @ ('a'..='z' | '0'..='9' | '.' | '-' | ':' | '[' | ']' | '_' | '+') => plain,
            _ => char::REPLACEMENT_CHARACTER,
        })
        .collect();
    let skipped = shown.len().saturating_sub(HOST);
    let end = shown.iter().skip(skipped);
    if skipped == 0 { end.collect() } else { std::iter::once(&'…').chain(end).collect() }
}

/// The letter that is shown in place of a picture.
#[must_use]
pub fn initial(name: &str) -> String {
    let letter = name.chars().find(|character| character.is_alphanumeric());
    letter.map_or_else(|| "•".to_owned(), |letter| letter.to_uppercase().take(1).collect())
}

/// One of six colours, always the same for a `name` (FNV-1a).
#[must_use]
pub fn hue(name: &str) -> u8 {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
    u8::try_from((hash >> 8) % 6).unwrap_or(0)
}

/// `link` if it is a path of this server, an https URL, or an http URL of the same machine. Otherwise `None`, and the
/// page leaves out the link.
#[must_use]
pub fn href(link: &str) -> Option<&str> {
    let is_clean = !link.chars().any(|character| character.is_control() || character.is_whitespace());
    let is_ours = link.starts_with('/') && !link.starts_with("//") && !link.starts_with("/\\");
    let leads_well = |address: Address<'_>| match address.scheme() {
        "http" => link.starts_with("http://") && address.is_loopback() && !address.has_user(),
        scheme => scheme == "https" && link.starts_with("https://"),
    };
    (is_clean && (is_ours || Address::parse(link).is_some_and(leads_well))).then_some(link)
}

/// `value` for an input's `value` attribute. A value that does not fit is left out, not cut.
#[must_use]
pub fn prefill(value: &str) -> &str {
    let fits = value.len() <= 254 && !value.chars().any(|character| character.is_control() || is_invisible(character));
    if fits { value } else { "" }
}

/// `value` for a field that shows what the user typed: without invisible characters, and cut at a length that no valid
/// value has. A field of several lines keeps its lines.
#[must_use]
pub fn typed(value: &str, several: bool) -> String {
    const LONGEST: usize = 50_000;
    let kept = |character: &char| (several && *character == '\n') || !is_invisible(*character);
    value.chars().filter(kept).take(LONGEST).collect()
}

/// Default-ignorable, formatting, bidi and other characters without a glyph of their own (UAX 44, UTS 39).
fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
            | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
            | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Marks that are drawn above or below the letter before them.
fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{036F}' | '\u{0483}'..='\u{0489}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for text in
            ["Ada Lovelace", "Zoë 株式会社", "שלום", "مرحبا بالعالم", "Ti\u{0302}\u{0301}n", "O'Neill & Sons <3"]
        {
            assert_eq!(visible(text, NAME), text);
        }
    }

    #[test]
    fn what_nobody_sees_is_gone() {
        let hidden = "\u{202E}\u{2066}\u{200B}\u{200F}\u{FEFF}\u{00AD}\u{0}\u{1b}\u{E0041}\u{3164}";
        assert_eq!(visible(&format!("Pay{hidden}Pal"), NAME), "PayPal");
        assert_eq!(visible(hidden, NAME), "");
        assert_eq!(name(hidden, "An app"), "An app");
    }

    #[test]
    fn one_line_and_one_space() {
        assert_eq!(visible(" \t a\r\n\u{2028}\n b\u{00A0}\u{3000}c ", NAME), "a b c");
    }

    #[test]
    fn long_text_is_cut_with_a_sign() {
        let cut = visible(&"w".repeat(10_000), NAME);
        assert_eq!(cut.chars().count(), NAME + 1);
        assert!(cut.ends_with('…'));
        assert_eq!(visible(&"w".repeat(NAME), NAME), "w".repeat(NAME));
    }

    #[test]
    fn marks_do_not_pile_up() {
        let tall = format!("a{}b", "\u{0301}".repeat(50));
        assert_eq!(visible(&tall, NAME), "a\u{0301}\u{0301}b");
    }

    #[test]
    fn hosts_show_their_end_and_ascii_only() {
        assert_eq!(host("App.Example.com:8443"), "app.example.com:8443");
        assert_eq!(host("p\u{0430}ypal.com"), "p\u{FFFD}ypal.com");
        assert_eq!(host("a\u{202E}moc.b"), "a\u{FFFD}moc.b");
        let long = host(&format!("accounts.google.com.{}.evil.example", "a".repeat(200)));
        assert!(long.starts_with('…') && long.ends_with(".evil.example"), "{long}");
        assert_eq!(long.chars().count(), HOST + 1);
    }

    #[test]
    fn initials() {
        for (text, letter) in
            [("ada", "A"), ("  \"quoted\"", "Q"), ("ßeta", "S"), ("株式", "株"), ("", "•"), ("…", "•")]
        {
            assert_eq!(initial(text), letter, "{text}");
        }
    }

    #[test]
    fn hues_are_stable_and_spread() {
        assert_eq!(hue("Ada"), hue("Ada"));
        let seen: std::collections::BTreeSet<u8> = (0..100).map(|number| hue(&format!("name {number}"))).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn only_links_that_are_links() {
        for good in ["/authorize?x=1", "/", "https://a.example/x", "http://localhost:8787/", "http://[::1]:1/"] {
            assert_eq!(href(good), Some(good));
        }
        for bad in [
            "javascript:alert(1)",
            "//evil.example",
            "/\\evil.example",
            "data:text/html,x",
            "http://evil.example",
            "http://localhost.evil.example",
            "http://127.0.0.1.evil.example/",
            "http://127.0.0.1:x@evil.example/",
            "http://127.0.0.2/",
            "https://",
            "",
            "https://a b",
            "/a\nb",
            "HTTPS://a",
        ] {
            assert_eq!(href(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_prefill_is_whole_or_empty() {
        assert_eq!(prefill("ada@example.com"), "ada@example.com");
        assert_eq!(prefill(&"a".repeat(255)), "");
        assert_eq!(prefill("a\u{202E}b"), "");
    }
}
