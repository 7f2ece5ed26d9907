//! The members of a JSON object that somebody wrote by hand: each is known, there once, and of its type, or named as a problem.

use std::fmt;

use serde::de::{DeserializeOwned, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::problem::ApiProblem;

/// The members that have not been read yet.
#[derive(Default)]
pub(super) struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'a> Members<'a> {
    /// `None` when `text` is no object of JSON.
    pub(super) fn parse(text: &'a str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// The name of a member that is there twice.
    pub(super) fn twice(&self) -> Option<&str> {
        let mut names = self.0.iter().map(|(name, _)| name.as_str()).enumerate();
        names.find(|(at, name)| self.0.iter().take(*at).any(|(before, _)| before == name)).map(|(_, name)| name)
    }

    /// Takes the JSON of a member, if it is there.
    pub(super) fn raw(&mut self, name: &str) -> Option<&'a RawValue> {
        let at = self.0.iter().position(|(known, _)| known == name)?;
        Some(self.0.remove(at).1)
    }

    /// Takes a member, if it is there; `null` counts as absent.
    pub(super) fn take<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, ApiProblem> {
        let value = self.raw(name).map(|raw| serde_json::from_str(raw.get()));
        value.transpose().map(Option::flatten).map_err(|_| ApiProblem::Malformed(name.to_owned()))
    }

    /// All members that were not taken.
    pub(super) fn rest(self) -> Vec<(String, &'a RawValue)> {
        self.0
    }

    /// The name of a member that was not taken.
    pub(super) fn first_name(&self) -> Option<&str> {
        self.0.first().map(|(name, _)| name.as_str())
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}
