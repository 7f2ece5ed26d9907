//! Bodies and values as the table of attributes describes them: names in their own spelling, values of their own type.

use serde_json::{Map, Value, json};

use super::answer::invalid_value;
use super::schema::{Attribute, AttributeKind, EXTENSIONS, USER_ATTRIBUTES, find};
use crate::endpoints::Refused;
use crate::http::json_object::{self, MalformedJson};
use crate::http::{Body, Request};

/// The most characters of a text.
const LONGEST: usize = 1_024;

/// Reads the body of a request (RFC 7644 section 3.8).
///
/// # Errors
/// A SCIM error.
pub fn body(request: &Request) -> Result<Map<String, Value>, Refused> {
    let content_type = request.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !["application/scim+json", "application/json"].iter().any(|known| essence.eq_ignore_ascii_case(known)) {
        return Err(Refused::scim(415, "", "The body must be application/scim+json."));
    }
    let parsed = match request.body() {
        Body::Complete(bytes) => json_object::parse(bytes),
        Body::TooLarge => Err(MalformedJson::TooLarge),
        Body::Unreadable => Err(MalformedJson::Unreadable),
    };
    parsed.map_err(|malformed| match malformed {
        MalformedJson::TooLarge => Refused::scim(413, "", "The body is too long."),
        other => invalid_syntax("The body must be a single JSON object without duplicate members.").because(other),
    })
}

/// `invalidSyntax` (RFC 7644 section 3.12).
#[must_use]
pub fn invalid_syntax(description: &'static str) -> Refused {
    Refused::scim(400, "invalidSyntax", description)
}

/// Whether the body says that it is of `schema` (RFC 7643 section 3).
///
/// # Errors
/// `invalidSyntax`, when it does not.
pub fn of_schema(body: &Map<String, Value>, schema: &str) -> Result<(), Refused> {
    let schemas =
        body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas")).and_then(|(_, all)| all.as_array());
    let named =
        schemas.is_some_and(|all| all.iter().filter_map(Value::as_str).any(|named| named.eq_ignore_ascii_case(schema)));
    if named {
        Ok(())
    } else {
        Err(invalid_syntax("The schemas member does not name the schema that this request requires."))
    }
}

/// A person's attributes, those of the extensions beside the others. What is not in the table is left out, as RFC 7644
/// section 3.1 says of attributes that are not understood.
///
/// # Errors
/// `invalidValue`, with the attribute's name; `invalidSyntax` for a member that is there twice.
pub fn person(body: Map<String, Value>) -> Result<Map<String, Value>, Refused> {
    let mut read = Map::new();
    for (name, value) in body {
        if let Some(extension) = EXTENSIONS.iter().find(|extension| name.eq_ignore_ascii_case(extension.schema)) {
            let Value::Object(members) = value else {
                return Err(invalid_value("extension", "This must be an object."));
            };
            for (name, value) in object(members, extension.attributes)? {
                insert(&mut read, &name, value)?;
            }
        } else if let Some(attribute) = find(&USER_ATTRIBUTES, name.strip_prefix(USER_PREFIX).unwrap_or(&name))
            && let Some(value) = self::value(attribute, value)?
        {
            insert(&mut read, attribute.name, value)?;
        }
    }
    Ok(read)
}

/// How the full names of core attributes begin.
const USER_PREFIX: &str = "urn:ietf:params:scim:schemas:core:2.0:User:";

/// An object with these attributes.
fn object(members: Map<String, Value>, attributes: &'static [Attribute]) -> Result<Map<String, Value>, Refused> {
    let mut read = Map::new();
    for (name, value) in members {
        if let Some(attribute) = find(attributes, &name)
            && let Some(value) = self::value(attribute, value)?
        {
            insert(&mut read, attribute.name, value)?;
        }
    }
    Ok(read)
}

fn insert(read: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), Refused> {
    match read.insert(name.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(invalid_syntax("An attribute occurs twice, in different spellings.")),
    }
}

/// A value of `attribute`; `None` for null and for what is empty, which RFC 7643 section 2.5 calls unassigned.
///
/// # Errors
/// `invalidValue`.
pub fn value(attribute: &'static Attribute, value: Value) -> Result<Option<Value>, Refused> {
    match value {
        Value::Null => Ok(None),
        Value::Array(values) if attribute.many => {
            let values = values.into_iter().filter_map(|value| single(attribute, value).transpose());
            let values = values.collect::<Result<Vec<_>, _>>()?;
            Ok((!values.is_empty()).then_some(Value::Array(values)))
        }
        value if attribute.many => Ok(single(attribute, value)?.map(|value| Value::Array(vec![value]))),
        value => single(attribute, value),
    }
}

/// One value of `attribute`.
///
/// # Errors
/// `invalidValue`.
pub fn single(attribute: &'static Attribute, value: Value) -> Result<Option<Value>, Refused> {
    match (&attribute.kind, value) {
        (_, Value::Null) => Ok(None),
        (AttributeKind::Boolean, Value::Bool(value)) => Ok(Some(value.into())),
        // Some provisioning systems write truth values as texts.
        (AttributeKind::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("true") => Ok(Some(true.into())),
        (AttributeKind::Boolean, Value::String(text)) if text.eq_ignore_ascii_case("false") => Ok(Some(false.into())),
        (AttributeKind::Boolean, _) => Err(invalid_value(attribute.name, "This must be true or false.")),
        (AttributeKind::Text, Value::String(text)) => text_value(attribute, text),
        (AttributeKind::Text, _) => Err(invalid_value(attribute.name, "This must be a string.")),
        (AttributeKind::Complex(parts), Value::Object(members)) => {
            let members = object(members, parts)?;
            Ok((!members.is_empty()).then_some(Value::Object(members)))
        }
        // A plain text in place of an object with a value.
        (AttributeKind::Complex(parts), Value::String(text)) if attribute.many && find(parts, "value").is_some() => {
            single(attribute, json!({ "value": text }))
        }
        (AttributeKind::Complex(_), _) => Err(invalid_value(attribute.name, "This must be an object.")),
    }
}

fn text_value(attribute: &'static Attribute, text: String) -> Result<Option<Value>, Refused> {
    // A password may be anything; how long it may be is for its own rules.
    let is_password = attribute.name == "password";
    let has_lines = ["formatted", "streetAddress"].contains(&attribute.name);
    let illegal = |letter: char| letter.is_control() && !(has_lines && letter == '\n');
    if text.chars().count() > LONGEST {
        return Err(invalid_value(attribute.name, "This is too long."));
    }
    if !is_password && text.contains(illegal) {
        return Err(invalid_value(attribute.name, "This contains a control character."));
    }
    Ok((is_password || !text.is_empty()).then_some(Value::String(text)))
}
