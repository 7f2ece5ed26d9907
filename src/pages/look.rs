//! What all pages share: how they look, where their forms go, and what a finished page is.

use askama::Template;

use super::brand::Brand;
use super::csp::{self, FormTarget};
use crate::messages::Catalogue;

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
    pub(super) fn page(&self, template: &impl Template, images: bool, target: &FormTarget) -> Page {
        self.page_with(None, template, images, target)
    }

    /// [`Look::page`], with the script that the template holds.
    pub(super) fn page_with(
        &self,
        script: Option<&str>,
        template: &impl Template,
        images: bool,
        target: &FormTarget,
    ) -> Page {
        // Writing to a String fails only if a Display does, and none of ours can: an empty page is the honest rest.
        let html = template.render().unwrap_or_default();
        Page { html, content_security_policy: csp::policy(self.brand.style_hash(), script, images, target) }
    }

    /// Whether the product's own logo is shown.
    pub(super) fn has_logo(&self) -> bool {
        self.brand.logo().is_some()
    }
}
