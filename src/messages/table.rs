//! The tables that the catalogue is made of. A group of texts is written once: key, placeholders and English.
//!
//! ```text
//! texts! {
//!     /// What the group is for.
//!     Consent {
//!         allow = "Allow";
//!         title(client, product) = "{client} wants to access your {product} account";
//!         /// What a comment adds is for translators.
//!         lasts_days(count) = one "Access lasts one day.", other "Access lasts {count} days.";
//!     }
//! }
//! ```
//!
//! Each key becomes a field: a `&'static str`, a [`Pattern`] or a [`Plural`]. A key with placeholders also becomes a
//! method that takes the values and gives a [`Phrase`](super::Phrase).

use super::phrase::Pattern;
use super::plural::Plural;

macro_rules! texts {
    (
        $(#[$about:meta])*
        $group:ident {
            $(
                $(#[$meaning:meta])*
                $key:ident $( ( $($name:ident),+ ) )? = $( $text:literal )? $( one $one:literal, other $other:literal )? ;
            )*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Debug)]
        pub struct $group {
            $(
                $(#[$meaning])*
                $( #[doc = $text] )?
                $( #[doc = $other] )?
                pub $key: texts!(@type [$($($name)+)?] $($other)?),
            )*
        }

        impl $group {
            $( texts! { @method $key [$($($name)+)?] $($text)? $($other)? } )*

            pub(in crate::messages) const ENGLISH: Self = Self {
                $( $key: texts!(@value [$($($name)+)?] $($text)? $($one $other)?), )*
            };

            pub(in crate::messages) fn entries(&self) -> Vec<$crate::messages::table::Entry> {
                use $crate::messages::table::Text as _;
                vec![
                    $( $crate::messages::table::Entry {
                        key: concat!(stringify!($group), "::", stringify!($key)),
                        placeholders: &[$($(stringify!($name)),+)?],
                        forms: self.$key.forms(),
                    }, )*
                ]
            }

            pub(in crate::messages) fn map(&self, change: fn(&str) -> String) -> Self {
                use $crate::messages::table::Text as _;
                Self { $( $key: self.$key.map(change), )* }
            }
        }
    };

    (@type []) => { &'static str };
    (@type [count] $other:literal) => { $crate::messages::plural::Plural };
    (@type [$($name:ident)+]) => { $crate::messages::phrase::Pattern };

    (@value [] $text:literal) => { $text };
    (@value [count] $one:literal $other:literal) => { $crate::messages::plural::Plural::OneOther { one: $one, other: $other } };
    (@value [$($name:ident)+] $text:literal) => { $crate::messages::phrase::Pattern($text) };

    (@method $key:ident [] $text:literal) => {};
    (@method $key:ident [count] $one:literal) => {
        #[doc = $one]
        #[must_use]
        pub fn $key(&self, count: u32) -> $crate::messages::phrase::Phrase<'static> {
            self.$key.phrase(count)
        }
    };
    (@method $key:ident [$($name:ident)+] $text:literal) => {
        #[doc = $text]
        #[must_use]
        pub fn $key<'a>(&self, $($name: &'a str),+) -> $crate::messages::phrase::Phrase<'a> {
            self.$key.phrase(&[$((stringify!($name), $name)),+])
        }
    };
}

/// A text as the checks see it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The group and the field.
    pub key: &'static str,
    /// The declared placeholders.
    pub placeholders: &'static [&'static str],
    /// The text, or each form of it.
    pub forms: Vec<&'static str>,
}

/// What the three kinds of texts have in common.
pub(super) trait Text {
    /// The text, or each form of it.
    fn forms(&self) -> Vec<&'static str>;

    /// The same text with each form changed. The result lives as long as the process.
    fn map(&self, change: fn(&str) -> String) -> Self;
}

impl Text for &'static str {
    fn forms(&self) -> Vec<&'static str> {
        vec![self]
    }

    fn map(&self, change: fn(&str) -> String) -> Self {
        change(self).leak()
    }
}

impl Text for Pattern {
    fn forms(&self) -> Vec<&'static str> {
        vec![self.0]
    }

    fn map(&self, change: fn(&str) -> String) -> Self {
        Self(self.0.map(change))
    }
}

impl Text for Plural {
    fn forms(&self) -> Vec<&'static str> {
        match self {
            Self::OneOther { one, other } => vec![one, other],
        }
    }

    fn map(&self, change: fn(&str) -> String) -> Self {
        match self {
            Self::OneOther { one, other } => Self::OneOther { one: one.map(change), other: other.map(change) },
        }
    }
}
