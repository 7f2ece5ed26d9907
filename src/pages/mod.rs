//! Everything a user sees: typed contexts in, complete pages out.
//!
//! A context is plain data and its strings are untrusted. `render` cleans them ([`text`]), takes every text of ours from
//! the catalogue ([`crate::messages`]), and fills a template (`templates/`, compiled in) that escapes whatever it is given.
//! The result is the HTML with the strictest Content-Security-Policy that it works under ([`csp`]). No page marks a string
//! as safe markup and no page loads anything. The only script is the one that submits [`consent::FormPostPage`].
//!
//! The context of a page is a `…Page`, an entry of one of its lists a `…Line`. What the template reads is a `…View`: the
//! strings of the context, cleaned.
//!
//! | room | pages |
//! | --- | --- |
//! | [`sign_in`] | `/login`, the account chooser, `/logout`, `/logged-out` |
//! | [`consent`] | `/consent` and the pages on the way back to an app |
//! | [`account`] | `/account` |
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
mod icon;
pub mod landing;
mod look;
mod notice;
mod product_links;
mod scope;
pub mod sign_in;
pub mod text;

pub use self::brand::{Accent, Brand, Logo};
pub use self::csp::{FormSource, FormTarget};
pub use self::face::{ShownClient, ShownPerson};
pub use self::icon::Icon;
pub use self::look::{Form, Look, Page};
pub use self::notice::Notice;
pub use self::product_links::{ProductLink, ProductLinks};
pub use self::scope::{ScopeText, StandardScope};
pub use crate::messages::Catalogue;
