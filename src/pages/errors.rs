//! Error pages: refused requests, requests to another host, expired sign-in pages, a configuration with problems.

use askama::Template;

use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::look::{Look, Page};
use crate::pages::text;

/// The context of an error page. Code and description are static, so they never contain anything from a request.
#[derive(Clone, Debug)]
pub struct ErrorPage<'a> {
    /// What the user can do. [`Advice::for_code`] gives the default.
    pub advice: Advice,
    /// The OAuth error code.
    pub code: &'static str,
    /// The error for developers.
    pub description: &'a str,
    /// The identifier of the request in the log.
    pub request_id: &'a str,
    /// A path that repeats the step.
    pub retry: Option<&'a str>,
}

/// What the user can do about an error.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Advice {
    /// Contact the app's developer: the request is wrong.
    App,
    /// Wait: there were too many attempts.
    Busy,
    /// Use another account: this one is not allowed.
    Denied,
    /// Check the address.
    Missing,
    /// Wait: the fault is ours.
    Ours,
}

/// The context of the page for an expired sign-in page.
#[derive(Clone, Debug)]
pub struct InteractionGonePage<'a> {
    pub reason: Gone,
    /// A link that starts the same request again.
    pub start_again: Option<&'a str>,
}

/// Why an interaction cannot go on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Gone {
    /// It belongs to another browser.
    Foreign,
    /// It is too old.
    Stale,
}

/// The context of the answer to a request for another host. The host is shown as text and makes no link.
#[derive(Clone, Copy, Debug)]
pub struct MisdirectedPage<'a> {
    /// Scheme, host and port of the request.
    pub asked: &'a str,
    /// Whether it can be an issuer.
    pub can_be_issuer: bool,
    /// The configured issuer.
    pub issuer: &'a str,
    /// The identifier of the request in the log.
    pub request_id: &'a str,
}

/// The context of the page of a deployment whose configuration has problems.
#[derive(Clone, Debug)]
pub struct UnavailablePage<'a> {
    pub problems: &'a [Problem<'a>],
}

#[derive(Clone, Copy, Debug)]
pub struct Problem<'a> {
    /// The name of the variable or secret.
    pub name: &'a str,
    /// What is wrong. Never contains the value.
    pub what: &'a str,
}

#[derive(Template)]
#[template(path = "errors/error.html")]
struct ErrorView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    title: &'a str,
    help: &'a str,
    code: &'static str,
    description: &'a str,
    request_id: String,
    retry: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "errors/interaction_gone.html")]
struct InteractionGoneView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    reason: &'a str,
    start_again: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "errors/misdirected.html")]
struct MisdirectedView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    asked: &'a str,
    issuer: &'a str,
    ways: Vec<Phrase<'a>>,
    request_id: String,
}

#[derive(Template)]
#[template(path = "errors/unavailable.html")]
struct UnavailableView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    problems: Vec<(String, String)>,
}

impl ErrorPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let (title, help) = self.advice.texts(look.catalogue);
        let view = ErrorView {
            brand: look.brand,
            t: look.catalogue,
            title,
            help,
            code: self.code,
            description: self.description,
            request_id: text::visible(self.request_id, text::LINE),
            retry: self.retry.and_then(text::href),
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}

impl Advice {
    /// The advice that fits most errors with this code (RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6).
    #[must_use]
    pub fn for_code(code: &str) -> Self {
        match code {
            "server_error" | "temporarily_unavailable" => Self::Ours,
            "access_denied"
            | "account_selection_required"
            | "consent_required"
            | "interaction_required"
            | "login_required" => Self::Denied,
            "slow_down" => Self::Busy,
            "not_found" => Self::Missing,
            _ => Self::App,
        }
    }

    fn texts(self, t: &Catalogue) -> (&str, &str) {
        match self {
            Self::App => (t.error.app_title, t.error.app_help),
            Self::Busy => (t.error.busy_title, t.error.busy_help),
            Self::Denied => (t.error.denied_title, t.error.denied_help),
            Self::Missing => (t.error.missing_title, t.error.missing_help),
            Self::Ours => (t.error.ours_title, t.error.ours_help),
        }
    }
}

impl InteractionGonePage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let reason = match self.reason {
            Gone::Foreign => t.gone.foreign,
            Gone::Stale => t.gone.stale,
        };
        let view =
            InteractionGoneView { brand: look.brand, t, reason, start_again: self.start_again.and_then(text::href) };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}

impl MisdirectedPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let asked = text::visible(self.asked, text::LINE);
        let ways = self.ways(&asked, look.catalogue);
        let request_id = text::visible(self.request_id, text::LINE);
        let Look { brand, catalogue: t } = look;
        let view = MisdirectedView { brand, t, asked: &asked, issuer: self.issuer, ways, request_id };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }

    /// The same for a program and for a terminal.
    #[must_use]
    pub fn plain(&self, t: &Catalogue) -> String {
        let asked = text::visible(self.asked, text::LINE);
        let facts = format!("{}: {asked}\n{}: {}\n", t.misdirected.asked, t.misdirected.issuer, self.issuer);
        let ways: Vec<String> = self.ways(&asked, t).iter().map(ToString::to_string).collect();
        let reference = t.error.request(self.request_id);
        format!("{}.\n\n{facts}\n{}\n\n{reference}\n", t.misdirected.title, ways.join("\n"))
    }

    fn ways<'a>(&'a self, asked: &'a str, t: &'a Catalogue) -> Vec<Phrase<'a>> {
        let serve = self.can_be_issuer.then(|| t.misdirected.serve(asked));
        serve.into_iter().chain([t.misdirected.bind(self.issuer)]).collect()
    }
}

impl UnavailablePage<'_> {
    /// The page. There is no configuration, so `look` is the default one.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let problems = self
            .problems
            .iter()
            .map(|problem| (text::visible(problem.name, text::LINE), text::visible(problem.what, text::SENTENCE)))
            .collect();
        let view = UnavailableView { brand: look.brand, t: look.catalogue, problems };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_by_code() {
        assert_eq!(Advice::for_code("invalid_request"), Advice::App);
        assert_eq!(Advice::for_code("temporarily_unavailable"), Advice::Ours);
        assert_eq!(Advice::for_code("login_required"), Advice::Denied);
    }
}
