//! All texts in one language, by group.

use super::table::Entry;
use super::texts::{
    Account, Activity, Apps, Choose, Client, Common, Consent, Dates, Deletion, Developer, Docs, Durations, Error,
    FormPost, Gone, Landing, LoggedOut, Login, Logout, Onward, Password, Scope, Unavailable,
};

macro_rules! catalogue {
    ( $( $(#[$about:meta])* $group:ident: $kind:ident, )* ) => {
        /// All texts in one language.
        #[derive(Clone, Debug)]
        pub struct Catalogue {
            /// BCP 47 tag, for `lang`.
            pub language: &'static str,
            /// `ltr` or `rtl`, for `dir`.
            pub direction: &'static str,
            $( $(#[$about])* pub $group: $kind, )*
        }

        /// The English texts, which are also the default.
        pub static ENGLISH: Catalogue =
            Catalogue { language: "en", direction: "ltr", $( $group: $kind::ENGLISH, )* };

        impl Catalogue {
            /// Every text, for checks.
            #[must_use]
            pub fn entries(&self) -> Vec<Entry> {
                [$( self.$group.entries(), )*].concat()
            }

            /// This catalogue with every text changed, under another language tag.
            pub(super) fn map(&self, language: &'static str, change: fn(&str) -> String) -> Self {
                Self { language, direction: self.direction, $( $group: self.$group.map(change), )* }
            }
        }
    };
}

catalogue! {
    /// `/account`.
    account: Account,
    /// The recent activity on `/account`.
    activity: Activity,
    /// `/apps`.
    apps: Apps,
    /// The account chooser.
    choose: Choose,
    /// What is said of an app wherever it is shown.
    client: Client,
    /// What several pages say.
    common: Common,
    /// `/consent`.
    consent: Consent,
    /// Days and times.
    dates: Dates,
    /// Deleting an account.
    deletion: Deletion,
    /// The developer portal.
    developer: Developer,
    /// The developer documentation.
    docs: Docs,
    /// Lengths of time.
    durations: Durations,
    /// Error pages.
    error: Error,
    /// The page between an authorization response and the app.
    form_post: FormPost,
    /// Expired sign-in pages.
    gone: Gone,
    /// The issuer's address.
    landing: Landing,
    /// `/logged-out`.
    logged_out: LoggedOut,
    /// `/login`.
    login: Login,
    /// `/logout`.
    logout: Logout,
    /// The page before an unverified app gets an error.
    onward: Onward,
    /// Changing a password.
    password: Password,
    /// The scopes of OpenID Connect.
    scope: Scope,
    /// A deployment whose configuration has problems.
    unavailable: Unavailable,
}
