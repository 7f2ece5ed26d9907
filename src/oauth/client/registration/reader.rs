//! Reads the members of a registration request by their JSON types.

use serde_json::{Map, Value};

use super::authority::{Authority, RegistrationOffer};
use super::unregistrable::Unregistrable;
use crate::base::{Address, Seconds};
use crate::oauth::client::model::Client;
use crate::oauth::client::redirect_uri::{RedirectUri, RedirectUriProblem};

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

    pub(super) fn text(&self, name: &'static str) -> Result<Option<&'a str>, Unregistrable> {
        let problem = Unregistrable::metadata("must be a string").of(name);
        self.value(name).map(|value| value.as_str().ok_or(problem)).transpose()
    }

    /// A string that is one of the names of an enumeration.
    pub(super) fn one_of<T>(
        &self,
        name: &'static str,
        parse: fn(&str) -> Option<T>,
        problem: &'static str,
    ) -> Result<Option<T>, Unregistrable> {
        self.text(name)?.map(|text| parse(text).ok_or(Unregistrable::metadata(problem))).transpose()
    }

    pub(super) fn flag(&self, name: &'static str) -> Result<Option<bool>, Unregistrable> {
        let problem = Unregistrable::metadata("must be true or false").of(name);
        self.value(name).map(|value| value.as_bool().ok_or(problem)).transpose()
    }

    pub(super) fn texts(&self, name: &'static str) -> Result<Option<Vec<&'a str>>, Unregistrable> {
        let problem = Unregistrable::metadata("must be a list of strings").of(name);
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
        name: &'static str,
        read: fn(&Self, &'static str) -> Result<Option<T>, Unregistrable>,
        kept: fn(&Client) -> Option<T>,
    ) -> Result<Option<T>, Unregistrable> {
        let sent = read(self, name)?;
        if authority.may_set_freely() {
            return Ok(sent);
        }
        let kept = authority.before().and_then(kept);
        if sent.is_some() && sent != kept {
            return Err(Unregistrable::metadata("only an administrator can change this member").of(name));
        }
        Ok(kept)
    }

    /// An address that users are led to.
    pub(super) fn web_address(&self, name: &'static str) -> Result<Option<String>, Unregistrable> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let problem =
            Unregistrable::metadata("must be an https URL of at most 2000 characters, in its normal form").of(name);
        let address = Address::parse(text).ok_or(problem)?;
        let is_bare = !address.has_user() && address.port() != Some(0);
        let good = address.scheme() == "https" && is_bare && address.is_normal() && text.len() <= LONGEST_SITE;
        if good { Ok(Some(text.to_owned())) } else { Err(problem) }
    }

    /// A list of places that browsers are sent to.
    pub(super) fn places(&self, name: &'static str) -> Result<Vec<RedirectUri>, Unregistrable> {
        let texts = self.texts(name)?.unwrap_or_default();
        if texts.len() > MOST_REDIRECT_URIS {
            return Err(Unregistrable::redirect_uri("must have at most 20 URIs").of(name));
        }
        let mut uris: Vec<RedirectUri> = Vec::with_capacity(texts.len());
        for text in texts {
            let refused = |problem: RedirectUriProblem| Unregistrable::redirect_uri(problem.description()).of(name);
            let uri = RedirectUri::parse(text).map_err(refused)?;
            // A form that a page of ours sends there would pass for one of our own.
            if self.offer.outbound.is_own(text) {
                return Err(Unregistrable::redirect_uri("must not have an address of this server").of(name));
            }
            if uris.contains(&uri) {
                return Err(Unregistrable::redirect_uri("must not have the same URI twice").of(name));
            }
            uris.push(uri);
        }
        Ok(uris)
    }

    /// An address that this server will ask or tell by itself.
    pub(super) fn address(&self, name: &'static str) -> Result<Option<String>, Unregistrable> {
        let problem = Unregistrable::metadata(
            "must be an https URL in its normal form, with the name of a public host, on port 443, without user and \
             fragment",
        )
        .of(name);
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
