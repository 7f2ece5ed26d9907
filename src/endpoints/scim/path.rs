//! Paths of PATCH (RFC 7644 section 3.5.2): `name.familyName`, `emails[type eq "work"].value`, full names with their
//! schema.

use serde_json::Value;

use super::answer::invalid_path;
use super::schema::{Attribute, AttributeKind, EXTENSIONS, Extension, USER, USER_ATTRIBUTES, find};
use crate::endpoints::Refused;

/// What an operation is about.
#[derive(Clone, Debug)]
pub enum Path {
    /// An attribute, some of its values, or a part of them.
    Attribute {
        attribute: &'static Attribute,
        /// Which of several values.
        selector: Option<Selector>,
        part: Option<&'static Attribute>,
    },
    Extension(&'static Extension),
}

/// `part eq value`: the one kind of filter that paths may have.
#[derive(Clone, Debug)]
pub struct Selector {
    /// The part that is compared.
    pub part: &'static Attribute,
    pub value: Value,
}

impl Selector {
    /// Whether `item` is one of those meant. Texts are compared in any case of letters; a truth value that is not there
    /// is false.
    #[must_use]
    pub fn matches(&self, item: &Value) -> bool {
        match (item.get(self.part.name), &self.value) {
            (Some(Value::String(left)), Value::String(right)) => left.to_lowercase() == right.to_lowercase(),
            (None, Value::Bool(right)) => !right,
            (left, right) => left == Some(right),
        }
    }
}

impl Path {
    /// Parses a path.
    ///
    /// # Errors
    /// `invalidPath`.
    pub fn parse(text: &str) -> Result<Self, Refused> {
        let unknown = || invalid_path("The path does not name an attribute of a user.");
        if let Some(extension) = EXTENSIONS.iter().find(|extension| text.eq_ignore_ascii_case(extension.schema)) {
            return Ok(Self::Extension(extension));
        }
        let of_extension = |extension: &'static Extension| Some((extension.attributes, after(text, extension.schema)?));
        let (attributes, rest) = EXTENSIONS
            .iter()
            .find_map(of_extension)
            .unwrap_or_else(|| (&USER_ATTRIBUTES, after(text, USER).unwrap_or(text)));
        let name = rest.split(['[', '.']).next().unwrap_or_default();
        let attribute = find(attributes, name).ok_or_else(unknown)?;
        let rest = rest.strip_prefix(name).unwrap_or_default();
        let (selector, rest) = match rest.strip_prefix('[').map(|rest| rest.split_once(']')) {
            None => (None, rest),
            Some(None) => return Err(invalid_path("The filter in the path is not closed.")),
            Some(Some((filter, rest))) => (Some(selector(attribute, filter)?), rest),
        };
        let part = match (rest.strip_prefix('.'), &attribute.kind) {
            (None, _) if rest.is_empty() => None,
            (Some(part), AttributeKind::Complex(parts)) => Some(find(parts, part).ok_or_else(unknown)?),
            _ => return Err(unknown()),
        };
        Ok(Self::Attribute { attribute, selector, part })
    }

    /// The path that a member's name is in an operation without a path; `None` when it is not in the table.
    #[must_use]
    pub fn of_member(name: &str) -> Option<Self> {
        Self::parse(name).ok()
    }

    /// The same in the value of an extension.
    #[must_use]
    pub fn of_extension(extension: &'static Extension, name: &str) -> Option<Self> {
        let attribute = find(extension.attributes, name)?;
        Some(Self::Attribute { attribute, selector: None, part: None })
    }
}

/// What follows `schema` and a colon.
fn after<'a>(text: &'a str, schema: &str) -> Option<&'a str> {
    let (prefix, rest) = (text.get(..schema.len())?, text.get(schema.len()..)?);
    if prefix.eq_ignore_ascii_case(schema) { rest.strip_prefix(':') } else { None }
}

fn selector(attribute: &'static Attribute, filter: &str) -> Result<Selector, Refused> {
    let unsupported = || invalid_path("The filter in a path must have the form name eq value.");
    let AttributeKind::Complex(parts) = attribute.kind else {
        return Err(unsupported());
    };
    let mut words = filter.trim().splitn(3, ' ');
    let (name, operator, literal) = (words.next(), words.next(), words.next().unwrap_or_default());
    let part = name.and_then(|name| find(parts, name)).filter(|_| attribute.many).ok_or_else(unsupported)?;
    let value: Value = serde_json::from_str(literal).map_err(|_| unsupported())?;
    let fits = matches!(
        (&part.kind, &value),
        (AttributeKind::Text, Value::String(_)) | (AttributeKind::Boolean, Value::Bool(_))
    );
    if operator.is_some_and(|operator| operator.eq_ignore_ascii_case("eq")) && fits {
        Ok(Selector { part, value })
    } else {
        Err(unsupported())
    }
}
