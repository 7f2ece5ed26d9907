//! The form of a new app, and the page of an existing app.

use askama::Template;

use super::portal::{DeveloperNotice, Listing};
use crate::base::UnixTime;
use crate::messages::{Catalogue, Phrase};
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::face::{ClientFace, ShownClient};
use crate::pages::look::{Look, Page};
use crate::pages::notice::NoticeView;
use crate::pages::scope::ScopeText;
use crate::pages::text;

/// The context of the form of a new app, and of the page of an existing app.
#[derive(Clone, Debug)]
pub struct AppPage<'a> {
    pub action: &'a str,
    /// The hidden field of the settings form: name and value.
    pub hidden: (&'a str, &'a str),
    pub fields: Fields<'a>,
    /// The app types to choose from; empty if the type is fixed.
    pub kinds: &'a [KindChoice],
    pub scopes: &'a [ScopeChoice<'a>],
    pub problems: &'a [FieldProblem<'a>],
    /// The app, if it exists.
    pub app: Option<Existing<'a>>,
    pub notice: Option<DeveloperNotice>,
    /// A link to the list of apps.
    pub back: &'a str,
}

/// An existing app.
#[derive(Clone, Debug)]
pub struct Existing<'a> {
    pub client: ShownClient<'a>,
    /// The client identifier.
    pub id: &'a str,
    pub secrets: Secrets,
    pub listing: Listing,
    /// Whether an administrator has to approve a listing.
    pub needs_approval: bool,
    pub logo_action: &'a str,
    pub logo_problem: Option<LogoProblem>,
}

/// Why a logo was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogoProblem {
    /// The file is not an accepted image.
    Bad,
    Missing,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Secrets {
    /// The app authenticates without a secret, or not at all.
    None,
    One,
    /// A current secret, and a previous one that works until this time.
    Two(UnixTime),
}

/// The contents of the fields as the developer typed them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Fields<'a> {
    /// `client_name`
    pub name: &'a str,
    /// `redirect_uris`, one per line
    pub redirect_uris: &'a str,
    /// `client_uri`
    pub site: &'a str,
    /// `description`
    pub description: &'a str,
    /// `policy_uri`
    pub policy: &'a str,
    /// `tos_uri`
    pub terms: &'a str,
    /// `post_logout_redirect_uris`, one per line
    pub logouts: &'a str,
}

/// An app type.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AppKind {
    /// `client_secret_basic`
    Basic,
    /// `client_secret_post`
    Post,
    /// `none`
    Public,
}

/// An app type to choose.
#[derive(Clone, Copy, Debug)]
pub struct KindChoice {
    pub kind: AppKind,
    pub checked: bool,
}

impl AppKind {
    /// The value of `token_endpoint_auth_method`.
    #[must_use]
    pub const fn value(self) -> &'static str {
        match self {
            Self::Basic => "client_secret_basic",
            Self::Post => "client_secret_post",
            Self::Public => "none",
        }
    }
}

/// A scope to choose, posted as `scope:` and the name.
#[derive(Clone, Copy, Debug)]
pub struct ScopeChoice<'a> {
    pub name: &'a str,
    /// The text that users see.
    pub text: ScopeText<'a>,
    pub checked: bool,
}

/// A field of the form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Field {
    /// `description`
    Description,
    /// `post_logout_redirect_uris`
    Logouts,
    /// `client_name`
    Name,
    /// `policy_uri`
    Policy,
    /// `redirect_uris`
    RedirectUris,
    Scopes,
    /// `client_uri`
    Site,
    /// `tos_uri`
    Terms,
    /// All fields together.
    Whole,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct FieldProblem<'a> {
    pub field: Field,
    /// The wrong line of a field with several lines. For [`Field::Whole`], why the registration was refused.
    pub detail: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "developer/app.html")]
struct AppView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    action: &'a str,
    hidden: (&'a str, &'a str),
    notice: Option<NoticeView<'a>>,
    summary: Option<Phrase<'a>>,
    first: Vec<FieldView<'a>>,
    kinds: Vec<KindChoiceView<'a>>,
    scopes: Vec<ScopeChoiceView>,
    scopes_bad: bool,
    rest: Vec<FieldView<'a>>,
    app: Option<ExistingView<'a>>,
    back: Option<&'a str>,
}

/// A field ready to be shown.
struct FieldView<'a> {
    id: &'static str,
    label: &'a str,
    hint: &'a str,
    value: String,
    several: bool,
    required: bool,
    problem: Option<&'a str>,
    which: Option<Phrase<'a>>,
    focus: bool,
}

struct KindChoiceView<'a> {
    value: &'static str,
    label: &'a str,
    hint: &'a str,
    checked: bool,
}

struct ScopeChoiceView {
    name: String,
    title: String,
    checked: bool,
}

struct ExistingView<'a> {
    client: ClientFace<'a>,
    id: String,
    has_secret: bool,
    earlier: Option<String>,
    listing: Listing,
    needs_approval: bool,
    logo_action: &'a str,
    logo_problem: Option<&'a str>,
}

impl ExistingView<'_> {
    fn is_hidden(&self) -> bool {
        self.listing == Listing::Hidden
    }

    fn is_listed(&self) -> bool {
        self.listing == Listing::Listed
    }
}

/// The visible characters of the wrong lines, for the phrases that quote them.
struct Details([Option<String>; 3]);

impl Details {
    fn of(problems: &[FieldProblem<'_>]) -> Self {
        let fields = [Field::RedirectUris, Field::Logouts, Field::Whole];
        Self(fields.map(|field| {
            let problem = problems.iter().find(|problem| problem.field == field)?;
            problem.detail.map(|detail| text::visible(detail, text::SENTENCE))
        }))
    }
}

impl AppPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let Details([redirect, logout, whole]) = &Details::of(self.problems);
        let app = self.app.as_ref().map(|app| app.view(t));
        let images = look.has_logo() || app.as_ref().is_some_and(|app| app.client.has_logo());
        let summary = match whole {
            Some(reason) => Some(t.developer.form_refused(reason)),
            None if self.problems.is_empty() => None,
            None => Some(Phrase::words(t.developer.form_problem)),
        };
        let mut first = vec![self.line(Field::Name, t, None), self.line(Field::RedirectUris, t, redirect.as_deref())];
        let mut rest = vec![
            self.line(Field::Site, t, None),
            self.line(Field::Description, t, None),
            self.line(Field::Policy, t, None),
            self.line(Field::Terms, t, None),
            self.line(Field::Logouts, t, logout.as_deref()),
        ];
        if let Some(wrong) = first.iter_mut().chain(&mut rest).find(|line| line.problem.is_some()) {
            wrong.focus = true;
        }
        let view = AppView {
            brand: look.brand,
            t,
            action: self.action,
            hidden: self.hidden,
            notice: self.notice.map(|notice| notice.line(t)),
            summary,
            first,
            kinds: self.kinds.iter().map(|choice| choice.line(t)).collect(),
            scopes: self.scopes.iter().map(|scope| scope.line(t)).collect(),
            scopes_bad: self.problems.iter().any(|problem| problem.field == Field::Scopes),
            rest,
            app,
            back: text::href(self.back),
        };
        look.page(&view, images, &FormTarget::SelfOnly)
    }

    fn line<'b>(&self, field: Field, t: &'b Catalogue, wrong: Option<&'b str>) -> FieldView<'b> {
        let fields = &self.fields;
        let (id, value, label, hint, bad) = match field {
            Field::Description => (
                "description",
                fields.description,
                t.developer.description,
                Some(t.developer.description_hint),
                t.developer.description_bad,
            ),
            Field::Logouts => (
                "post_logout_redirect_uris",
                fields.logouts,
                t.developer.logouts,
                Some(t.developer.logouts_hint),
                t.developer.redirects_bad,
            ),
            Field::Policy => ("policy_uri", fields.policy, t.client.policy, None, t.developer.link_bad),
            Field::RedirectUris => (
                "redirect_uris",
                fields.redirect_uris,
                t.developer.redirects,
                Some(t.developer.redirects_hint),
                t.developer.redirects_bad,
            ),
            Field::Site => {
                ("client_uri", fields.site, t.developer.site, Some(t.developer.site_hint), t.developer.site_bad)
            }
            Field::Terms => ("tos_uri", fields.terms, t.client.terms, None, t.developer.link_bad),
            Field::Name | Field::Scopes | Field::Whole => {
                ("client_name", fields.name, t.developer.name, Some(t.developer.name_hint), t.developer.name_bad)
            }
        };
        let several = matches!(field, Field::Logouts | Field::RedirectUris);
        FieldView {
            id,
            label,
            hint: hint.map(AsRef::as_ref).unwrap_or_default(),
            value: text::typed(value, several),
            several,
            required: matches!(field, Field::Name | Field::RedirectUris),
            problem: self.problems.iter().any(|problem| problem.field == field).then_some(bad),
            which: wrong.map(|line| t.developer.address_bad(line)),
            focus: false,
        }
    }
}

impl KindChoice {
    fn line(self, t: &Catalogue) -> KindChoiceView<'_> {
        let (label, hint) = match self.kind {
            AppKind::Basic => (t.developer.kind_basic, t.developer.kind_basic_hint),
            AppKind::Post => (t.developer.kind_post, t.developer.kind_post_hint),
            AppKind::Public => (t.developer.kind_public, t.developer.kind_public_hint),
        };
        KindChoiceView { value: self.kind.value(), label, hint, checked: self.checked }
    }
}

impl ScopeChoice<'_> {
    fn line(&self, t: &Catalogue) -> ScopeChoiceView {
        ScopeChoiceView {
            name: text::visible(self.name, text::LINE),
            title: text::visible(self.text.title(t), text::LINE),
            checked: self.checked,
        }
    }
}

impl<'a> Existing<'a> {
    fn view<'b>(&'b self, t: &'b Catalogue) -> ExistingView<'b>
    where
        'a: 'b,
    {
        ExistingView {
            client: ClientFace::new(&self.client, t),
            id: text::visible(self.id, text::SENTENCE),
            has_secret: self.secrets != Secrets::None,
            earlier: if let Secrets::Two(until) = self.secrets { Some(t.dates.minute(until)) } else { None },
            listing: self.listing,
            needs_approval: self.needs_approval,
            logo_action: self.logo_action,
            logo_problem: self.logo_problem.map(|problem| match problem {
                LogoProblem::Bad => t.developer.logo_bad,
                LogoProblem::Missing => t.developer.logo_missing,
            }),
        }
    }
}
