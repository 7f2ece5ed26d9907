//! What is known about a user: the attributes of SCIM (RFC 7643 section 4.1) and the standard claims of `OpenID` Connect
//! Core section 5.1, each held once.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::role::Role;
use crate::base::json::object;

/// What a claim of the deployment's own can be made of: attributes that are no standard claims, by the names of SCIM.
pub const ATTRIBUTES: [&str; 12] = [
    "costCenter",
    "department",
    "displayName",
    "division",
    "employeeNumber",
    "externalId",
    "honorificPrefix",
    "honorificSuffix",
    "organization",
    "preferredLanguage",
    "title",
    "userType",
];

/// A user's attributes. Empty ones are absent. As JSON they have the names of SCIM, those of our extension beside them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct Profile {
    /// `userName` as it was written; `preferred_username`.
    pub user_name: String,
    /// `externalId`: what the importing system calls the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// `name`.
    #[serde(skip_serializing_if = "Name::is_empty")]
    pub name: Name,
    /// `displayName`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// `nickName`; `nickname`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nick_name: Option<String>,
    /// `profileUrl`; `profile`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_url: Option<String>,
    /// `title`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// `userType`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_type: Option<String>,
    /// `preferredLanguage`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preferred_language: Option<String>,
    /// `locale`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// `timezone`; `zoneinfo`.
    #[serde(rename = "timezone", skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// `emails`; the primary one is `email`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub emails: Vec<Contact>,
    /// `phoneNumbers`; the primary one is `phone_number`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub phone_numbers: Vec<Contact>,
    /// `photos`; the primary one is `picture`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<Contact>,
    /// `addresses`; the primary one is `address`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<PostalAddress>,
    /// `roles`: what the user is elsewhere. In a row of an earlier release, `developer` among them means [`Role::Developer`].
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Contact>,
    /// The role in this server, which only the holder of `ADMIN_TOKEN` gives and takes away. [`Profile::role`] reads it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
    /// `birthdate`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub birthdate: Option<String>,
    /// `gender`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gender: Option<String>,
    /// `website`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub website: Option<String>,
    /// `email_verified`: whether the primary address is known to be the user's.
    #[serde(skip_serializing_if = "is_false")]
    pub email_verified: bool,
    /// `phone_number_verified`: the same of the primary number.
    #[serde(skip_serializing_if = "is_false")]
    pub phone_number_verified: bool,
    /// `employeeNumber` (RFC 7643 section 4.3, as the four that follow).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub employee_number: Option<String>,
    /// `costCenter`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_center: Option<String>,
    /// `organization`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
    /// `division`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// `department`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub department: Option<String>,
}

/// The parts of a name (RFC 7643 section 4.1.1).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Name {
    /// `formatted`: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// `familyName`; `family_name`.
    #[serde(rename = "familyName", skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// `givenName`; `given_name`.
    #[serde(rename = "givenName", skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// `middleName`; `middle_name`.
    #[serde(rename = "middleName", skip_serializing_if = "Option::is_none")]
    pub middle: Option<String>,
    /// `honorificPrefix`.
    #[serde(rename = "honorificPrefix", skip_serializing_if = "Option::is_none")]
    pub prefix: Option<String>,
    /// `honorificSuffix`.
    #[serde(rename = "honorificSuffix", skip_serializing_if = "Option::is_none")]
    pub suffix: Option<String>,
}

/// One of several addresses, numbers, pictures or roles (RFC 7643 section 2.4).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Contact {
    /// The address, number, URL or role.
    pub value: String,
    /// `display`: a label to read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// `type`: "work", "home", …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is the one to use.
    #[serde(skip_serializing_if = "is_false")]
    pub primary: bool,
}

/// A postal address (RFC 7643 section 4.1.2).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default, rename_all = "camelCase")]
pub struct PostalAddress {
    /// `formatted`: all of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub formatted: Option<String>,
    /// `streetAddress`; `street_address`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub street_address: Option<String>,
    /// `locality`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locality: Option<String>,
    /// `region`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// `postalCode`; `postal_code`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// `country`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// `type`: "work", "home", …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is the one to use.
    #[serde(skip_serializing_if = "is_false")]
    pub primary: bool,
}

impl Profile {
    /// What pages call the user.
    #[must_use]
    pub fn shown_name(&self) -> String {
        self.display_name.clone().or_else(|| self.full_name()).unwrap_or_else(|| self.user_name.clone())
    }

    /// The role in this server, also that of a row of an earlier release.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        let in_earlier_rows = || self.roles.iter().any(|role| role.value == Role::Developer.name());
        self.role.or_else(|| in_earlier_rows().then_some(Role::Developer))
    }

    /// This profile with `role`, and with nothing in `roles` that an earlier release took for one.
    #[must_use]
    pub fn with_role(mut self, role: Option<Role>) -> Self {
        self.roles.retain(|role| role.value != Role::Developer.name());
        Self { role, ..self }
    }

    /// Whether the user would sign in or be reached in another way with `other`.
    #[must_use]
    pub fn is_reached_otherwise(&self, other: &Self) -> bool {
        let reached = |profile: &Self| {
            let Self { user_name, emails, email_verified, phone_numbers, phone_number_verified, .. } = profile.clone();
            (user_name, emails, email_verified, phone_numbers, phone_number_verified)
        };
        reached(self) != reached(other)
    }

    /// The primary e-mail address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        primary(&self.emails, |contact| contact.primary).map(|contact| contact.value.as_str())
    }

    /// The primary phone number.
    #[must_use]
    pub fn phone_number(&self) -> Option<&str> {
        value_of_primary(&self.phone_numbers)
    }

    /// The standard claims by their names in alphabetical order, those without a value left out. `updated_at` is not among
    /// them: the profile does not know when it was changed.
    #[must_use]
    pub fn claims(&self) -> Map<String, Value> {
        let email = self.email();
        let phone_number = self.phone_number();
        let name = self.full_name().or_else(|| self.display_name.clone());
        let texts = [
            ("birthdate", self.birthdate.as_deref()),
            ("email", email),
            ("family_name", self.name.family.as_deref()),
            ("gender", self.gender.as_deref()),
            ("given_name", self.name.given.as_deref()),
            ("locale", self.locale.as_deref().or(self.preferred_language.as_deref())),
            ("middle_name", self.name.middle.as_deref()),
            ("name", name.as_deref()),
            ("nickname", self.nick_name.as_deref()),
            ("phone_number", phone_number),
            ("picture", value_of_primary(&self.photos)),
            ("preferred_username", Some(self.user_name.as_str()).filter(|name| !name.is_empty())),
            ("profile", self.profile_url.as_deref()),
            ("website", self.website.as_deref()),
            ("zoneinfo", self.time_zone.as_deref()),
        ];
        let mut claims =
            object(&mut texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))));
        if email.is_some() {
            claims.insert("email_verified".to_owned(), self.email_verified.into());
        }
        if phone_number.is_some() {
            claims.insert("phone_number_verified".to_owned(), self.phone_number_verified.into());
        }
        if let Some(address) = primary(&self.addresses, |address| address.primary).and_then(PostalAddress::claim) {
            claims.insert("address".to_owned(), address);
        }
        claims
    }

    /// The [`ATTRIBUTES`] by their names, those without a value left out.
    #[must_use]
    pub fn attributes(&self) -> Map<String, Value> {
        let texts = [
            &self.cost_center,
            &self.department,
            &self.display_name,
            &self.division,
            &self.employee_number,
            &self.external_id,
            &self.name.prefix,
            &self.name.suffix,
            &self.organization,
            &self.preferred_language,
            &self.title,
            &self.user_type,
        ];
        let named = ATTRIBUTES.into_iter().zip(texts);
        object(&mut named.filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into()))))
    }

    fn full_name(&self) -> Option<String> {
        let Name { formatted, family, given, middle, .. } = &self.name;
        let joined = || {
            let parts: Vec<_> = [given, middle, family].into_iter().flatten().map(String::as_str).collect();
            Some(parts.join(" ")).filter(|name| !name.is_empty())
        };
        formatted.clone().or_else(joined)
    }
}

impl Name {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl PostalAddress {
    /// `OpenID` Connect Core section 5.1.1; `None` when nothing is known.
    fn claim(&self) -> Option<Value> {
        let members = [
            ("country", &self.country),
            ("formatted", &self.formatted),
            ("locality", &self.locality),
            ("postal_code", &self.postal_code),
            ("region", &self.region),
            ("street_address", &self.street_address),
        ];
        let claim =
            object(&mut members.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text.clone()?.into()))));
        (!claim.is_empty()).then_some(Value::Object(claim))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the form that serde asks for")]
const fn is_false(value: &bool) -> bool {
    !*value
}

/// The one that is marked, else the first.
fn primary<T>(all: &[T], is_primary: impl Fn(&T) -> bool) -> Option<&T> {
    all.iter().find(|one| is_primary(one)).or_else(|| all.first())
}

fn value_of_primary(all: &[Contact]) -> Option<&str> {
    primary(all, |contact| contact.primary).map(|contact| contact.value.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(value: &str, primary: bool) -> Contact {
        Contact { value: value.to_owned(), primary, ..Contact::default() }
    }

    // spec: OpenID Connect Core section 5.1 - standard claims of a profile
    #[test]
    fn claims_come_from_the_primary_values() {
        let profile = Profile {
            user_name: "Ada".to_owned(),
            name: Name { given: Some("Ada".to_owned()), family: Some("Lovelace".to_owned()), ..Name::default() },
            emails: vec![contact("old@example.com", false), contact("ada@example.com", true)],
            email_verified: true,
            addresses: vec![PostalAddress { country: Some("GB".to_owned()), ..PostalAddress::default() }],
            ..Profile::default()
        };
        let claims = serde_json::to_value(profile.claims()).unwrap();
        let expected = serde_json::json!({
            "address": {"country": "GB"}, "email": "ada@example.com", "email_verified": true, "family_name": "Lovelace",
            "given_name": "Ada", "name": "Ada Lovelace", "preferred_username": "Ada",
        });
        assert_eq!(claims, expected);
    }

    // spec: OpenID Connect Core section 5.3.2 - claims without a value are left out
    #[test]
    fn attributes_have_the_names_of_scim() {
        let written: Map<String, Value> =
            ATTRIBUTES.iter().map(|name| ((*name).to_owned(), Value::from(name.to_uppercase()))).collect();
        let (parts, mut flat): (Map<_, _>, Map<_, _>) =
            written.clone().into_iter().partition(|(name, _)| name.starts_with("honorific"));
        flat.insert("name".to_owned(), Value::Object(parts));
        let profile: Profile = serde_json::from_value(Value::Object(flat)).unwrap();
        assert_eq!(profile.attributes(), written);
    }

    #[test]
    fn the_role_of_an_earlier_release_is_read_and_written_anew() {
        let stored = r#"{"userName":"ada","roles":[{"value":"developer"},{"value":"captain"}]}"#;
        let earlier: Profile = serde_json::from_str(stored).unwrap();
        assert_eq!(earlier.role(), Some(Role::Developer));
        let now = earlier.clone().with_role(earlier.role());
        let written = serde_json::json!({"userName": "ada", "roles": [{"value": "captain"}], "role": "developer"});
        assert_eq!(serde_json::to_value(now).unwrap(), written);
        assert_eq!(earlier.with_role(None).role(), None, "what was taken away does not come back");
    }

    #[test]
    fn nothing_known_is_nothing_claimed() {
        assert!(Profile::default().claims().is_empty());
        assert!(Profile::default().attributes().is_empty());
        let profile = Profile { user_name: "ada".to_owned(), email_verified: true, ..Profile::default() };
        assert_eq!(profile.shown_name(), "ada");
        assert!(!profile.claims().contains_key("email_verified"));
    }
}
