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
    /// The form with `username`, `password` and the hidden fields.
    pub form: Form<'a>,
    /// The app that the sign-in is for.
    pub client: Option<Client<'a>>,
    /// Why the user has to sign in, when `/account` or the portal asked for it.
    pub notice: Option<Notice>,
    /// The user name of the last attempt, or the login hint.
    pub username: &'a str,
    pub problem: Option<LoginProblem>,
}

/// Why a sign-in failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LoginProblem {
    Locked,
    Missing,
    /// The user name or the password is wrong. The page never says which.
    Refused,
    /// The password could not be checked.
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
