//! PATCH (RFC 7644 section 3.5.2): operations on the attributes of a person, as [`super::reader`] reads them.

use serde_json::{Map, Value, json};

use super::answer::invalid_path;
use super::path::{Path, Selector};
use super::reader::{self, invalid_syntax};
use super::schema::{Attribute, AttributeKind};
use crate::endpoints::Refused;

/// The schema of the body.
pub const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

/// The most operations of a request.
const MOST: usize = 100;

/// What an operation does, in any case of letters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verb {
    Add,
    Remove,
    Replace,
}

#[derive(Clone, Debug)]
pub struct Operation {
    verb: Verb,
    path: Path,
    value: Value,
}

/// Reads the operations of a body. One without a path is as many as its value has members.
///
/// # Errors
/// `invalidSyntax`, `invalidPath`, `noTarget`.
pub fn operations(body: Map<String, Value>) -> Result<Vec<Operation>, Refused> {
    reader::of_schema(&body, PATCH_OP)?;
    let listed = body.into_iter().find(|(name, _)| name.eq_ignore_ascii_case("Operations")).map(|(_, listed)| listed);
    let Some(Value::Array(listed)) = listed else {
        return Err(invalid_syntax("Operations must be a list."));
    };
    if listed.is_empty() || listed.len() > MOST {
        return Err(invalid_syntax("There must be between 1 and 100 operations."));
    }
    let mut operations = Vec::new();
    for operation in listed {
        let Value::Object(mut members) = operation else {
            return Err(invalid_syntax("An operation must be an object."));
        };
        let verb = verb(members.get("op"))?;
        let value = members.remove("value").unwrap_or_default();
        match (members.remove("path"), value) {
            (Some(Value::String(path)), value) => operations.push(Operation { verb, path: Path::parse(&path)?, value }),
            (Some(_), _) => return Err(invalid_path("A path must be a string.")),
            (None, _) if verb == Verb::Remove => {
                return Err(Refused::scim(400, "noTarget", "The operation remove requires a path."));
            }
            (None, Value::Object(members)) => {
                for (name, value) in members {
                    // What is not in the table is left out here as in other bodies.
                    operations.extend(Path::of_member(&name).into_iter().map(|path| Operation {
                        verb,
                        path,
                        value: value.clone(),
                    }));
                }
            }
            (None, _) => return Err(invalid_syntax("Without a path, the value must be an object.")),
        }
    }
    Ok(operations)
}

fn verb(op: Option<&Value>) -> Result<Verb, Refused> {
    let op = op.and_then(Value::as_str).unwrap_or_default();
    [("add", Verb::Add), ("remove", Verb::Remove), ("replace", Verb::Replace)]
        .into_iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(op))
        .map(|(_, verb)| verb)
        .ok_or_else(|| invalid_syntax("op must be add, remove or replace."))
}

/// Whether any of the operations names the attribute `name`.
#[must_use]
pub fn names(operations: &[Operation], name: &str) -> bool {
    operations.iter().any(|operation| match &operation.path {
        Path::Extension(_) => operation
            .value
            .as_object()
            .is_some_and(|members| members.keys().any(|member| member.eq_ignore_ascii_case(name))),
        Path::Attribute { attribute, .. } => attribute.name == name,
    })
}

/// Applies all operations in their order, or none.
///
/// # Errors
/// `invalidValue`, `noTarget`, `invalidPath`.
pub fn apply(mut person: Map<String, Value>, operations: &[Operation]) -> Result<Map<String, Value>, Refused> {
    for operation in operations {
        apply_one(&mut person, operation)?;
    }
    Ok(person)
}

fn apply_one(person: &mut Map<String, Value>, operation: &Operation) -> Result<(), Refused> {
    let Operation { verb, path, value } = operation;
    match path {
        Path::Extension(extension) => {
            let Value::Object(members) = value else {
                return Err(invalid_syntax("The value of the extension must be an object."));
            };
            for (name, value) in members {
                if let Some(path) = Path::of_extension(extension, name) {
                    apply_one(person, &Operation { verb: *verb, path, value: value.clone() })?;
                }
            }
            Ok(())
        }
        Path::Attribute { attribute, selector: None, part: None } => {
            apply_to_attribute(person, *verb, attribute, value)
        }
        Path::Attribute { attribute, selector: None, part: Some(part) } if !attribute.many => {
            let value = if *verb == Verb::Remove { None } else { reader::value(part, value.clone())? };
            let whole = person.entry(attribute.name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(members) = whole {
                set(members, part.name, value);
            }
            Ok(())
        }
        Path::Attribute { attribute, selector, part } => {
            let AttributeKind::Complex(_) = attribute.kind else {
                return Err(invalid_path("This attribute has no sub-attributes."));
            };
            let all = person.entry(attribute.name).or_insert_with(|| Value::Array(Vec::new()));
            let Value::Array(all) = all else {
                return Err(invalid_path("This attribute has no sub-attributes."));
            };
            let change = if *verb == Verb::Remove { None } else { Some(value) };
            if select(all, *verb, selector.as_ref())? {
                change_items(all, attribute, selector.as_ref(), *part, change)?;
            }
            Ok(())
        }
    }
}

fn apply_to_attribute(
    person: &mut Map<String, Value>,
    verb: Verb,
    attribute: &'static Attribute,
    value: &Value,
) -> Result<(), Refused> {
    let value = if verb == Verb::Remove { None } else { reader::value(attribute, value.clone())? };
    let Some(value) = value else {
        person.remove(attribute.name);
        return Ok(());
    };
    match (person.get_mut(attribute.name), value) {
        // Members that the value does not have stay as they are.
        (Some(Value::Object(old)), Value::Object(new)) => old.extend(new),
        (Some(Value::Array(old)), Value::Array(new)) if verb == Verb::Add => add_all(old, new),
        (_, value) => {
            person.insert(attribute.name.to_owned(), value);
        }
    }
    Ok(())
}

/// Whether some values of an attribute are meant; what is added where nothing matches begins with what was looked for.
fn select(all: &mut Vec<Value>, verb: Verb, selector: Option<&Selector>) -> Result<bool, Refused> {
    if all.iter().any(|item| is_meant(item, selector)) {
        return Ok(true);
    }
    match verb {
        Verb::Remove => return Ok(false),
        Verb::Add => all.push(selector.map_or_else(|| Value::Object(Map::new()), Selector::as_item)),
        Verb::Replace => return Err(Refused::scim(400, "noTarget", "No value matches the path.")),
    }
    Ok(true)
}

fn is_meant(item: &Value, selector: Option<&Selector>) -> bool {
    selector.is_none_or(|selector| selector.matches(item))
}

/// Changes those values of an attribute that are meant, or removes them.
fn change_items(
    all: &mut Vec<Value>,
    attribute: &'static Attribute,
    selector: Option<&Selector>,
    part: Option<&'static Attribute>,
    change: Option<&Value>,
) -> Result<(), Refused> {
    let meant: Vec<bool> = all.iter().map(|item| is_meant(item, selector)).collect();
    if change.is_some_and(|value| makes_primary(part, value)) {
        clear_primary(all);
    }
    let mut changed = Vec::new();
    for (item, meant) in std::mem::take(all).into_iter().zip(meant) {
        let item = if meant { changed_item(item, attribute, part, change)? } else { Some(item) };
        changed.extend(item);
    }
    *all = changed;
    Ok(())
}

/// One value of an attribute that has several, after the change; `None` when it is removed.
fn changed_item(
    item: Value,
    attribute: &'static Attribute,
    part: Option<&'static Attribute>,
    change: Option<&Value>,
) -> Result<Option<Value>, Refused> {
    match (item, part, change) {
        (_, None, None) => Ok(None),
        (item, None, Some(value)) => match (item, reader::single(attribute, value.clone())?) {
            (Value::Object(mut old), Some(Value::Object(new))) => {
                old.extend(new);
                Ok(Some(Value::Object(old)))
            }
            (_, new) => Ok(new),
        },
        (Value::Object(mut members), Some(part), change) => {
            let value = change.map(|value| reader::value(part, value.clone())).transpose()?.flatten();
            set(&mut members, part.name, value);
            Ok(Some(Value::Object(members)))
        }
        (item, Some(_), _) => Ok(Some(item)),
    }
}

/// Adds values that are not there yet. One that is primary takes that from the others.
fn add_all(old: &mut Vec<Value>, new: Vec<Value>) {
    for value in new {
        if is_primary(&value) {
            clear_primary(old);
        }
        if !old.contains(&value) {
            old.push(value);
        }
    }
}

fn makes_primary(part: Option<&'static Attribute>, value: &Value) -> bool {
    match part {
        None => is_primary(value),
        Some(part) => part.name == "primary" && *value == true,
    }
}

fn is_primary(value: &Value) -> bool {
    value.get("primary").is_some_and(|primary| *primary == true)
}

fn clear_primary(all: &mut [Value]) {
    for members in all.iter_mut().filter_map(Value::as_object_mut) {
        members.remove("primary");
    }
}

fn set(members: &mut Map<String, Value>, name: &str, value: Option<Value>) {
    match value {
        Some(value) => {
            members.insert(name.to_owned(), value);
        }
        None => {
            members.remove(name);
        }
    }
}

impl Selector {
    /// What an item that matches begins with.
    fn as_item(&self) -> Value {
        json!({ self.part.name: self.value.clone() })
    }
}
