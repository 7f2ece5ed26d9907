//! What an isolate remembers between requests.

use std::any::{Any, TypeId};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// One value of each type. It holds values only, never I/O of a request.
#[derive(Debug, Default)]
pub struct IsolateMemory(RefCell<BTreeMap<TypeId, Box<dyn Any>>>);

impl IsolateMemory {
    /// Lets `use_it` work with the value of type `M`, which begins as its default. A use within another use of the same
    /// memory sees a default that is dropped afterwards: forgetting is always allowed.
    pub fn with<M: Default + 'static, R>(&self, use_it: impl FnOnce(&mut M) -> R) -> R {
        if let Ok(mut values) = self.0.try_borrow_mut() {
            let value = values.entry(TypeId::of::<M>()).or_insert_with(|| Box::new(M::default()));
            if let Some(value) = value.downcast_mut() {
                return use_it(value);
            }
        }
        use_it(&mut M::default())
    }

    /// Forgets everything.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_value_of_each_type_until_it_is_cleared() {
        let memory = IsolateMemory::default();
        memory.with(|number: &mut u8| *number = 7);
        memory.with(|list: &mut Vec<u8>| list.push(9));
        assert_eq!(memory.with(|number: &mut u8| *number), 7);
        assert_eq!(memory.with(|list: &mut Vec<u8>| list.clone()), [9]);
        let within = memory.with(|_: &mut u8| memory.with(|list: &mut Vec<u8>| list.len()));
        assert_eq!(within, 0, "a use within a use remembers nothing");
        memory.clear();
        assert_eq!(memory.with(|number: &mut u8| *number), 0);
    }
}
