//! The spine: every endpoint reads parse → validate → decide → store → respond.
//!
//! A request comes in at [`respond`], finds its [`Route`], and leaves as a response with the headers that all share. The
//! rooms with pages are declared here, beside the table, so that a new page needs no other list.

use std::future::ready;

#[macro_use]
mod route;

mod answer;
mod app;
mod apps;
mod callers;
mod client;
mod failure;
mod health;
mod parameters;
mod people;
mod respond;
mod scim;
mod token;

/// `/account`: what users see and change of their own.
mod account {
    pub(super) mod change_password;
    pub(super) mod page;
    pub(super) mod show;
}

/// `/authorize` and `/consent`: from a request to an answer.
mod authorize {
    pub(super) mod consent;
    pub(super) mod interaction;
    pub(super) mod request;
}

/// `/developer`: a user with the developer role registers apps, changes them, and asks for their publication. The records
/// are those of `/register`, read and judged by the same rules.
mod developer {
    pub(super) mod app;
    pub(super) mod apps;
    pub(super) mod docs;
    pub(super) mod form;
    pub(super) mod new;
    pub(super) mod portal;
}

/// What this deployment says of itself.
mod discovery {
    pub(super) mod icon;
    pub(super) mod landing;
    pub(super) mod metadata;
}

/// `/login`, `/logout` and the steps of signing in.
mod sign_in {
    pub(super) mod by_password;
    pub(super) mod login;
    pub(super) mod logout;
    pub(super) mod password;
}

pub(crate) use answer::{deliver, deliver_refusal, page};
use app::log_line;
pub use app::{App, SecurityEvent};
pub use callers::authenticated::UserTag;
pub use callers::client::{AuthenticatedClient, authenticate_client};
pub use failure::{Failure, Refused};
pub use respond::respond;
pub use token::authorization_grant::AuthorizationGrant;

routes! {
    |app, request|
    /// The user's own page.
    Account("account") at "/account" [Get, Post] for Users => account::page::account(app, request);
    /// The catalogue of published apps.
    Apps("apps") at "/apps" [Get, Head, Post] for Users => apps::apps(app, request);
    /// The catalogue as JSON.
    AppsJson("apps.json") at "/apps.json" [Get, Head] for Scripts => apps::apps_json(app, request);
    /// RFC 6749 section 3.1.
    Authorize("authorize") at "/authorize" [Get, Post] for Users
        => authorize::request::authorize(app, request);
    /// A Well-Known URL for Changing Passwords: leads password managers to the form.
    ChangePassword("change-password") at "/.well-known/change-password" [Get, Head] for Users
        => ready(Ok(account::change_password::address()));
    /// The consent page.
    Consent("consent") at "/consent" [Get, Post] for Users => authorize::consent::consent(app, request);
    /// The developer portal: the developer's own apps.
    Developer("developer") at "/developer" [Get, Head] for Users => developer::apps::apps(app, request);
    /// One of the developer's apps.
    DeveloperApp("developer-app") at "/developer/apps/{client_id}" [Get, Post] for Users
        => developer::app::app(app, request);
    /// The documentation for developers of apps.
    DeveloperDocs("developer-docs") at "/developer/docs" [Get, Head] for Users
        => developer::docs::docs(app, request);
    /// Takes the logo of an app.
    DeveloperLogo("developer-logo") at "/developer/logos/{client_id}" [Post] for Users
        => developer::app::logo(app, request);
    /// Registers a new app.
    DeveloperNew("developer-new") at "/developer/new" [Get, Post] for Users
        => developer::new::new(app, request);
    /// RFC 8414 section 3, OpenID Connect Discovery section 4.
    Discovery("discovery") at "/.well-known/openid-configuration" [Get, Head] for Scripts
        => ready(discovery::metadata::discovery(app, request));
    /// The JSON facade of an API: makes an authorization request.
    FacadeAuthorize("facade-authorize") at "/{facade}/oauth2/provider/authorize" [Get, Post] for Programs
        => token::facade::authorize(app, request);
    /// The JSON facade of an API: revokes the grant of a client's user.
    FacadeRevoke("facade-revoke") at "/{facade}/oauth2/revoke" [Get, Post] for Programs
        => token::facade::revoke(app, request);
    /// The JSON facade of an API: tokens.
    FacadeToken("facade-token") at "/{facade}/oauth2/token" [Get, Post] for Programs
        => token::facade::token(app, request);
    /// The icon that browsers show.
    Favicon("favicon") at "/favicon.ico" [Get, Head] for Users => ready(Ok(discovery::icon::icon(app)));
    /// Whether the server works.
    Health("health") at "/health" [Get, Head] for Programs => health::health(app, request);
    /// RFC 7662.
    Introspect("introspect") at "/introspect" [Post] for Programs => token::introspect(app, request);
    /// RFC 7517 section 5.
    Jwks("jwks") at "/jwks" [Get, Head] for Scripts => ready(discovery::metadata::jwks(app, request));
    /// The page at the issuer's address, for developers.
    Landing("landing") at "/" [Get, Head] for Users => ready(Ok(discovery::landing::landing(app)));
    /// The page after a sign-out.
    LoggedOut("logged-out") at "/logged-out" [Get, Head] for Users
        => ready(Ok(sign_in::logout::logged_out(app, request)));
    /// The sign-in page.
    Login("login") at "/login" [Get, Post] for Users => sign_in::login::login(app, request);
    /// OpenID Connect RP-Initiated Logout section 2.
    Logout("logout") at "/logout" [Get, Post] for Users => sign_in::logout::logout(app, request);
    /// Registers clients (RFC 7591), and lists them.
    Register("register") at "/register" [Get, Post] for Scripts => client::register(app, request);
    /// Reads, changes and deletes a client (RFC 7592).
    Registration("registration") at "/register/{client_id}" [Delete, Get, Put] for Programs
        => client::registration(app, request);
    /// RFC 7009.
    Revoke("revoke") at "/revoke" [Post] for Scripts => token::revoke(app, request);
    /// All of SCIM (RFC 7644), which has a table of paths and methods of its own.
    Scim("scim") at "/scim/v2" [Delete, Get, Head, Patch, Post, Put] for Users => scim::scim(app, request);
    /// RFC 6749 section 3.2.
    Token("token") at "/token" [Post] for Scripts => token::token(app, request);
    /// OpenID Connect Core section 5.3.
    Userinfo("userinfo") at "/userinfo" [Get, Post] for Scripts => token::userinfo(app, request);
}
