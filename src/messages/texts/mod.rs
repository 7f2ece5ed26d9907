//! The texts, by subject, and the list of their groups.

#![expect(clippy::doc_markdown, reason = "the documentation of a text is its wording, which is no Markdown")]

mod account;
mod apps;
mod consent;
mod developer;
mod docs;
mod errors;
mod sign_in;
mod time;

pub use self::time::Dates;

catalogue! {
    /// `/account`.
    account: account::AccountTexts,
    /// The recent activity on `/account`.
    activity: account::ActivityTexts,
    /// `/apps`.
    apps: apps::AppsTexts,
    /// The account chooser.
    choose: sign_in::ChooseTexts,
    /// What is said of an app wherever it is shown.
    client: consent::ClientTexts,
    /// What several pages say.
    common: sign_in::CommonTexts,
    /// `/consent`.
    consent: consent::ConsentTexts,
    /// Days and times.
    dates: time::Dates,
    /// Deleting an account.
    deletion: account::DeletionTexts,
    /// The developer portal.
    developer: developer::DeveloperTexts,
    /// The developer documentation.
    docs: docs::DocsTexts,
    /// Lengths of time.
    durations: time::Durations,
    /// Error pages.
    error: errors::ErrorTexts,
    /// The page between an authorization response and the app.
    form_post: consent::FormPostTexts,
    /// Expired sign-in pages.
    gone: errors::GoneTexts,
    /// The issuer's address.
    landing: docs::LandingTexts,
    /// `/logged-out`.
    logged_out: sign_in::LoggedOutTexts,
    /// `/login`.
    login: sign_in::LoginTexts,
    /// `/logout`.
    logout: sign_in::LogoutTexts,
    /// Requests to another host.
    misdirected: errors::MisdirectedTexts,
    /// The page before an unverified app gets an error.
    onward: consent::OnwardTexts,
    /// Changing a password.
    password: account::PasswordTexts,
    /// The scopes of OpenID Connect.
    scope: consent::ScopeTexts,
    /// A deployment whose configuration has problems.
    unavailable: errors::UnavailableTexts,
}
