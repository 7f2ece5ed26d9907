//! JSON bodies that are one object, read strictly: duplicate members are refused, because parsers disagree about their value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::request::{Body, Request};

/// How deep arrays and objects may be nested. The documents that are read here need two levels.
const DEPTH: u8 = 8;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MalformedJson {
    /// The body's content type is another.
    #[error("the content type is not application/json")]
    ContentType,
    /// A member that must be a string is another value.
    #[error("a member is not a string")]
    Member,
    /// Not one JSON object, nested too deep, or with a duplicate member.
    #[error("the body is not a single JSON object without duplicate members")]
    Syntax,
    /// Longer than is ever needed.
    #[error("the body is too long")]
    TooLarge,
    /// The body could not be read.
    #[error("the body ended early")]
    Unreadable,
}

/// Reads the body of a request, whose type must say that it is JSON.
///
/// # Errors
/// [`MalformedJson`].
pub fn of_body(request: &Request) -> Result<Map<String, Value>, MalformedJson> {
    let content_type = request.header("content-type").unwrap_or_default();
    let essence = content_type.split(';').next().unwrap_or_default().trim();
    if !essence.eq_ignore_ascii_case("application/json") {
        return Err(MalformedJson::ContentType);
    }
    match request.body() {
        Body::Complete(bytes) => parse(bytes),
        Body::TooLarge => Err(MalformedJson::TooLarge),
        Body::Unreadable => Err(MalformedJson::Unreadable),
    }
}

/// Reads one object that takes up all of `bytes`.
///
/// # Errors
/// [`MalformedJson::Syntax`].
pub fn parse(bytes: &[u8]) -> Result<Map<String, Value>, MalformedJson> {
    match parse_value(bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(MalformedJson::Syntax),
    }
}

/// Reads one value of any kind that takes up all of `bytes`, as strictly.
///
/// # Errors
/// [`MalformedJson::Syntax`].
pub fn parse_value(bytes: &[u8]) -> Result<Value, MalformedJson> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict(DEPTH).deserialize(&mut deserializer).map_err(|_| MalformedJson::Syntax)?;
    deserializer.end().map_err(|_| MalformedJson::Syntax)?;
    Ok(value)
}

/// Reads a value with this many levels below it.
#[derive(Clone, Copy)]
struct Strict(u8);

impl Strict {
    fn below<E: serde::de::Error>(self) -> Result<Self, E> {
        self.0.checked_sub(1).map(Self).ok_or_else(|| E::custom("nested too deep"))
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut values = Vec::new();
        while let Some(value) = access.next_element_seed(below)? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let below = self.below()?;
        let mut members = Map::new();
        while let Some(name) = access.next_key::<String>()? {
            if members.contains_key(&name) {
                return Err(A::Error::custom("a duplicate member"));
            }
            let value = access.next_value_seed(below)?;
            members.insert(name, value);
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_read_as_what_it_says() {
        let text = r#" {"a":"x","b":[1,-2,0.5,true,null],"c":{"d":{}},"e":"\u00e9"} "#;
        let expected: Value = serde_json::from_str(text).unwrap();
        assert_eq!(parse(text.as_bytes()).map(Value::Object), Ok(expected));
    }

    // spec: RFC 8259 section 4 - names within an object are unique, otherwise it is refused
    #[test]
    fn refusals() {
        let deep = format!(r#"{{"a":{}1{}}}"#, "[".repeat(8), "]".repeat(8));
        let deeper = format!(r#"{{"a":{}"#, "[".repeat(60_000));
        for text in [
            "",
            "[]",
            "1",
            "null",
            "{",
            r#"{"a":1}x"#,
            r#"{"a":1}{"a":1}"#,
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"{"a":{"b":1,"b":2}}"#,
            r#"{"a":[{"b":1,"b":2}]}"#,
            r#"{"a":1,}"#,
            r"{'a':1}",
            r#"{"a":NaN}"#,
            r#"{"a":"\ud800"}"#,
            &deep,
            &deeper,
        ] {
            assert_eq!(parse(text.as_bytes()), Err(MalformedJson::Syntax), "{text}");
        }
        assert_eq!(parse(b"{\"a\":\"\xff\"}"), Err(MalformedJson::Syntax));
        let fits = format!(r#"{{"a":{}1{}}}"#, "[".repeat(7), "]".repeat(7));
        assert!(parse(fits.as_bytes()).is_ok());
    }
}
