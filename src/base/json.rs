//! Objects of JSON that are made member by member.

use serde_json::{Map, Value};

/// An object of `members`, of which the last of a name counts. Unlike `collect`, which sorts all of them first, it is not compiled
/// anew for each kind of iterator.
#[must_use]
pub fn object(members: &mut dyn Iterator<Item = (String, Value)>) -> Map<String, Value> {
    let mut object = Map::new();
    for (name, value) in members {
        object.insert(name, value);
    }
    object
}
