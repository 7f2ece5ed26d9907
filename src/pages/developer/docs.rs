//! `/developer/docs`: the documentation for developers, from the same tables that the endpoints use.

use askama::Template;

use crate::base::Seconds;
use crate::messages::Catalogue;
use crate::oauth::api::ApiScope;
use crate::pages::brand::Brand;
use crate::pages::csp::FormTarget;
use crate::pages::landing::AddressLine;
use crate::pages::look::{Look, Page};
use crate::pages::scope::ScopeText;
use crate::pages::text;

/// The context of the documentation.
#[derive(Clone, Debug)]
pub struct DocsPage<'a> {
    pub issuer: &'a str,
    pub endpoints: &'a [AddressLine<'a>],
    /// The scopes of OpenID Connect.
    pub person: &'a [(&'a str, ScopeText<'a>)],
    pub apis: &'a [DocsApi<'a>],
    /// Lifetimes of codes and tokens.
    pub lifetimes: Lifetimes,
    /// Commands to try.
    pub commands: &'a [DocsCommand],
    /// The errors of the authorization endpoint that go to the redirect URI.
    pub returned: &'a [DocsError],
    /// The errors of the authorization endpoint that the user sees.
    pub shown: &'a [DocsError],
    pub token: &'a [DocsError],
    /// The errors of endpoints that take an access token.
    pub bearer: &'a [DocsError],
    /// A link to the portal.
    pub portal: &'a str,
}

#[derive(Clone, Debug)]
pub struct DocsApi<'a> {
    pub audience: &'a str,
    /// The lifetime of its access tokens.
    pub lifetime: Seconds,
    /// The scopes, each with the text that users see.
    pub scopes: &'a [ApiScope],
}

/// Lifetimes of codes and tokens.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    /// An access token, unless its API says otherwise.
    pub access: Seconds,
    /// An authorization code.
    pub code: Seconds,
    pub id_token: Seconds,
    /// A refresh token without use.
    pub idle: Seconds,
    /// A refresh token in any case.
    pub longest: Seconds,
}

/// Something to try in a terminal.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DocsCommand {
    /// The authorization URL.
    Authorize(String, &'static [&'static str]),
    Discovery(String, &'static [&'static str]),
    /// A refused request.
    Error(String, &'static [&'static str]),
    /// RFC 7662.
    Introspect(String, &'static [&'static str]),
    /// RFC 6749 section 4.4.
    Machine(String, &'static [&'static str]),
    /// RFC 6749 section 6.
    Refresh(String, &'static [&'static str]),
    /// RFC 7009.
    Revoke(String, &'static [&'static str]),
    /// Sets the variables of the other commands. Prints nothing.
    Setup(String, &'static [&'static str]),
    /// RFC 6749 section 4.1.3.
    Token(String, &'static [&'static str]),
    /// OpenID Connect Core section 5.3.
    Userinfo(String, &'static [&'static str]),
}

/// An error code and its meaning.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DocsError {
    pub code: &'static str,
    /// The HTTP status; `None` for an error in a redirect.
    pub status: Option<u16>,
    /// The `error_description`. If it is not fixed, the catalogue explains the code.
    pub description: Option<String>,
}

#[derive(Template)]
#[template(path = "developer/docs.html")]
struct DocsView<'a> {
    brand: &'a Brand,
    t: &'a Catalogue,
    issuer: String,
    endpoints: Vec<(String, String)>,
    person: Vec<(String, String)>,
    apis: Vec<DocsApiView>,
    grants: Vec<(&'a str, String)>,
    steps: Vec<DocsStepView<'a>>,
    errors: Vec<(&'a str, Vec<DocsErrorView>)>,
    portal: Option<&'a str>,
}

struct DocsApiView {
    audience: String,
    lifetime: String,
    scopes: Vec<(String, String)>,
}

struct DocsStepView<'a> {
    id: &'static str,
    title: &'a str,
    text: &'a str,
    command: String,
    status: &'static str,
    members: &'static [&'static str],
}

struct DocsErrorView {
    code: String,
    description: String,
}

impl DocsPage<'_> {
    #[must_use]
    pub fn render(&self, look: Look<'_>) -> Page {
        let t = look.catalogue;
        let shown = |name: &str, text: &str| (text::visible(name, text::SENTENCE), text::visible(text, text::SENTENCE));
        let apis = self.apis.iter().map(|api| DocsApiView {
            audience: text::visible(api.audience, text::SENTENCE),
            lifetime: duration(api.lifetime, t),
            scopes: api.scopes.iter().map(|scope| shown(&scope.name, &scope.sentence)).collect(),
        });
        let errors = [
            (t.docs.errors_authorize, self.returned),
            (t.docs.errors_page, self.shown),
            (t.docs.errors_token, self.token),
            (t.docs.errors_bearer, self.bearer),
        ];
        let view = DocsView {
            brand: look.brand,
            t,
            issuer: text::visible(self.issuer, text::SENTENCE),
            endpoints: self.endpoints.iter().map(|address| shown(address.label, address.url)).collect(),
            person: self.person.iter().map(|(scope, text)| shown(scope, text.title(t))).collect(),
            apis: apis.collect(),
            grants: self.lifetimes.lines(t),
            steps: self.commands.iter().map(|command| command.step(t)).collect(),
            errors: errors.map(|(title, all)| (title, all.iter().map(|one| one.line(t)).collect())).into(),
            portal: text::href(self.portal),
        };
        look.page(&view, look.has_logo(), &FormTarget::None)
    }
}

impl Lifetimes {
    fn lines(self, t: &Catalogue) -> Vec<(&str, String)> {
        let [access, code, id_token, idle, longest] =
            [self.access, self.code, self.id_token, self.idle, self.longest].map(|time| duration(time, t));
        vec![
            (t.docs.code, t.docs.code_text(&code).to_string()),
            (t.docs.access, t.docs.access_text(&access).to_string()),
            (t.docs.refresh, t.docs.refresh_text(&idle, &longest).to_string()),
            (t.docs.id_token, t.docs.id_token_text(&id_token).to_string()),
            (t.docs.machine, t.docs.machine_text.to_string()),
        ]
    }
}

/// A time in the largest unit of which it is a multiple.
fn duration(time: Seconds, t: &Catalogue) -> String {
    let seconds = time.get();
    let of = |unit: u32| seconds.checked_div(unit).filter(|count| *count > 0 && seconds.is_multiple_of(unit));
    let durations = &t.durations;
    let phrase = match (of(86_400), of(3_600), of(60)) {
        (Some(days), ..) => durations.days(days),
        (_, Some(hours), _) => durations.hours(hours),
        (.., Some(minutes)) => durations.minutes(minutes),
        _ => durations.seconds(seconds),
    };
    phrase.to_string()
}

impl DocsCommand {
    fn step<'a>(&self, t: &'a Catalogue) -> DocsStepView<'a> {
        let none = "";
        let (id, title, text, status, (command, members)) = match self {
            Self::Authorize(command, members) => {
                ("authorize", t.docs.try_authorize, t.docs.try_authorize_text, "303", (command, members))
            }
            Self::Discovery(command, members) => ("discovery", t.docs.try_discovery, none, "200", (command, members)),
            Self::Error(command, members) => ("error", t.docs.try_error, none, "400", (command, members)),
            Self::Introspect(command, members) => {
                ("introspect", t.docs.try_introspect, t.docs.try_introspect_text, "200", (command, members))
            }
            Self::Machine(command, members) => ("machine", t.docs.try_machine, none, "200", (command, members)),
            Self::Refresh(command, members) => ("refresh", t.docs.try_refresh, none, "200", (command, members)),
            Self::Revoke(command, members) => ("revoke", t.docs.try_revoke, none, "200", (command, members)),
            Self::Setup(command, members) => ("setup", t.docs.try_setup, none, "", (command, members)),
            Self::Token(command, members) => {
                ("token", t.docs.try_token, t.docs.try_token_text, "200", (command, members))
            }
            Self::Userinfo(command, members) => ("userinfo", t.docs.try_userinfo, none, "200", (command, members)),
        };
        // A command keeps its lines.
        DocsStepView { id, title, text, command: text::typed(command, true), status, members }
    }
}

impl DocsError {
    fn line(&self, t: &Catalogue) -> DocsErrorView {
        let explained = match self.code {
            "invalid_client" => t.docs.error_invalid_client,
            "invalid_grant" => t.docs.error_invalid_grant,
            "invalid_request" => t.docs.error_invalid_request,
            "invalid_scope" => t.docs.error_invalid_scope,
            "invalid_target" => t.docs.error_invalid_target,
            "unauthorized_client" => t.docs.error_unauthorized_client,
            "unsupported_grant_type" => t.docs.error_unsupported_grant_type,
            "insufficient_scope" => t.docs.error_insufficient_scope,
            _ => t.docs.error_invalid_token,
        };
        let description = self.description.as_deref().unwrap_or(explained);
        let status = self.status.map(|status| status.to_string());
        let code = status.into_iter().chain([self.code.to_owned()]).collect::<Vec<_>>().join(" ");
        DocsErrorView { code, description: text::visible(description, text::SENTENCE) }
    }
}
