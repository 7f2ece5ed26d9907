//! The account chooser, `/logout` and `/logged-out`.

use askama::Template;

use crate::messages::Catalogue;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Client, ClientFace, Person, PersonFace};
use crate::pages::look::{Form, Look, Page};
use crate::pages::notice::{Notice, NoticeLine};
use crate::pages::text;

/// The context of the account chooser. Its form posts `account`.
#[derive(Clone, Debug)]
pub struct Choose<'a> {
    pub form: Form<'a>,
    /// The app that the sign-in is for.
    pub client: Option<Client<'a>>,
    /// Why the user has to sign in, when `/account` or the portal asked for it.
    pub notice: Option<Notice>,
    pub accounts: &'a [Account<'a>],
    /// A link to sign in with an account that is not listed.
    pub other: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
pub struct Account<'a> {
    /// The value that is posted when the user chooses it.
    pub value: &'a str,
    pub person: Person<'a>,
    pub signed_in: bool,
}

/// The context of `/logout`. Its form posts `decision=confirm`.
#[derive(Clone, Debug)]
pub struct Logout<'a> {
    pub form: Form<'a>,
    /// The app that asks for the sign-out.
    pub client: Option<Client<'a>>,
    pub person: Option<Person<'a>>,
    /// A link back, without signing out.
    pub stay: Option<&'a str>,
}

/// The context of `/logged-out`.
#[derive(Clone, Debug)]
pub struct LoggedOut<'a> {
    pub sign_in: Option<&'a str>,
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
