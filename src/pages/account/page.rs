//! `/account`: the apps that are connected, where the person is signed in, and what she can end.

use askama::Template;

use super::activity::{Activity, Line};
use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{Face, Person, PersonFace};
use crate::pages::look::{Look, Page};
use crate::pages::notice::{Notice, NoticeLine};
use crate::pages::scope::ScopeText;
use crate::pages::text;

/// The context of the person's own page. Its forms post `action` and, in the value of a button, `target`.
#[derive(Clone, Debug)]
pub struct AccountPage<'a> {
    /// Where they are posted.
    pub action: &'a str,
    /// Whose page it is.
    pub person: Person<'a>,
    /// Where another person signs in.
    pub switch: Option<&'a str>,
    /// What was done just now.
    pub notice: Option<Notice>,
    /// The apps that are connected.
    pub apps: &'a [ConnectedApp<'a>],
    /// Where the next ones are.
    pub more_apps: Option<&'a str>,
    /// Where the first ones are, if these are not.
    pub first_apps: Option<&'a str>,
    /// Where the person is signed in.
    pub browsers: &'a [SignedInBrowser<'a>],
    /// Whether there are more.
    pub has_more_browsers: bool,
    /// Where the person signs out in this browser.
    pub sign_out: Option<&'a str>,
    /// What happened, the newest first.
    pub activity: &'a [Activity<'a>],
    /// Where more of it is.
    pub more_activity: Option<&'a str>,
    /// What needs a recent sign-in.
    pub sensitive: Sensitive<'a>,
}

/// What a person can do who signed in a short time ago.
#[derive(Clone, Copy, Debug)]
pub struct Sensitive<'a> {
    /// The name with which she signs in.
    pub username: &'a str,
    /// Whether she did; else she is asked to.
    pub is_recent: bool,
    /// Whether there is a password to change.
    pub has_password: bool,
    /// Whether she can delete her account.
    pub may_delete: bool,
    /// What was wrong with the form that she sent.
    pub problem: Option<AccountProblem>,
}

/// Why a form of the page was not carried out.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountProblem {
    /// What was typed to delete the account is not its name.
    NameDiffers,
    /// The new password is the login name.
    PasswordIsName,
    /// A field was left empty.
    PasswordMissing,
    /// The present password is not right, or there were too many tries. It is not told which.
    PasswordRefused,
    /// The new password is too long.
    PasswordTooLong,
    /// The new password is too short.
    PasswordTooShort,
    /// The two new passwords are not the same.
    PasswordsDiffer,
}

impl AccountProblem {
    fn text(self, t: &Catalogue) -> &str {
        match self {
            Self::NameDiffers => t.deletion.name_differs,
            Self::PasswordIsName => t.password.is_name,
            Self::PasswordMissing => t.password.missing,
            Self::PasswordRefused => t.password.refused,
            Self::PasswordTooLong => t.password.too_long,
            Self::PasswordTooShort => t.password.too_short,
            Self::PasswordsDiffer => t.password.differ,
        }
    }

    /// Whether it is about deleting the account.
    const fn is_of_deletion(self) -> bool {
        matches!(self, Self::NameDiffers)
    }

    /// Whether it is about the present password.
    const fn is_of_present(self) -> bool {
        matches!(self, Self::PasswordRefused)
    }
}

/// An app that is connected.
#[derive(Clone, Copy, Debug)]
pub struct ConnectedApp<'a> {
    /// What is posted to disconnect it.
    pub target: &'a str,
    /// Its name; `None` for an app that is gone.
    pub name: Option<&'a str>,
    /// What it may do.
    pub scopes: &'a [ScopeText<'a>],
    /// When that was allowed.
    pub at: UnixTime,
    /// When it last did something.
    pub used: Used,
}

/// When an app last did something.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Used {
    /// Then.
    At(UnixTime),
    /// It has not done anything.
    Never,
    /// There is too much to tell.
    Unknown,
}

/// A browser in which the person is signed in.
#[derive(Clone, Copy, Debug)]
pub struct SignedInBrowser<'a> {
    /// What is posted to sign out there; `None` for the browser that the page is shown in.
    pub target: Option<&'a str>,
    /// What it is.
    pub device: Device<'a>,
    /// The city in which the person signed in, if that is known.
    pub city: Option<&'a str>,
    /// The code of its country.
    pub country: Option<&'a str>,
    /// When it was last seen; nothing for the browser that the page is shown in.
    pub seen: Option<UnixTime>,
    /// Since when.
    pub from: UnixTime,
    /// Until when.
    pub until: UnixTime,
}

/// A browser as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct Device<'a> {
    /// Its name.
    pub browser: Option<&'a str>,
    /// What it runs on.
    pub system: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct View<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    action: &'a str,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    notice: Option<NoticeLine<'a>>,
    apps: Vec<App<'a>>,
    more_apps: Option<&'a str>,
    first_apps: Option<&'a str>,
    browsers: Vec<Browser<'a>>,
    has_more_browsers: bool,
    sign_out: Option<&'a str>,
    activity: Vec<Line>,
    more_activity: Option<&'a str>,
    sensitive: Sensitive<'a>,
    username: String,
    problem: Option<&'a str>,
}

struct App<'a> {
    target: &'a str,
    face: Face<'a>,
    scopes: Vec<String>,
    at: String,
    used: Used,
    used_on: String,
}

struct Browser<'a> {
    target: Option<&'a str>,
    name: Option<String>,
    system: Option<String>,
    city: Option<String>,
    country: Option<String>,
    seen: Option<String>,
    from: String,
    until: String,
}

impl AccountPage<'_> {
    /// The page.
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let view = View {
            brand: look.brand,
            t,
            action: self.action,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            notice: self.notice.map(|notice| notice.line(t)),
            apps: self.apps.iter().map(|app| App::new(app, t)).collect(),
            more_apps: self.more_apps.and_then(text::href),
            first_apps: self.first_apps.and_then(text::href),
            browsers: self.browsers.iter().map(|browser| Browser::new(browser, t)).collect(),
            has_more_browsers: self.has_more_browsers,
            sign_out: self.sign_out.and_then(text::href),
            activity: self.activity.iter().map(|activity| Line::new(activity, t)).collect(),
            more_activity: self.more_activity.and_then(text::href),
            sensitive: self.sensitive,
            username: text::visible(self.sensitive.username, text::LINE),
            problem: self.sensitive.problem.map(|problem| problem.text(t)),
        };
        look.page(&view, look.has_logo(), &FormTarget::SelfOnly)
    }
}

impl View<'_> {
    /// Whether the present password is at fault.
    fn present_is_wrong(&self) -> bool {
        self.sensitive.problem.is_some_and(AccountProblem::is_of_present)
    }

    /// Whether the new password is.
    fn new_is_wrong(&self) -> bool {
        self.sensitive.problem.is_some_and(|problem| !problem.is_of_present() && !problem.is_of_deletion())
    }

    /// Whether the name that was typed is.
    fn name_is_wrong(&self) -> bool {
        self.sensitive.problem.is_some_and(AccountProblem::is_of_deletion)
    }
}

impl<'a> App<'a> {
    fn new(app: &ConnectedApp<'a>, t: &Catalogue) -> Self {
        let name = app.name.map_or_else(|| t.account.app_gone.to_string(), |name| text::name(name, t.client.nameless));
        Self {
            target: app.target,
            face: Face::new(name, None),
            scopes: app.scopes.iter().map(|scope| text::visible(scope.title(t), text::LINE)).collect(),
            at: t.dates.day(app.at),
            used: app.used,
            used_on: if let Used::At(at) = app.used { t.dates.day(at) } else { String::new() },
        }
    }

    fn used<'b>(&'b self, t: &'b Catalogue) -> Option<Phrase<'b>> {
        match self.used {
            Used::At(_) => Some(t.account.app_used(&self.used_on)),
            Used::Never => Some(Phrase::words(t.account.app_unused)),
            Used::Unknown => None,
        }
    }
}

impl<'a> Browser<'a> {
    fn new(browser: &SignedInBrowser<'a>, t: &Catalogue) -> Self {
        let line = |words: Option<&str>| words.map(|words| text::visible(words, text::LINE));
        Self {
            target: browser.target,
            name: line(browser.device.browser),
            system: line(browser.device.system),
            city: line(browser.city),
            country: line(browser.country),
            seen: browser.seen.map(|time| t.dates.minute(time)),
            from: t.dates.minute(browser.from),
            until: t.dates.minute(browser.until),
        }
    }

    /// What it is called.
    fn title<'b>(&'b self, t: &'b Catalogue) -> Phrase<'b> {
        match (&self.name, &self.system) {
            (Some(name), Some(system)) => t.account.device(name, system),
            (Some(known), None) | (None, Some(known)) => Phrase::value(known),
            (None, None) if self.target.is_none() => Phrase::words(t.account.this_browser),
            (None, None) => Phrase::words(t.account.other_browser),
        }
    }

    /// Whether anything is known of it.
    const fn is_named(&self) -> bool {
        self.name.is_some() || self.system.is_some()
    }

    /// Where one signed in, if that is known.
    fn place<'b>(&'b self, t: &'b Catalogue) -> Option<Phrase<'b>> {
        match (&self.city, &self.country) {
            (Some(city), Some(country)) => Some(t.account.place(city, country)),
            (Some(known), None) | (None, Some(known)) => Some(Phrase::value(known)),
            (None, None) => None,
        }
    }
}
