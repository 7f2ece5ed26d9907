//! `/apps`: the catalogue of apps that can be connected.

use askama::Template;

use super::face::ClientFace;
use super::messages::Catalogue;
use super::{Brand, Client, FormTarget, Look, Page, text};

/// The context of the catalogue: its form asks again with `q`.
#[derive(Clone, Debug)]
pub struct Apps<'a> {
    /// What was searched for; empty when everything is shown.
    pub query: &'a str,
    /// What was found.
    pub apps: &'a [AppLine<'a>],
    /// The page before.
    pub previous: Option<&'a str>,
    /// The page behind.
    pub next: Option<&'a str>,
    /// Where who is signed in disconnects apps.
    pub account: Option<&'a str>,
}

/// One app.
#[derive(Clone, Copy, Debug)]
pub struct AppLine<'a> {
    /// Whose it is.
    pub client: Client<'a>,
    /// What it does; may be empty.
    pub description: &'a str,
    /// Where it is connected.
    pub connect: &'a str,
    /// Whether who is signed in has connected it.
    pub connected: bool,
}

#[derive(Template)]
#[template(path = "apps.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    query: &'a str,
    searched: String,
    apps: Vec<Line<'a>>,
    previous: Option<&'a str>,
    next: Option<&'a str>,
    account: Option<&'a str>,
}

struct Line<'a> {
    client: ClientFace<'a>,
    description: String,
    connect: Option<&'a str>,
    connected: bool,
}

impl Apps<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let apps: Vec<Line<'_>> = self
            .apps
            .iter()
            .map(|line| Line {
                client: ClientFace::new(&line.client, t),
                description: text::visible(line.description, text::SENTENCE),
                connect: text::href(line.connect),
                connected: line.connected,
            })
            .collect();
        let images = look.has_logo() || apps.iter().any(|line| line.client.has_logo());
        let view = View {
            brand: look.brand,
            t,
            query: text::prefill(self.query),
            searched: text::visible(self.query, text::LINE),
            apps,
            previous: self.previous.and_then(text::href),
            next: self.next.and_then(text::href),
            account: self.account.and_then(text::href),
        };
        look.page(&view, images, &FormTarget::SelfOnly)
    }
}
