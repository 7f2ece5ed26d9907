//! What all pages share: brand and language, forms, and the finished page.

use askama::Template;

use super::brand::Brand;
use super::csp::{self, FormTarget};
use crate::messages::Catalogue;

/// A finished page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    pub html: String,
    /// The value of the `Content-Security-Policy` header.
    pub content_security_policy: String,
}

/// The brand and the language. They are the same for every page of a request.
#[derive(Clone, Copy, Debug)]
pub struct Look<'a> {
    /// Name, logo and colour of the product.
    pub brand: &'a Brand,
    /// The texts, chosen with [`Catalogue::for_preferences`].
    pub catalogue: &'a Catalogue,
}

/// A form of a page.
#[derive(Clone, Debug)]
pub struct Form<'a> {
    /// The path it is posted to, for example `/login`.
    pub action: &'a str,
    /// Hidden fields (name, value): the sealed interaction, the consent ticket.
    pub hidden: &'a [(&'a str, &'a str)],
    /// The target that the policy must allow. Browsers also apply `form-action` to redirects after the form.
    pub target: FormTarget,
}

impl Look<'_> {
    /// Fills `template`. `images` says whether it shows a logo.
    pub(super) fn page(&self, template: &impl Template, images: bool, target: &FormTarget) -> Page {
        self.page_with(None, template, images, target)
    }

    /// [`Look::page`] with the script that the template contains.
    pub(super) fn page_with(
        &self,
        script: Option<&str>,
        template: &impl Template,
        images: bool,
        target: &FormTarget,
    ) -> Page {
        // Rendering to a String fails only if a Display implementation does, and none of ours can fail.
        let html = template.render().unwrap_or_default();
        Page { html, content_security_policy: csp::policy(self.brand.style_hash(), script, images, target) }
    }

    /// Whether the product's own logo is shown.
    pub(super) fn has_logo(&self) -> bool {
        self.brand.logo().is_some()
    }
}
