//! Everything a person sees: typed contexts in, complete pages out (the page contract of the design).
//!
//! A context is plain data and its strings are untrusted. `render` neutralises them ([`text`]), asks the catalogue for
//! every word of ours ([`messages`]), fills a template that askama escapes and has compiled in (`templates/`), and
//! returns the HTML together with the strictest Content-Security-Policy it works under ([`csp`]). Nothing is marked as
//! safe markup anywhere, no page loads anything, and the only script is the one that presses the button of [`form_post`].
//!
//! | file | pages |
//! | --- | --- |
//! | [`landing`] | the issuer's address opened in a browser |
//! | [`login`] | `/login` |
//! | [`consent`] | `/consent` |
//! | [`account`] | `/account`, the person's own page |
//! | [`accounts`] | account chooser, `/logout`, `/logged-out` |
//! | [`apps`] | `/apps` |
//! | [`developer`] | `/developer`, the portal, and its documentation |
//! | [`notices`] | errors, stale sign-in pages, a configuration with problems |
//! | [`onward`] | between a refusal and an app that nobody vouches for |
//! | [`form_post`] | OAuth 2.0 Form Post Response Mode, with a button for browsers without script |

pub mod account;
pub mod accounts;
mod activity;
pub mod apps;
pub mod brand;
pub mod consent;
pub mod csp;
pub mod developer;
mod face;
pub mod form_post;
pub mod landing;
pub mod login;
pub mod notices;
pub mod onward;
pub mod text;

pub use crate::messages::Catalogue;
pub use account::{AccountPage, AccountProblem, ConnectedApp, Device, Notice, Sensitive, SignedInBrowser, Used};
pub use accounts::{Account, Choose, LoggedOut, Logout};
pub use activity::{Activity, Happened};
pub use apps::{AppLine, Apps};
pub use brand::{Accent, Brand, Logo};
pub use consent::{Choice, Consent, Lasting, ReturnTo, ScopeLine, ScopeText, StandardScope};
pub use csp::{FormSource, FormTarget};
pub use face::{Client, Person};
pub use form_post::FormPost;
pub use landing::{Address, Landing};
pub use login::{Login, LoginProblem};
pub use notices::{Advice, ErrorPage, Gone, InteractionGone, Problem, Unavailable};
pub use onward::{Onward, Way};

use askama::Template;

/// A finished page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// The document, UTF-8.
    pub html: String,
    /// The value of its `Content-Security-Policy` header.
    pub content_security_policy: String,
}

/// How pages look and which language they speak: the same for every page of a request.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Name, logo and colour of the product.
    pub brand: &'a Brand,
    /// The texts, chosen with [`Catalogue::for_preferences`].
    pub catalogue: &'a Catalogue,
}

/// Where a page's form goes.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// The path it is posted to, for example `/login`.
    pub action: &'a str,
    /// Hidden fields (name, value): the sealed interaction, the consent ticket.
    pub hidden: &'a [(&'a str, &'a str)],
    /// What the policy must allow for the redirects that answer the form: browsers apply `form-action` to them too.
    pub target: FormTarget,
}

impl Look<'_> {
    /// Fills `template`. `images` says whether it shows a logo.
    fn page(&self, template: &impl Template, images: bool, target: &FormTarget) -> Page {
        self.page_with(None, template, images, target)
    }

    /// [`Look::page`], with the script that the template holds.
    fn page_with(&self, script: Option<&str>, template: &impl Template, images: bool, target: &FormTarget) -> Page {
        // Writing to a String fails only if a Display does, and none of ours can: an empty page is the honest rest.
        let html = template.render().unwrap_or_default();
        Page { html, content_security_policy: csp::policy(self.brand.style_hash(), script, images, target) }
    }

    /// Whether the product's own logo is shown.
    fn has_logo(&self) -> bool {
        self.brand.logo().is_some()
    }
}
