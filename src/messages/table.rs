//! What a catalogue is made of: the list of its texts, once, as fields, as phrases and for the checks.

macro_rules! catalogue {
    (
        $( $(#[$text_doc:meta])* $text:ident, )*
        ;
        $( $(#[$phrase_doc:meta])* $phrase:ident($($name:ident),+), )*
    ) => {
        /// All texts in one language.
        #[derive(Clone, Debug)]
        pub struct Catalogue {
            /// BCP 47 tag, for `lang`.
            pub language: Cow<'static, str>,
            /// `ltr` or `rtl`, for `dir`.
            pub direction: &'static str,
            $( $(#[$text_doc])* pub $text: Cow<'static, str>, )*
            $( $(#[$phrase_doc])* pub $phrase: Cow<'static, str>, )*
        }

        impl Catalogue {
            $(
                $(#[$phrase_doc])*
                #[must_use]
                pub fn $phrase<'a>(&'a self, $($name: &'a str),+) -> Phrase<'a> {
                    Phrase::new(&self.$phrase, &[$((stringify!($name), $name)),+])
                }
            )*

            /// Every text, for checks.
            #[must_use]
            pub fn entries(&self) -> Vec<Entry<'_>> {
                vec![
                    $( Entry { key: stringify!($text), placeholders: &[], text: &self.$text }, )*
                    $( Entry {
                        key: stringify!($phrase),
                        placeholders: &[$(stringify!($name)),+],
                        text: &self.$phrase,
                    }, )*
                ]
            }

            /// This catalogue with every text changed, under another language tag.
            pub(super) fn map(&self, language: &'static str, change: impl Fn(&str) -> String) -> Self {
                Self {
                    language: Cow::Borrowed(language),
                    direction: self.direction,
                    $( $text: Cow::Owned(change(&self.$text)), )*
                    $( $phrase: Cow::Owned(change(&self.$phrase)), )*
                }
            }
        }
    };
}

/// One text as the checks see it.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The field.
    pub key: &'static str,
    /// The declared placeholders.
    pub placeholders: &'static [&'static str],
    /// The text.
    pub text: &'a str,
}
