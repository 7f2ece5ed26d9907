//! The pages as a browser gets them: every page in every state, with ordinary and with hostile input.
//!
//! `every_page_is_written_for_looking_at` leaves all of them in `target/pages/`, for pictures and for browser checks.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::messages::{ENGLISH, pseudo};
use grantry::pages::{Brand, ProductLink, ProductLinks};
use sha2::{Digest as _, Sha256};

use super::states::pages;
use super::values::{HOSTILE, Values, logo};

fn element<'a>(html: &'a str, open: &str, close: &str) -> &'a str {
    html.split_once(open).and_then(|(_, rest)| rest.split_once(close)).map_or("", |(inner, _)| inner)
}

/// Every tag with its attributes, but not their values: what markup there is, whatever the text.
fn tags(html: &str) -> BTreeSet<String> {
    let inside = html.split('<').skip(1).filter_map(|rest| rest.split_once('>')).map(|(tag, _)| tag);
    inside.map(|tag| tag.split('"').step_by(2).collect()).collect()
}

/// What stands between the tags.
fn texts(html: &str) -> String {
    html.split('<').filter_map(|rest| rest.split_once('>')).map(|(_, text)| text).collect()
}

/// The brand with all of the product's own pages.
fn linked(brand: Brand) -> Brand {
    let link = |page: &str| ProductLink::parse(&format!("https://northwind.example/{page}")).ok();
    brand.with_links(ProductLinks {
        support: link("help"),
        recovery: link("recover"),
        privacy: link("privacy"),
        terms: link("terms"),
    })
}

#[test]
fn the_products_own_pages_are_linked_where_users_look_for_them() {
    let brand = linked(Brand::default());
    for (name, page) in pages(&Values::ordinary(), &brand, &ENGLISH) {
        let foot = element(&page.html, "<p class=\"links\" id=\"product-links\">", "</p>");
        for kind in ["privacy", "terms"] {
            assert!(foot.contains(&format!("href=\"https://northwind.example/{kind}\"")), "{name}: {foot}");
        }
        let signs_in = page.html.contains("id=\"login-form\"");
        for id in
            ["recovery\" href=\"https://northwind.example/recover", "support\" href=\"https://northwind.example/help"]
        {
            assert_eq!(page.html.contains(&format!("<a id=\"{id}\"")), signs_in, "{name}: {id}");
        }
        let problem = element(&page.html, "id=\"error-message\" role=\"alert\">", "</p>");
        let asks = "wait 15 minutes or ask <a href=\"https://northwind.example/help\">support</a>.";
        assert_eq!(problem.contains(asks), name == "login-refused", "{name}: {problem}");
    }
    for (name, page) in pages(&Values::ordinary(), &Brand::default(), &ENGLISH) {
        for id in ["product-links", "recovery", "support"] {
            assert!(!page.html.contains(&format!("id=\"{id}\"")), "{name}: {id}");
        }
        let alone = "If you have tried several times, wait 15 minutes.</span>";
        assert_eq!(page.html.contains(alone), name == "login-refused", "{name}");
    }
}

#[test]
fn every_page_is_written_for_looking_at() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("pages");
    fs::create_dir_all(&folder).unwrap();
    let plain = Brand::default();
    let branded = linked(Brand::new("Northwind", logo(), "#f5b301".parse().unwrap()));
    let wide = Values::same(&"W".repeat(300));
    let ordinary = Values::ordinary();
    let pseudo = pseudo::catalogue();
    for (suffix, values, brand, catalogue) in [
        ("", &ordinary, &plain, &ENGLISH),
        (".brand", &ordinary, &branded, &ENGLISH),
        (".pseudo", &ordinary, &plain, &pseudo),
        (".wide", &wide, &plain, &pseudo),
    ] {
        for (name, page) in pages(values, brand, catalogue) {
            fs::write(folder.join(format!("{name}{suffix}.html")), &page.html).unwrap();
            fs::write(folder.join(format!("{name}{suffix}.csp")), &page.content_security_policy).unwrap();
        }
    }
}

#[test]
fn nothing_of_the_input_becomes_markup() {
    let accent = Brand::default().accent();
    let harmless =
        [Values::ordinary(), Values::same("").linked(), Values::same("a@b.c").linked(), Values::same("text")];
    let ours: BTreeSet<String> = harmless
        .iter()
        .flat_map(|values| pages(values, &Brand::default(), &ENGLISH))
        .flat_map(|(_, page)| tags(&page.html))
        .collect();
    for hostile in HOSTILE.into_iter().map(str::to_owned).chain([format!("<p>{}", "w".repeat(10_000))]) {
        let brand = Brand::new(&hostile, None, accent);
        for (name, page) in pages(&Values::same(&hostile), &brand, &ENGLISH) {
            for tag in tags(&page.html) {
                assert!(ours.contains(&tag), "{name}: <{tag}> of {hostile:.40}");
            }
            for link in page.html.split(" href=\"").skip(1) {
                assert!(link.starts_with('/') || link.starts_with("https://"), "{name}: {link:.40}");
            }
            let hidden = |c: char| {
                (c.is_control() && c != '\n')
                    || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
            };
            assert!(!texts(&page.html).contains(hidden), "{name}: invisible characters of {hostile:.40}");
        }
    }
}

// spec: RFC 9700 section 4.16 - no page can be framed
// spec: Content Security Policy - a page may load its own style sheet, send its own form, and nothing else
#[test]
fn the_policy_allows_what_the_page_holds_and_nothing_else() {
    let branded = Brand::new("Northwind", logo(), "#0b6bcb".parse().unwrap());
    for brand in [Brand::default(), branded] {
        for (name, page) in pages(&Values::ordinary(), &brand, &ENGLISH) {
            let hash = STANDARD.encode(Sha256::digest(element(&page.html, "<style>", "</style>").as_bytes()));
            let policy = &page.content_security_policy;
            assert!(policy.contains(&format!("style-src 'sha256-{hash}';")), "{name}: {policy}");
            assert!(policy.starts_with("default-src 'none';"), "{name}");
            assert!(policy.contains("base-uri 'none';") && policy.ends_with("frame-ancestors 'none'"), "{name}");
            assert_eq!(policy.contains("img-src 'self' data:;"), page.html.contains("<img"), "{name}");
            assert_eq!(policy.contains("img-src 'self';"), !page.html.contains("<img"), "{name}");
            assert_eq!(policy.contains("form-action 'none'"), !page.html.contains("<form"), "{name}");
            for forbidden in [" style=", "<link", "<base", "<iframe", "url(", "javascript:"] {
                assert!(!page.html.contains(forbidden), "{name}: {forbidden}");
            }
            // The one script: it sends the form that carries an answer.
            assert_eq!(page.html.contains("<script"), name == "form-post", "{name}");
            assert_eq!(policy.contains("script-src"), name == "form-post", "{name}");
            if name == "form-post" {
                let script = element(&page.html, "<script>", "</script>");
                let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
                assert!(policy.contains(&format!("script-src 'sha256-{hash}';")), "{name}: {policy}");
            }
        }
    }
}

#[test]
fn the_page_contract() {
    let all = pages(&Values::ordinary(), &Brand::default(), &ENGLISH);
    let has = |name: &str, parts: &[&str]| {
        let html = all.iter().find(|(key, _)| *key == name).map(|(_, page)| page.html.as_str()).unwrap();
        for part in parts {
            assert!(html.contains(part), "{name}: {part}");
        }
    };
    has(
        "login",
        &[
            "<form id=\"login-form\" method=\"post\" action=\"/login\">",
            "<input id=\"username\" name=\"username\"",
            "autocomplete=\"username\"",
            "<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\"",
            "<button id=\"login-submit\"",
            "<input type=\"hidden\" name=\"interaction\" value=\"gr_ix_",
        ],
    );
    has(
        "login-refused",
        &["id=\"error-message\" role=\"alert\"", "aria-describedby=\"error-message\"", "value=\"ada."],
    );
    has(
        "consent",
        &[
            "<form id=\"consent-form\" method=\"post\"",
            "id=\"consent-allow\" name=\"decision\" value=\"allow\"",
            "id=\"consent-deny\" name=\"decision\" value=\"deny\"",
            "90</bdi> days",
            "planner.northwind-aviation.example",
        ],
    );
    has("logout", &["<form id=\"logout-form\"", "id=\"logout-confirm\""]);
    has("logged-out", &["id=\"logged-out\""]);
    has(
        "account",
        &[
            "<section id=\"account-apps\">",
            "<li class=\"row\" id=\"app-1\">",
            "<section id=\"account-sessions\">",
            "id=\"sign-out-everywhere\"",
            "id=\"account-notice\" role=\"status\"",
            "A deleted app",
            "id=\"apps-more\" href=\"/account?apps=",
            "id=\"apps-first\" href=\"/account\"",
            "id=\"browsers-more\"",
        ],
    );
    has(
        "developer-new-refused",
        &[
            "<form id=\"app-form\" method=\"post\" action=\"/developer/new\">",
            "id=\"error-message\" role=\"alert\"",
            "aria-describedby=\"redirect_uris-problem redirect_uris-hint\" aria-invalid=\"true\"",
        ],
    );
    has("developer-made", &["id=\"client-id\"", "id=\"client-secret\"", "id=\"once\" role=\"status\""]);
    has("choose", &["<form id=\"choose-form\"", "name=\"account\""]);
    let error = all.iter().find(|(key, _)| *key == "error-app").map(|(_, page)| page.html.as_str()).unwrap();
    let message = element(error, "id=\"error-message\"", "</p>");
    assert!(message.contains("invalid_request") && message.contains("The redirect URI is not one of"), "{message}");
    let sentence = "The scope is malformed or contains a scope that this client may not request.";
    for (name, voucher) in
        [("onward", "registered itself, and no one"), ("onward-form", "was registered by a developer")]
    {
        has(
            name,
            &["<h1>This app’s request was refused</h1>\n<p class=\"alert\" id=\"error-message\">", sentence, voucher],
        );
    }
    has("misdirected", &["id=\"error-message\"", "id=\"asked\"", "id=\"issuer\""]);
    has("unavailable", &["MASTER_KEYS", "SIGNING_KEYS", "id=\"error-message\""]);
    has("gone-stale", &["href=\"/authorize?resume=1\""]);
}

// spec: WCAG 2.2 section 3.1.1 - a page names its language
// spec: WCAG 2.2 section 2.4.2 - a page has a title
#[test]
fn every_page_is_small_and_well_formed() {
    let pseudo = pseudo::catalogue();
    for (catalogue, limit) in [(&ENGLISH, 13 * 1024), (&pseudo, 15 * 1024)] {
        for (name, page) in pages(&Values::ordinary(), &Brand::default(), catalogue) {
            // The portal and /account contain more than the pages of a sign-in.
            let is_apart = name.starts_with("developer") || name.starts_with("account");
            let limit = if is_apart { limit * 2 } else { limit };
            assert!(page.html.len() < limit, "{name}: {} bytes", page.html.len());
            assert_eq!(page.html.matches("<h1").count(), 1, "{name}");
            assert_eq!(page.html.matches("<main").count(), 1, "{name}");
            assert!(page.html.contains(&format!("<html lang=\"{}\" dir=\"ltr\">", catalogue.language)), "{name}");
            assert!(!element(&page.html, "<title>", "</title>").trim_start().starts_with('·'), "{name}");
            let mut ids: Vec<&str> =
                page.html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
            let count = ids.len();
            ids.sort_unstable();
            ids.dedup();
            assert_eq!(ids.len(), count, "{name}: an id twice");
        }
    }
}

#[test]
fn every_word_comes_from_the_catalogue() {
    let pseudo = pseudo::catalogue();
    for (name, page) in pages(&Values::ordinary(), &Brand::default(), &pseudo) {
        for entry in ENGLISH.entries() {
            for form in entry.forms {
                let words = form.split(['{', '}']).next().unwrap_or_default().trim();
                let shown = format!(">{words}<");
                assert!(words.len() < 3 || !page.html.contains(&shown), "{name}: {words} of {}", entry.key);
            }
        }
    }
}
