//! `/login`: user name and password.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::face::{Client, ClientFace};
use crate::pages::look::{Form, Look, Page};
use crate::pages::notice::{Notice, NoticeLine};
use crate::pages::text;

/// The context of the sign-in page.
#[derive(Clone, Debug)]
pub struct Login<'a> {
    /// Where it is posted; fields `username`, `password` and the hidden ones.
    pub form: Form<'a>,
    /// The app that waits, if one does.
    pub client: Option<Client<'a>>,
    /// Why she is here, where she came from her own page.
    pub notice: Option<Notice>,
    /// What was entered before, or the login hint.
    pub username: &'a str,
    /// What was wrong with the last attempt.
    pub problem: Option<LoginProblem>,
}

/// What was wrong with an attempt to sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LoginProblem {
    /// Too many attempts.
    Locked,
    /// A field is empty.
    Missing,
    /// User name or password is wrong; which one is never told.
    Refused,
    /// The check could not be made.
    Unavailable,
}

#[derive(Template)]
#[template(path = "sign_in/login.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: Option<ClientFace<'a>>,
    notice: Option<NoticeLine<'a>>,
    username: &'a str,
    problem: Option<&'a str>,
}

impl Login<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let client = self.client.as_ref().map(|client| ClientFace::new(client, t));
        let images = look.has_logo() || client.as_ref().is_some_and(ClientFace::has_logo);
        let problem = self.problem.map(|problem| match problem {
            LoginProblem::Locked => t.login.locked,
            LoginProblem::Missing => t.login.missing,
            LoginProblem::Refused => t.login.refused,
            LoginProblem::Unavailable => t.login.unavailable,
        });
        let username = text::prefill(self.username);
        let notice = self.notice.map(|notice| notice.line(t));
        let view = View { brand: look.brand, t, form: &self.form, client, notice, username, problem };
        look.page(&view, images, &self.form.target)
    }
}
