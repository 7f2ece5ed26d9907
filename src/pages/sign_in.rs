//! `/login`, the account chooser, `/logout` and `/logged-out`.

use askama::Template;

use crate::base::address::host_and_port;
use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{ClientFace, PersonFace, ShownClient, ShownPerson};
use crate::pages::look::{Form, Look, Page};
use crate::pages::notice::{Notice, NoticeView};
use crate::pages::product_links::ProductLink;
use crate::pages::text;

/// The context of the account chooser. Its form posts `account`.
#[derive(Clone, Debug)]
pub struct ChoosePage<'a> {
    pub form: Form<'a>,
    /// The app that the sign-in is for.
    pub client: Option<ShownClient<'a>>,
    /// Why the user has to sign in, when `/account` or the portal asked for it.
    pub notice: Option<Notice>,
    pub accounts: &'a [AccountLine<'a>],
    /// A link to sign in with an account that is not listed.
    pub other: Option<&'a str>,
}

#[derive(Clone, Copy, Debug)]
pub struct AccountLine<'a> {
    /// The value that is posted when the user chooses it.
    pub value: &'a str,
    pub person: ShownPerson<'a>,
    pub signed_in: bool,
}

/// The context of `/logout`. Its form posts `decision=confirm`.
#[derive(Clone, Debug)]
pub struct LogoutPage<'a> {
    pub form: Form<'a>,
    /// The app that asks for the sign-out.
    pub client: Option<ShownClient<'a>>,
    pub person: Option<ShownPerson<'a>>,
    /// A link back, without signing out.
    pub stay: Option<&'a str>,
}

/// The context of `/logged-out`.
#[derive(Clone, Debug)]
pub struct LoggedOutPage<'a> {
    pub sign_in: Option<&'a str>,
    pub account_deleted: bool,
    /// The app that asked for the sign-out, where the user may go back to it.
    pub back: Option<Back<'a>>,
}

/// The way back to an app.
#[derive(Clone, Copy, Debug)]
pub struct Back<'a> {
    /// The name of the app.
    pub app: &'a str,
    pub link: &'a str,
}

#[derive(Template)]
#[template(path = "sign_in/choose.html")]
struct ChooseView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: Option<ClientFace<'a>>,
    notice: Option<NoticeView<'a>>,
    accounts: Vec<AccountLineView<'a>>,
    other: Option<&'a str>,
}

struct AccountLineView<'a> {
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
    back: Option<BackLine<'a>>,
}

struct BackLine<'a> {
    app: String,
    link: &'a str,
    host: String,
}

impl ChoosePage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let client = self.client.as_ref().map(|client| ClientFace::new(client, look.catalogue));
        let images = look.has_logo() || client.as_ref().is_some_and(ClientFace::has_logo);
        let accounts = self
            .accounts
            .iter()
            .map(|one| AccountLineView {
                value: one.value,
                person: PersonFace::new(&one.person),
                signed_in: one.signed_in,
            })
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

impl LogoutPage<'_> {
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

impl LoggedOutPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let back = self.back.and_then(|back| {
            let link = text::href(back.link)?;
            let host = text::host(host_and_port(link));
            Some(BackLine { app: text::name(back.app, t.client.nameless), link, host })
        });
        let view = LoggedOutView {
            brand: look.brand,
            t,
            back,
            sign_in: self.sign_in.and_then(text::href),
            account_deleted: self.account_deleted,
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}

/// The context of the sign-in page.
#[derive(Clone, Debug)]
pub struct LoginPage<'a> {
    /// The form with `username`, `password` and the hidden fields.
    pub form: Form<'a>,
    /// The app that the sign-in is for.
    pub client: Option<ShownClient<'a>>,
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
struct LoginView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    form: &'a Form<'a>,
    client: Option<ClientFace<'a>>,
    notice: Option<NoticeView<'a>>,
    username: &'a str,
    problem: Option<&'a str>,
    /// What to do after several refusals.
    tried: Option<Phrase<'a>>,
    support: Option<&'a str>,
    recovery: Option<&'a str>,
}

impl LoginPage<'_> {
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
        let links = look.brand.links();
        let support = links.support.as_ref().map(ProductLink::as_str);
        let recovery = links.recovery.as_ref().map(ProductLink::as_str);
        let tried = (self.problem == Some(LoginProblem::Refused)).then(|| match support {
            Some(_) => t.login.tried_or_ask(t.login.support_name),
            None => Phrase::words(t.login.tried),
        });
        let (brand, form) = (look.brand, &self.form);
        let view = LoginView { brand, t, form, client, notice, username, problem, tried, support, recovery };
        look.page(&view, images, &self.form.target)
    }
}
