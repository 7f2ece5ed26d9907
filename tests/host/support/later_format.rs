//! Sealed values as a later release writes them: format 2, which says whether an account or an organization holds them.

use std::marker::PhantomData;

use grantry::base::AccountId;
use grantry::seal::{FamilyHolder, Purpose};
use serde::ser::SerializeTuple as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A value of format 1 with another holder.
pub struct Later<P> {
    holder: FamilyHolder,
    rest: Vec<u8>,
    purpose: PhantomData<P>,
}

impl<P: Purpose> Later<P> {
    pub fn of(value: &P, holder: FamilyHolder) -> Self {
        let content = postcard::to_allocvec(value).expect("encoded");
        Self { holder, rest: content[AccountId::LENGTH..].to_vec(), purpose: PhantomData }
    }
}

impl<P> Serialize for Later<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut content = serializer.serialize_tuple(1 + self.rest.len())?;
        content.serialize_element(&self.holder)?;
        self.rest.iter().try_for_each(|byte| content.serialize_element(byte))?;
        content.end()
    }
}

impl<'de, P> Deserialize<'de> for Later<P> {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(de::Error::custom("only sealed here"))
    }
}

impl<P: Purpose> Purpose for Later<P> {
    const LABEL: &'static str = P::LABEL;
    const PREFIX: &'static str = P::PREFIX;
    const FORMAT: u8 = 2;
    const MAX_LENGTH: usize = P::MAX_LENGTH;
}
