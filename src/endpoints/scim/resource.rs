//! People as SCIM writes them.

use serde_json::{Map, Value, json};

use super::answer::invalid_value;
use super::schema::{EXTENSIONS, USER};
use crate::base::json::object;
use crate::base::{Secret, UnixTime};
use crate::endpoints::Refused;
use crate::http::percent::encode_segment;
use crate::oauth::person::profile::{Contact, Profile};
use crate::oauth::person::role::Role;
use crate::sign_in::login_name::LoginName;
use crate::store::account::PersonRecord;
use crate::store::directory::DirectoryEntry;

/// The most values of an attribute that has several.
const MOST: usize = 16;

/// Where people are.
pub const USERS: &str = "/scim/v2/Users";

/// What a body says about a person.
pub struct Incoming {
    /// The attributes.
    pub profile: Profile,
    /// Whether the user may sign in, if the request says so.
    pub active: Option<bool>,
    /// The new password, if there is one.
    pub password: Option<Secret<String>>,
    /// The subject identifier, if there is one.
    pub sub: Option<String>,
}

impl Incoming {
    /// Parses attributes that [`super::reader::person`] read.
    ///
    /// # Errors
    /// `invalidValue`.
    pub fn parse(mut attributes: Map<String, Value>) -> Result<Self, Refused> {
        let active = attributes.remove("active").and_then(|active| active.as_bool());
        let password = attributes.remove("password").and_then(into_text).map(Secret::new);
        let sub = attributes.remove("sub").and_then(into_text);
        let role = attributes.remove("role").and_then(into_text).map(|name| role(&name)).transpose()?;
        // Through its text, as a table holds it: a reader of its own for values would be as large as that of texts.
        let profile: Profile = serde_json::to_string(&attributes)
            .and_then(|text| serde_json::from_str(&text))
            .map_err(|error| super::reader::invalid_syntax("The attributes cannot be read.").because(error))?;
        judge(&profile)?;
        Ok(Self { profile: profile.with_role(role), active, password, sub })
    }
}

fn role(name: &str) -> Result<Role, Refused> {
    Role::parse(name)
        .ok_or_else(|| invalid_value("role", "A role is one of administrator, auditor, support and developer."))
}

fn into_text(value: Value) -> Option<String> {
    if let Value::String(text) = value { Some(text) } else { None }
}

/// What the types of the table do not say.
fn judge(profile: &Profile) -> Result<(), Refused> {
    match LoginName::parse(&profile.user_name) {
        Ok(name) if name.is_email() => {
            return Err(invalid_value(
                "userName",
                "A user name cannot contain @. Users can sign in with an e-mail address once it is verified.",
            ));
        }
        Ok(_) => {}
        Err(_) => return Err(invalid_value("userName", "A user name must have 1 to 64 visible characters.")),
    }
    if !profile.emails.iter().all(|email| LoginName::parse(&email.value).is_ok_and(|name| name.is_email())) {
        return Err(invalid_value("emails", "A value is not an e-mail address."));
    }
    for (name, primaries, values) in [
        ("emails", primaries(&profile.emails), profile.emails.len()),
        ("phoneNumbers", primaries(&profile.phone_numbers), profile.phone_numbers.len()),
        ("photos", primaries(&profile.photos), profile.photos.len()),
        ("roles", primaries(&profile.roles), profile.roles.len()),
        ("addresses", profile.addresses.iter().filter(|address| address.primary).count(), profile.addresses.len()),
    ] {
        if values > MOST {
            return Err(invalid_value(name, "There are too many values."));
        }
        if primaries > 1 {
            return Err(invalid_value(name, "More than one value is primary."));
        }
    }
    let is_link = |text: &str| text.starts_with("https://") || text.starts_with("http://");
    for (name, link) in [("profileUrl", &profile.profile_url), ("website", &profile.website)] {
        if link.as_deref().is_some_and(|link| !is_link(link)) {
            return Err(invalid_value(name, "This must be an address that begins with https:// or http://."));
        }
    }
    if !profile.photos.iter().all(|photo| is_link(&photo.value)) {
        return Err(invalid_value("photos", "A value is not an address that begins with https:// or http://."));
    }
    if profile.phone_numbers.iter().any(|number| number.value.is_empty()) {
        return Err(invalid_value("phoneNumbers", "A value is missing."));
    }
    if profile.birthdate.as_deref().is_some_and(|date| !is_birthdate(date)) {
        return Err(invalid_value("birthdate", "This must be a date, YYYY-MM-DD, or a year, YYYY."));
    }
    Ok(())
}

fn primaries(contacts: &[Contact]) -> usize {
    contacts.iter().filter(|contact| contact.primary).count()
}

/// `OpenID` Connect Core section 5.1.
fn is_birthdate(text: &str) -> bool {
    let shape: String = text.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    shape == "0000-00-00" || shape == "0000"
}

/// What a change starts from: the attributes as [`super::reader::person`] reads them.
#[must_use]
pub fn attributes(record: &PersonRecord) -> Map<String, Value> {
    let mut attributes = of_profile(&record.profile.clone().with_role(record.profile.role()));
    attributes.insert("active".to_owned(), record.active.into());
    attributes
}

fn of_profile(profile: &Profile) -> Map<String, Value> {
    // Texts, lists and truth values always become JSON, and a struct becomes an object.
    match serde_json::to_value(profile) {
        Ok(Value::Object(attributes)) => attributes,
        _ => Map::new(),
    }
}

/// What a writer that may not read is told of a person: where they are, and at which version.
#[must_use]
pub fn bare(issuer: &str, record: &PersonRecord) -> Value {
    let meta = meta(issuer, &record.sub, record.created_at, record.modified_at, record.version);
    json!({"schemas": [USER], "id": record.sub, "meta": meta})
}

/// A person in full (RFC 7643 section 4.1).
#[must_use]
pub fn full(issuer: &str, record: &PersonRecord) -> Value {
    let mut resource = attributes(record);
    resource.insert("sub".to_owned(), record.sub.as_str().into());
    let mut schemas = vec![USER];
    for extension in &EXTENSIONS {
        let names = extension.attributes.iter().map(|attribute| attribute.name);
        let members = object(&mut names.filter_map(|name| Some((name.to_owned(), resource.remove(name)?))));
        if !members.is_empty() {
            schemas.push(extension.schema);
            resource.insert(extension.schema.to_owned(), Value::Object(members));
        }
    }
    resource.insert("schemas".to_owned(), json!(schemas));
    resource.insert("id".to_owned(), record.sub.as_str().into());
    let meta = meta(issuer, &record.sub, record.created_at, record.modified_at, record.version);
    resource.insert("meta".to_owned(), meta);
    Value::Object(resource)
}

/// A user in a list, with what the directory holds.
#[must_use]
pub fn brief(issuer: &str, entry: &DirectoryEntry) -> Value {
    let DirectoryEntry { sub, projection } = entry;
    let email = projection.email.clone().map(|value| Contact { value, primary: true, ..Contact::default() });
    let profile = Profile {
        user_name: projection.user_name.clone(),
        display_name: projection.display_name.clone(),
        emails: email.into_iter().collect(),
        ..Profile::default()
    };
    let mut resource = of_profile(&profile);
    resource.insert("schemas".to_owned(), json!([USER]));
    resource.insert("id".to_owned(), sub.as_str().into());
    resource.insert("active".to_owned(), projection.active.into());
    let meta = meta(issuer, sub, projection.created_at, projection.modified_at, projection.version);
    resource.insert("meta".to_owned(), meta);
    Value::Object(resource)
}

/// The address of a person.
#[must_use]
pub fn location(issuer: &str, sub: &str) -> String {
    [issuer, USERS, "/", &encode_segment(sub)].concat()
}

/// A version as an entity tag (RFC 7644 section 3.14).
#[must_use]
pub fn entity_tag(version: u32) -> String {
    format!("W/\"{version}\"")
}

fn meta(issuer: &str, sub: &str, created: UnixTime, modified: UnixTime, version: u32) -> Value {
    json!({
        "resourceType": "User",
        "created": created.to_rfc3339(),
        "lastModified": modified.to_rfc3339(),
        "location": location(issuer, sub),
        "version": entity_tag(version),
    })
}
