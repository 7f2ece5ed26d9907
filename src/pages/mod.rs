//! Everything a person sees: typed contexts in, complete pages out (the page contract of the design).
//!
//! A context is plain data and its strings are untrusted. `render` neutralises them ([`text`]), asks the catalogue for
//! every word of ours ([`crate::messages`]), fills a template that askama escapes and has compiled in (`templates/`), and
//! returns the HTML together with the strictest Content-Security-Policy it works under ([`csp`]). Nothing is marked as
//! safe markup anywhere, no page loads anything, and the only script is the one that presses the button of [`consent::form_post`].
//!
//! | room | pages |
//! | --- | --- |
//! | [`sign_in`] | `/login`, the account chooser, `/logout`, `/logged-out` |
//! | [`consent`] | `/consent` and the ways back to an app |
//! | [`account`] | `/account`, the user's own page |
//! | [`apps`] | `/apps` |
//! | [`developer`] | `/developer`, the portal, and its documentation |
//! | [`errors`] | errors, expired sign-in pages, a configuration with problems |
//! | [`landing`] | the issuer's address opened in a browser |

pub mod account;
pub mod apps;
pub mod brand;
pub mod consent;
pub mod csp;
pub mod developer;
pub mod errors;
mod face;
pub mod landing;
pub mod sign_in;
pub mod text;

pub use self::account::activity::{Activity, Happened};
pub use self::account::page::{
    AccountPage, AccountProblem, ConnectedApp, Device, Notice, Sensitive, SignedInBrowser, Used,
};
pub use self::consent::form_post::FormPost;
pub use self::consent::onward::{Onward, Way};
pub use self::consent::page::{Choice, Consent, Lasting, ReturnTo, ScopeLine, ScopeText, StandardScope};
pub use self::errors::{Advice, ErrorPage, Gone, InteractionGone, Problem, Unavailable};
pub use self::sign_in::accounts::{Account, Choose, LoggedOut, Logout};
pub use self::sign_in::login::{Login, LoginProblem};
pub use crate::messages::Catalogue;
pub use apps::{AppLine, Apps};
pub use brand::{Accent, Brand, Logo};
pub use csp::{FormSource, FormTarget};
pub use face::{Client, Person};
pub use landing::{Address, Landing};

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
