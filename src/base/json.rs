//! Makes JSON objects member by member.

use serde_json::{Map, Value};

/// An object of `members`; of equal names, the last one counts. `collect` would sort all of them first, and be compiled again for
/// each kind of iterator.
#[must_use]
pub fn object(members: &mut dyn Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name, value);
    }
    object
}
