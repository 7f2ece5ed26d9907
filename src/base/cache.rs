//! A bounded memory: when it is full, the oldest entry makes room.
//!
//! There is no clock in it. An entry that is good for a while has its time in its value.

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// At most `MOST` entries.
#[derive(Clone, Debug)]
pub struct Cache<K, V, const MOST: usize> {
    entries: BTreeMap<K, (u64, V)>,
    /// The keys by their age, the oldest first.
    ages: BTreeMap<u64, K>,
    next_age: u64,
}

impl<K, V, const MOST: usize> Default for Cache<K, V, MOST> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, V, const MOST: usize> Cache<K, V, MOST> {
    /// An empty one.
    #[must_use]
    pub const fn new() -> Self {
        Self { entries: BTreeMap::new(), ages: BTreeMap::new(), next_age: 0 }
    }
}

impl<K: Clone + Ord, V, const MOST: usize> Cache<K, V, MOST> {
    /// The value of `key`.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        self.entries.get(key).map(|(_, value)| value)
    }

    /// The value of `key`, to be changed. Its age stays: see [`Cache::renew`].
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        self.entries.get_mut(key).map(|(_, value)| value)
    }

    /// Whether there is an entry for `key`.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.entries.contains_key(key)
    }

    /// Puts `value` in the place of what was there, as the youngest entry.
    pub fn put(&mut self, key: K, value: V) {
        self.remove(&key);
        while self.entries.len() >= MOST
            && let Some((_, oldest)) = self.ages.pop_first()
        {
            self.entries.remove(&oldest);
        }
        let age = self.next_age;
        self.next_age = age.wrapping_add(1);
        self.ages.insert(age, key.clone());
        self.entries.insert(key, (age, value));
    }

    /// Makes an entry the youngest one.
    pub fn renew<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        if let Some((key, value)) = self.take(key) {
            self.put(key, value);
        }
    }

    /// Forgets an entry.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q)
    where
        K: Borrow<Q>,
    {
        let _ = self.take(key);
    }

    /// All entries, in the order of their keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.entries.iter().map(|(key, (_, value))| (key, value))
    }

    fn take<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<(K, V)>
    where
        K: Borrow<Q>,
    {
        let (key, (age, value)) = self.entries.remove_entry(key)?;
        self.ages.remove(&age);
        Some((key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(cache: &Cache<u8, u8, 3>) -> Vec<u8> {
        assert_eq!(cache.entries.len(), cache.ages.len());
        cache.iter().map(|(key, _)| *key).collect()
    }

    #[test]
    fn the_oldest_entry_makes_room() {
        let mut cache = Cache::<u8, u8, 3>::new();
        for key in [9, 1, 5] {
            cache.put(key, key);
        }
        cache.put(1, 10);
        assert_eq!((keys(&cache), cache.get(&1)), (vec![1, 5, 9], Some(&10)), "to put again takes no room");
        cache.put(2, 2);
        assert_eq!(keys(&cache), [1, 2, 5], "9 was put first");
        cache.renew(&5);
        cache.put(3, 3);
        assert_eq!(keys(&cache), [2, 3, 5], "5 was renewed, and 1 had been put again before");
        cache.renew(&7);
        cache.remove(&7);
        cache.remove(&2);
        cache.put(4, 4);
        assert_eq!(keys(&cache), [3, 4, 5], "what was removed had left its room");
        for key in 0..=255 {
            cache.put(key, key);
        }
        assert_eq!(keys(&cache), [253, 254, 255]);
    }
}
