//! Reads the members of a registration request by their JSON types.

use serde_json::{Map, Value};

use super::authority::{Authority, RegistrationOffer};
use super::unregistrable::Unregistrable;
use crate::base::{Address, Seconds};
use crate::oauth::client::model::Client;
use crate::oauth::client::redirect_uri::RedirectUri;

/// The most redirect URIs of one client.
const MOST_REDIRECT_URIS: usize = 20;

/// The longest address of a client's site, in bytes.
const LONGEST_SITE: usize = 2_000;

/// The members of a request.
pub(super) struct MemberReader<'a> {
    members: &'a Map<String, Value>,
    pub(super) offer: RegistrationOffer<'a>,
}

impl<'a> MemberReader<'a> {
    pub(super) const fn new(members: &'a Map<String, Value>, offer: RegistrationOffer<'a>) -> Self {
        Self { members, offer }
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Unregistrable> {
        let text =
            |value: &'a Value| value.as_str().ok_or(Unregistrable::metadata("a member that is a text is another"));
        self.value(name).map(text).transpose()
    }

    /// A text that is one of the names of an enumeration.
    pub(super) fn one_of<T>(
        &self,
        name: &str,
        parse: fn(&str) -> Option<T>,
        problem: &'static str,
    ) -> Result<Option<T>, Unregistrable> {
        self.text(name)?.map(|text| parse(text).ok_or(Unregistrable::metadata(problem))).transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Unregistrable> {
        let flag =
            |value: &Value| value.as_bool().ok_or(Unregistrable::metadata("a member that is true or false is another"));
        self.value(name).map(flag).transpose()
    }

    pub(super) fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Unregistrable> {
        let problem = Unregistrable::metadata("a member that is a list of texts is another");
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        value
            .as_array()
            .ok_or(problem)?
            .iter()
            .map(|text| text.as_str().ok_or(problem))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    /// A member that only the administrator decides: the client keeps what it has, and may repeat it.
    pub(super) fn granted<T: PartialEq>(
        &self,
        authority: Authority<'_>,
        name: &str,
        read: fn(&Self, &str) -> Result<Option<T>, Unregistrable>,
        kept: fn(&Client) -> Option<T>,
    ) -> Result<Option<T>, Unregistrable> {
        let sent = read(self, name)?;
        if authority.may_set_freely() {
            return Ok(sent);
        }
        let kept = authority.before().and_then(kept);
        if sent.is_some() && sent != kept {
            return Err(Unregistrable::metadata(
                "only the administrator may change the client's keys, its subject type, require_pkce, \
                 rotate_refresh_tokens, access_token_lifetime, access_token_format, published and verified",
            ));
        }
        Ok(kept)
    }

    /// An address that users are led to.
    pub(super) fn web_address(&self, name: &str) -> Result<Option<String>, Unregistrable> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let problem = Unregistrable::metadata(
            "client_uri, policy_uri and tos_uri must be https URLs of at most 2000 characters, in their normal form",
        );
        let address = Address::parse(text).ok_or(problem)?;
        let is_bare = !address.has_user() && address.port() != Some(0);
        let good = address.scheme() == "https" && is_bare && address.is_normal() && text.len() <= LONGEST_SITE;
        if good { Ok(Some(text.to_owned())) } else { Err(problem) }
    }

    /// A list of places that browsers are sent to.
    pub(super) fn places(&self, name: &str) -> Result<Vec<RedirectUri>, Unregistrable> {
        let texts = self.texts(name)?.unwrap_or_default();
        if texts.len() > MOST_REDIRECT_URIS {
            return Err(Unregistrable::redirect_uri("there must be at most 20 redirect URIs"));
        }
        let mut uris: Vec<RedirectUri> = Vec::with_capacity(texts.len());
        for text in texts {
            let uri = RedirectUri::parse(text).map_err(|problem| Unregistrable::redirect_uri(problem.description()))?;
            // A form that a page of ours sends there would pass for one of our own.
            if self.offer.outbound.is_own(text) {
                return Err(Unregistrable::redirect_uri("a redirect URI must not lead to this server itself"));
            }
            if uris.contains(&uri) {
                return Err(Unregistrable::redirect_uri("a redirect URI is there twice"));
            }
            uris.push(uri);
        }
        Ok(uris)
    }

    /// An address that this server will ask or tell by itself.
    pub(super) fn address(&self, name: &str) -> Result<Option<String>, Unregistrable> {
        let problem = Unregistrable::metadata(
            "jwks_uri, sector_identifier_uri and backchannel_logout_uri must be https URLs of public servers by name, \
             on port 443, in their normal form, without user and fragment",
        );
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        self.offer.outbound.admit(text).map(|address| Some(address.as_str().to_owned())).map_err(|_| problem)
    }
}

pub(super) fn seconds(value: &Value, range: std::ops::RangeInclusive<u32>) -> Option<Seconds> {
    let seconds = u32::try_from(value.as_u64()?).ok()?;
    range.contains(&seconds).then_some(Seconds::new(seconds))
}

/// Whether a character of a name is seen as what it is: no control, no formatting, no reordering, no blank but the space
/// (Unicode UAX 9, UTS 39).
pub(super) fn is_visible(character: char) -> bool {
    let blank = character.is_whitespace() && character != ' ';
    let invisible = matches!(character,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}');
    !character.is_control() && !blank && !invisible
}
