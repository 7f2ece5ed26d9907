//! Apps and users as pages show them.

use crate::messages::Catalogue;
use crate::oauth::client::presentation::Picture;
use crate::pages::text;

/// An app. Every value was chosen by the person who registered the app.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShownClient<'a> {
    /// `client_name`
    pub name: &'a str,
    /// The host of its own site or of its redirect URI, in ASCII.
    pub site: Option<&'a str>,
    /// Whether an administrator registered or approved it.
    pub verified: bool,
    /// The logo. Without one, the page shows the first letter of the name.
    pub logo: Option<&'a Picture>,
    /// `policy_uri` (OpenID Connect Registration section 2).
    pub policy: Option<&'a str>,
    /// `tos_uri`
    pub terms: Option<&'a str>,
}

/// A user who is signed in.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShownPerson<'a> {
    pub name: Option<&'a str>,
    /// The user name or e-mail address that the user signs in with.
    pub username: &'a str,
}

/// A name with its picture, ready to be shown.
#[derive(Clone, Debug)]
pub(super) struct Face<'a> {
    pub(super) name: String,
    pub(super) initial: String,
    pub(super) hue: u8,
    pub(super) logo: Option<&'a Picture>,
}

/// A [`ShownClient`] ready to be shown.
#[derive(Clone, Debug)]
pub(super) struct ClientFace<'a> {
    pub(super) face: Face<'a>,
    pub(super) site: Option<String>,
    pub(super) verified: bool,
    pub(super) policy: Option<&'a str>,
    pub(super) terms: Option<&'a str>,
}

/// A [`ShownPerson`] ready to be shown.
#[derive(Clone, Debug)]
pub(super) struct PersonFace<'a> {
    pub(super) face: Face<'a>,
    pub(super) username: String,
}

impl<'a> Face<'a> {
    pub(super) fn new(name: String, logo: Option<&'a Picture>) -> Self {
        Self { initial: text::initial(&name), hue: text::hue(&name), logo, name }
    }
}

impl<'a> ClientFace<'a> {
    pub(super) fn new(client: &ShownClient<'a>, catalogue: &Catalogue) -> Self {
        Self {
            face: Face::new(text::name(client.name, catalogue.client.nameless), client.logo),
            site: client.site.filter(|site| !site.is_empty()).map(text::host),
            verified: client.verified,
            policy: client.policy.and_then(text::href),
            terms: client.terms.and_then(text::href),
        }
    }

    pub(super) const fn has_logo(&self) -> bool {
        self.face.logo.is_some()
    }
}

impl<'a> PersonFace<'a> {
    pub(super) fn new(person: &ShownPerson<'a>) -> Self {
        let username = text::visible(person.username, text::LINE);
        let name = text::name(person.name.unwrap_or_default(), &username);
        Self { face: Face::new(name, None), username }
    }

    /// The user name where it says more than the name.
    pub(super) fn detail(&self) -> Option<&str> {
        (self.face.name != self.username).then_some(self.username.as_str())
    }
}
