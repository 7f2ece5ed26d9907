//! Under which `sub` a client knows a user (`OpenID` Connect Core section 8).

use std::collections::BTreeSet;

use hmac::Mac as _;

use crate::base::encoding::base64url;
use crate::base::{Address, Secret};
use crate::oauth::client::Client;
use crate::oauth::client::redirect_uri::{RedirectKind, RedirectUri};
use crate::oauth::client::settings::{SubjectType, Subjects};
use crate::oauth::derived_mac::derived_mac;
use crate::oauth::prefixes::{PAIRWISE, PAIRWISE_BYTES};

/// The sector of a client: the host of `sector_identifier_uri`, or the one host that all redirect URIs lead to (section
/// 8.1). `None` when those are several, or lead to programs on the user's machine, which have no name that only they use.
#[must_use]
pub fn sector(subjects: &Subjects, redirect_uris: &[RedirectUri]) -> Option<String> {
    let host = |text: &str| Address::parse(text)?.host().map(ToOwned::to_owned);
    if let Some(address) = &subjects.sector_identifier_uri {
        return host(address);
    }
    if redirect_uris.iter().any(|uri| uri.kind() != RedirectKind::Https) {
        return None;
    }
    let mut hosts: BTreeSet<String> = redirect_uris.iter().filter_map(|uri| host(uri.as_str())).collect();
    hosts.pop_first().filter(|_| hosts.is_empty())
}

/// The `sub` of a user towards `client`, for all tokens and answers that it gets. `sub` is the public one.
///
/// A pairwise one is a MAC over sector and public one, so that it needs no storage, stays the same for good, and tells
/// nothing to anybody without the key.
#[must_use]
pub fn shown(client: &Client, sub: &str, subject_key: &Secret<[u8; 32]>) -> String {
    match client.registration.subjects.kind {
        SubjectType::Public => sub.to_owned(),
        SubjectType::Pairwise => {
            // No client is registered without a sector; if one were, it would share its subjects with nobody. No host has
            // a slash.
            let sector = sector(&client.registration.subjects, &client.registration.redirect_uris);
            let sector = sector.unwrap_or_else(|| ["client/", client.id.as_str()].concat());
            [PAIRWISE, &base64url(&pairwise(&sector, sub, subject_key))].concat()
        }
    }
}

fn pairwise(sector: &str, sub: &str, subject_key: &Secret<[u8; 32]>) -> [u8; PAIRWISE_BYTES] {
    let mac = derived_mac(b"grantry pairwise subject", subject_key);
    // No sector contains the byte that ends it.
    mac.chain_update(sector).chain_update([0]).chain_update(sub).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subjects(sector_identifier_uri: Option<&str>) -> Subjects {
        Subjects { kind: SubjectType::Pairwise, sector_identifier_uri: sector_identifier_uri.map(ToOwned::to_owned) }
    }

    fn uris(texts: &[&str]) -> Vec<RedirectUri> {
        texts.iter().map(|text| RedirectUri::parse(text).unwrap()).collect()
    }

    // spec: OpenID Connect Core section 8.1 - the host of sector_identifier_uri, or the one host of the redirect URIs
    #[test]
    fn the_sector_of_a_client() {
        let one =
            uris(&["https://app.example.com/a", "https://app.example.com/b?x=1", "https://app.example.com:8443/c"]);
        assert_eq!(sector(&subjects(None), &one).as_deref(), Some("app.example.com"));
        let two = uris(&["https://app.example.com/a", "https://www.example.com/a"]);
        assert_eq!(sector(&subjects(None), &two), None);
        assert_eq!(
            sector(&subjects(Some("https://example.com/sector.json")), &two).as_deref(),
            Some("example.com"),
            "the address decides, whatever the redirect URIs are"
        );
        assert_eq!(sector(&subjects(None), &[]), None);
        for text in ["http://localhost/cb", "http://127.0.0.1/cb", "com.example.app:/cb"] {
            assert_eq!(sector(&subjects(None), &uris(&[text])), None, "{text}");
            assert_eq!(sector(&subjects(None), &uris(&["https://app.example.com/a", text])), None, "{text}");
        }
    }

    // spec: OpenID Connect Core section 8.1 - a pairwise subject differs by sector and cannot be reversed
    #[test]
    fn a_pairwise_subject_depends_on_sector_person_and_key() {
        let key = |byte| Secret::new([byte; 32]);
        let subject = pairwise("app.example.com", "u1", &key(1));
        assert_eq!(subject, pairwise("app.example.com", "u1", &key(1)));
        // Computed elsewhere: a client knows the user by it for good.
        let known = base64url(&pairwise("app.example", "u_ada", &key(1)));
        assert_eq!(known, "sEMpDGXq721007Y5OHopXySdGlQ7doykXJ4vJ_BDA6o");
        for other in [
            pairwise("www.example.com", "u1", &key(1)),
            pairwise("app.example.com", "u2", &key(1)),
            pairwise("app.example.com", "u1", &key(2)),
            pairwise("app.example.co", "mu1", &key(1)),
        ] {
            assert_ne!(other, subject);
        }
    }
}
