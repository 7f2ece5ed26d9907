//! `/account`, the page of the signed-in user: connected apps, sessions, recent activity, password and deletion.

use askama::Template;

use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{ClientFace, PersonFace, ShownClient, ShownPerson};
use crate::pages::look::{Look, Page};
use crate::pages::notice::{Notice, NoticeView};
use crate::pages::scope::ScopeText;
use crate::pages::text;

/// The context of `/account`. Its forms post `action`, `user`, and the value of a button as `target`.
#[derive(Clone, Debug)]
pub struct AccountPage<'a> {
    pub action: &'a str,
    /// Whose page it is.
    pub user: &'a str,
    pub person: ShownPerson<'a>,
    /// A link to sign in as another user.
    pub switch: Option<&'a str>,
    pub notice: Option<Notice>,
    pub apps: &'a [ConnectedAppLine<'a>],
    /// A link to the next page of apps.
    pub more_apps: Option<&'a str>,
    /// A link to the first page of apps, from any other.
    pub first_apps: Option<&'a str>,
    pub browsers: &'a [BrowserLine<'a>],
    pub has_more_browsers: bool,
    /// A link to sign out in this browser.
    pub sign_out: Option<&'a str>,
    /// Recent activity, newest first.
    pub activity: &'a [ActivityLine<'a>],
    /// A link to earlier activity.
    pub more_activity: Option<&'a str>,
    pub sensitive: Sensitive<'a>,
}

/// The part of the page that needs a recent sign-in.
#[derive(Clone, Copy, Debug)]
pub struct Sensitive<'a> {
    pub username: &'a str,
    /// Whether the last sign-in is recent. If not, the page asks for a new one.
    pub is_recent: bool,
    pub has_password: bool,
    pub may_delete: bool,
    /// What is wrong with the submitted form.
    pub problem: Option<AccountProblem>,
}

/// Why a form of the page was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountProblem {
    /// The typed user name is not the user's.
    NameDiffers,
    /// The new password is the user name.
    PasswordIsName,
    PasswordMissing,
    /// The current password is wrong, or there were too many attempts. The page does not say which.
    PasswordRefused,
    PasswordTooLong,
    PasswordTooShort,
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

    const fn is_of_deletion(self) -> bool {
        matches!(self, Self::NameDiffers)
    }

    const fn is_of_present(self) -> bool {
        matches!(self, Self::PasswordRefused)
    }
}

#[derive(Clone, Copy, Debug)]
pub struct ConnectedAppLine<'a> {
    /// The value that is posted to disconnect it.
    pub target: &'a str,
    /// The app as the user saw it when they allowed it; `None` for a deleted app of which that was not kept.
    pub client: Option<ShownClient<'a>>,
    /// What has become of it.
    pub since: Since<'a>,
    pub scopes: &'a [ScopeText<'a>],
    /// The time of the consent.
    pub at: UnixTime,
    pub used: Used,
}

/// What has become of an app since the user allowed it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Since<'a> {
    /// It has the same name, but another website, another logo or other addresses.
    Changed,
    Deleted,
    /// It has this name now.
    Renamed(&'a str),
    Same,
}

/// The last time that an app used its access.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Used {
    At(UnixTime),
    Never,
    /// The rows that were read are not enough to tell.
    Unknown,
}

/// A browser in which the person is signed in.
#[derive(Clone, Copy, Debug)]
pub struct BrowserLine<'a> {
    /// The value that is posted to sign out there; `None` for the current browser.
    pub target: Option<&'a str>,
    pub device: Device<'a>,
    /// The city of the sign-in.
    pub city: Option<&'a str>,
    /// The country code of the sign-in.
    pub country: Option<&'a str>,
    /// The time of the last request; `None` for the current browser.
    pub seen: Option<UnixTime>,
    pub from: UnixTime,
    pub until: UnixTime,
}

/// What is known of a browser.
#[derive(Clone, Copy, Debug, Default)]
pub struct Device<'a> {
    pub browser: Option<&'a str>,
    /// The operating system.
    pub system: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "account/account.html")]
struct AccountView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    action: &'a str,
    user: &'a str,
    person: PersonFace<'a>,
    switch: Option<&'a str>,
    notice: Option<NoticeView<'a>>,
    apps: Vec<ConnectedAppLineView<'a>>,
    more_apps: Option<&'a str>,
    first_apps: Option<&'a str>,
    browsers: Vec<BrowserLineView<'a>>,
    has_more_browsers: bool,
    sign_out: Option<&'a str>,
    activity: Vec<ActivityLineView>,
    more_activity: Option<&'a str>,
    sensitive: Sensitive<'a>,
    username: String,
    problem: Option<&'a str>,
}

struct ConnectedAppLineView<'a> {
    target: &'a str,
    client: ClientFace<'a>,
    since: Since<'a>,
    name_now: String,
    scopes: Vec<String>,
    at: String,
    used: Used,
    used_on: String,
}

struct BrowserLineView<'a> {
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
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let view = AccountView {
            brand: look.brand,
            t,
            action: self.action,
            user: self.user,
            person: PersonFace::new(&self.person),
            switch: self.switch.and_then(text::href),
            notice: self.notice.map(|notice| notice.line(t)),
            apps: self.apps.iter().map(|app| ConnectedAppLineView::new(app, t)).collect(),
            more_apps: self.more_apps.and_then(text::href),
            first_apps: self.first_apps.and_then(text::href),
            browsers: self.browsers.iter().map(|browser| BrowserLineView::new(browser, t)).collect(),
            has_more_browsers: self.has_more_browsers,
            sign_out: self.sign_out.and_then(text::href),
            activity: self.activity.iter().map(|activity| ActivityLineView::new(activity, t)).collect(),
            more_activity: self.more_activity.and_then(text::href),
            sensitive: self.sensitive,
            username: text::visible(self.sensitive.username, text::LINE),
            problem: self.sensitive.problem.map(|problem| problem.text(t)),
        };
        look.page(&view, look.has_logo(), &FormTarget::SelfOnly)
    }
}

impl AccountView<'_> {
    /// Whether the current password is wrong.
    fn present_is_wrong(&self) -> bool {
        self.sensitive.problem.is_some_and(AccountProblem::is_of_present)
    }

    /// Whether the new password is wrong.
    fn new_is_wrong(&self) -> bool {
        self.sensitive.problem.is_some_and(|problem| !problem.is_of_present() && !problem.is_of_deletion())
    }

    /// Whether the typed user name is wrong.
    fn name_is_wrong(&self) -> bool {
        self.sensitive.problem.is_some_and(AccountProblem::is_of_deletion)
    }
}

impl<'a> ConnectedAppLineView<'a> {
    fn new(app: &ConnectedAppLine<'a>, t: &Catalogue) -> Self {
        let gone = ShownClient { name: t.account.app_gone, ..ShownClient::default() };
        Self {
            target: app.target,
            client: ClientFace::new(&app.client.unwrap_or(gone), t),
            since: app.since,
            name_now: if let Since::Renamed(name) = app.since {
                text::name(name, t.client.nameless)
            } else {
                String::new()
            },
            scopes: app.scopes.iter().map(|scope| text::visible(scope.title(t), text::LINE)).collect(),
            at: t.dates.day(app.at),
            used: app.used,
            used_on: if let Used::At(at) = app.used { t.dates.day(at) } else { String::new() },
        }
    }

    fn since<'b>(&'b self, t: &'b Catalogue) -> Option<Phrase<'b>> {
        match self.since {
            Since::Changed => Some(Phrase::words(t.account.app_changed)),
            Since::Deleted => Some(Phrase::words(t.account.app_deleted)),
            Since::Renamed(_) => Some(t.account.app_renamed(&self.name_now)),
            Since::Same => None,
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

impl<'a> BrowserLineView<'a> {
    fn new(browser: &BrowserLine<'a>, t: &Catalogue) -> Self {
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

    fn title<'b>(&'b self, t: &'b Catalogue) -> Phrase<'b> {
        match (&self.name, &self.system) {
            (Some(name), Some(system)) => t.account.device(name, system),
            (Some(known), None) | (None, Some(known)) => Phrase::value(known),
            (None, None) if self.target.is_none() => Phrase::words(t.account.this_browser),
            (None, None) => Phrase::words(t.account.other_browser),
        }
    }

    /// Whether the browser or the system is known.
    const fn is_named(&self) -> bool {
        self.name.is_some() || self.system.is_some()
    }

    /// The place of the sign-in, if it is known.
    fn place<'b>(&'b self, t: &'b Catalogue) -> Option<Phrase<'b>> {
        match (&self.city, &self.country) {
            (Some(city), Some(country)) => Some(t.account.place(city, country)),
            (Some(known), None) | (None, Some(known)) => Some(Phrase::value(known)),
            (None, None) => None,
        }
    }
}

/// An entry of the recent activity.
#[derive(Clone, Copy, Debug)]
pub struct ActivityLine<'a> {
    pub at: UnixTime,
    pub happened: Happened,
    /// The name of the app; `None` for a deleted app and for activity that is not about an app.
    pub app: Option<&'a str>,
}

/// The kinds of activity.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Happened {
    /// The user allowed an app.
    Allowed,
    /// An administrator changed the profile.
    Changed,
    Disabled,
    Disconnected,
    Enabled,
    /// Too many wrong passwords were tried.
    LockedOut,
    /// An app could not be notified of a sign-out.
    LogoutNotDelivered,
    PasswordChanged,
    /// An administrator set the password.
    PasswordSet,
    /// A refresh token was used twice, and the app's tokens were revoked.
    Replayed,
    SignedIn,
}

impl Happened {
    pub const ALL: [Self; 11] = [
        Self::Allowed,
        Self::Changed,
        Self::Disabled,
        Self::Disconnected,
        Self::Enabled,
        Self::LockedOut,
        Self::LogoutNotDelivered,
        Self::PasswordChanged,
        Self::PasswordSet,
        Self::Replayed,
        Self::SignedIn,
    ];
}

struct ActivityLineView {
    happened: Happened,
    app: String,
    at: String,
}

impl ActivityLineView {
    fn new(activity: &ActivityLine<'_>, t: &Catalogue) -> Self {
        let app =
            activity.app.map_or_else(|| t.account.app_gone.to_string(), |name| text::name(name, t.client.nameless));
        Self { happened: activity.happened, app, at: t.dates.minute(activity.at) }
    }

    fn what<'a>(&'a self, t: &'a Catalogue) -> Phrase<'a> {
        match self.happened {
            Happened::Allowed => t.activity.allowed(&self.app),
            Happened::Changed => Phrase::words(t.activity.changed),
            Happened::Disabled => Phrase::words(t.activity.disabled),
            Happened::Disconnected => t.activity.disconnected(&self.app),
            Happened::Enabled => Phrase::words(t.activity.enabled),
            Happened::LockedOut => Phrase::words(t.activity.locked_out),
            Happened::LogoutNotDelivered => t.activity.logout_not_delivered(&self.app),
            Happened::PasswordChanged => Phrase::words(t.activity.password_changed),
            Happened::PasswordSet => Phrase::words(t.activity.password_set),
            Happened::Replayed => t.activity.replayed(&self.app),
            Happened::SignedIn => Phrase::words(t.activity.signed_in),
        }
    }
}
