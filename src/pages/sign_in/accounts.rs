//! Which account, and the end of its session: the account chooser, `/logout`, `/logged-out`.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace, Person, PersonFace};
use crate::pages::look::{Form, Look, Page};
use crate::pages::notice::{Notice, NoticeLine};
use crate::pages::text;

/// The context of the account chooser: its form posts `account`.
#[derive(Clone, Debug)]
pub struct Choose<'a> {
    /// Where it is posted.
    pub form: Form<'a>,
    /// The app that waits, if one does.
    pub client: Option<Client<'a>>,
    /// Why she is here, where she came from her own page.
    pub notice: Option<Notice>,
    /// The accounts this browser knows.
    pub accounts: &'a [Account<'a>],
    /// Where one signs in with an account that is not listed.
    pub other: Option<&'a str>,
}

/// One account to choose.
#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// What is posted when it is chosen.
    pub value: &'a str,
    /// Whose it is.
    pub person: Person<'a>,
    /// Whether its session lives.
    pub signed_in: bool,
}

/// The context of `/logout`: its form posts `decision=confirm`.
#[derive(Clone, Debug)]
pub struct Logout<'a> {
    /// Where it is posted.
    pub form: Form<'a>,
    /// The app that asks for it, if one does.
    pub client: Option<Client<'a>>,
    /// Who would be signed out.
    pub person: Option<Person<'a>>,
    /// Where a person who changes their mind goes.
    pub stay: Option<&'a str>,
}

/// The context of `/logged-out`.
#[derive(Clone, Debug)]
pub struct LoggedOut<'a> {
    /// Where one can sign in again.
    pub sign_in: Option<&'a str>,
    /// Whether she deleted her account besides.
    pub account_deleted: bool,
}

#[derive(Template)]
#[template(path = "sign_in/choose.html")]
struct ChooseView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: Option<ClientFace<'a>>,
    notice: Option<NoticeLine<'a>>,
    accounts: Vec<Choice<'a>>,
    other: Option<&'a str>,
}

struct Choice<'a> {
    value: &'a str,
    person: PersonFace<'a>,
    signed_in: bool,
}

#[derive(Template)]
#[template(path = "sign_in/logout.html")]
struct LogoutView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: Option<ClientFace<'a>>,
    person: Option<PersonFace<'a>>,
    stay: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "sign_in/logged_out.html")]
struct LoggedOutView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    sign_in: Option<&'a str>,
    account_deleted: bool,
}

impl Choose<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = self.client.as_ref().map(|client| ClientFace::new(client, look.catalogue));
        let images = look.has_logo() || client.as_ref().is_some_and(ClientFace::has_logo);
        let accounts = self
            .accounts
            .iter()
            .map(|one| Choice { value: one.value, person: PersonFace::new(&one.person), signed_in: one.signed_in })
            .collect();
        let view = ChooseView {
            brand: look.brand,
            t: look.catalogue,
            form: &self.form,
            client,
            notice: self.notice.map(|notice| notice.line(look.catalogue)),
            accounts,
            other: self.other.and_then(text::href),
        };
        look.page(&view, images, &self.form.target)
    }
}

impl Logout<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = self.client.as_ref().map(|client| ClientFace::new(client, look.catalogue));
        let images = look.has_logo() || client.as_ref().is_some_and(ClientFace::has_logo);
        let view = LogoutView {
            brand: look.brand,
            t: look.catalogue,
            form: &self.form,
            client,
            person: self.person.as_ref().map(PersonFace::new),
            stay: self.stay.and_then(text::href),
        };
        look.page(&view, images, &self.form.target)
    }
}

impl LoggedOut<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let view = LoggedOutView {
            brand: look.brand,
            t: look.catalogue,
            sign_in: self.sign_in.and_then(text::href),
            account_deleted: self.account_deleted,
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}
