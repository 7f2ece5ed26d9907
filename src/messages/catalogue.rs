//! What the list of groups (`src/messages/texts/mod.rs`) makes: all texts in one language.

macro_rules! catalogue {
    ( $( $(#[$about:meta])* $group:ident: $file:ident::$kind:ident, )* ) => {
        /// All texts in one language.
        #[derive(Clone, Debug)]
        pub struct Catalogue {
            /// BCP 47 tag, for `lang`.
            pub language: &'static str,
            /// `ltr` or `rtl`, for `dir`.
            pub direction: &'static str,
            $( $(#[$about])* pub $group: $file::$kind, )*
        }

        /// The English texts, which are also the default.
        pub static ENGLISH: Catalogue =
            Catalogue { language: "en", direction: "ltr", $( $group: $file::$kind::ENGLISH, )* };

        impl Catalogue {
            /// Every text, for checks.
            #[must_use]
            pub fn entries(&self) -> Vec<$crate::messages::table::Entry> {
                [$( self.$group.entries(), )*].concat()
            }

            /// This catalogue with every text changed, under another language tag.
            pub(super) fn map(&self, language: &'static str, change: fn(&str) -> String) -> Self {
                Self { language, direction: self.direction, $( $group: self.$group.map(change), )* }
            }
        }
    };
}
