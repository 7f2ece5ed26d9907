//! What is typed into the form of an app, judged by the rules of registration, field by field.

use serde_json::{Map, Value, json};

use crate::base::json::object;
use crate::endpoints::App;
use crate::endpoints::authorize::consent::words;
use crate::endpoints::client::registration::{algorithms, offer};
use crate::http::Parameters;
use crate::oauth::api::Api;
use crate::oauth::client::information::{ClientInformation, Confidences};
use crate::oauth::client::presentation::Presentation;
use crate::oauth::client::redirect_uri::RedirectUri;
use crate::oauth::client::registration::{Authority, Metadata, RESPONSE_ONLY, Registration, RegistrationOffer};
use crate::oauth::client::settings::LogoutSettings;
use crate::oauth::client::{AuthenticationMethod, Client, GrantType};
use crate::oauth::own_scope::OwnScope;
use crate::pages::developer::{AppKind, Field, FieldProblem, Fields, ScopeChoice};

/// How the names of the check boxes of scopes begin.
const SCOPE: &str = "scope:";

/// What a new app may ask for unless its developer says otherwise.
const DEFAULT: [OwnScope; 3] = [OwnScope::OpenId, OwnScope::Profile, OwnScope::Email];

/// A form as it was filled.
pub struct Typed {
    name: String,
    redirect_uris: String,
    site: String,
    description: String,
    policy: String,
    terms: String,
    logouts: String,
    /// The kind of app.
    pub method: String,
    scopes: Vec<String>,
}

/// What is wrong with a field.
pub struct Wrong {
    field: Field,
    detail: Option<String>,
}

impl Wrong {
    /// For the page.
    pub fn shown(&self) -> FieldProblem<'_> {
        FieldProblem { field: self.field, detail: self.detail.as_deref() }
    }
}

impl Typed {
    /// The form of a new app.
    pub fn blank() -> Self {
        Self {
            name: String::new(),
            redirect_uris: String::new(),
            site: String::new(),
            description: String::new(),
            policy: String::new(),
            terms: String::new(),
            logouts: String::new(),
            method: AppKind::Basic.value().to_owned(),
            scopes: DEFAULT.map(|scope| scope.name().to_owned()).to_vec(),
        }
    }

    /// What a form says.
    pub fn of_form(parameters: &Parameters) -> Self {
        let text = |name: &str| parameters.get(name).unwrap_or_default().trim().to_owned();
        let lines = |name: &str| text(name).replace("\r\n", "\n");
        Self {
            name: text("client_name"),
            redirect_uris: lines("redirect_uris"),
            site: text("client_uri"),
            description: text("description"),
            policy: text("policy_uri"),
            terms: text("tos_uri"),
            logouts: lines("post_logout_redirect_uris"),
            method: text("token_endpoint_auth_method"),
            scopes: parameters.iter().filter_map(|(name, _)| name.strip_prefix(SCOPE)).map(str::to_owned).collect(),
        }
    }

    /// The form of an app as it is registered.
    pub fn of_client(client: &Client) -> Self {
        // Every member is named, so that a new one gets a field or is left to the administrator on purpose.
        let Registration {
            name,
            site,
            presentation,
            redirect_uris,
            authentication,
            assertions: _,
            grant_types: _,
            scopes,
            optional_scopes: _,
            require_pkce: _,
            rotates_refresh_tokens: _,
            id_token_algorithm: _,
            access_token_lifetime: _,
            access_token_format: _,
            subjects: _,
            logout,
            default_max_age: _,
            require_auth_time: _,
        } = &client.registration;
        // The logo has a form of its own, and publication its buttons.
        let Presentation { published: _, publication_requested: _, description, logo: _, policy_uri, tos_uri } =
            presentation;
        let LogoutSettings { post_logout_redirect_uris, backchannel_uri: _, backchannel_session_required: _ } = logout;
        let lines = |uris: &[RedirectUri]| uris.iter().map(RedirectUri::as_str).collect::<Vec<_>>().join("\n");
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Self {
            name: name.clone(),
            redirect_uris: lines(redirect_uris),
            site: text(site),
            description: text(description),
            policy: text(policy_uri),
            terms: text(tos_uri),
            logouts: lines(post_logout_redirect_uris),
            method: kind(*authentication).map(AppKind::value).unwrap_or_default().to_owned(),
            scopes: scopes.iter().map(str::to_owned).collect(),
        }
    }

    /// What the fields show.
    pub fn fields(&self) -> Fields<'_> {
        Fields {
            name: &self.name,
            redirect_uris: &self.redirect_uris,
            site: &self.site,
            description: &self.description,
            policy: &self.policy,
            terms: &self.terms,
            logouts: &self.logouts,
        }
    }

    /// The scopes that can be chosen, for a new app or for `before`: of users, and of APIs.
    pub fn scopes<'a, P>(&self, app: &'a App<'_, P>, before: Option<&Client>) -> Vec<ScopeChoice<'a>> {
        let algorithms = algorithms(app);
        let offer = offer(app, &algorithms);
        let choice = |name: &'a str| {
            let checked = self.scopes.iter().any(|scope| scope == name);
            ScopeChoice { name, text: words(app, name), checked }
        };
        let is_open = |name: &&str| !before.is_some_and(|before| offer.is_closed_to(before, name));
        offered(app).filter(is_open).map(choice).collect()
    }

    /// Reads the form as the registration that it is: of a new app, or in place of `before`. What is not in the form stays
    /// as it is.
    ///
    /// # Errors
    /// All fields that are wrong.
    pub fn judge<P>(&self, app: &App<'_, P>, before: Option<&Client>) -> Result<Metadata, Vec<Wrong>> {
        let algorithms = algorithms(app);
        let offer = offer(app, &algorithms);
        let mut wrong = self.wrong_fields(offer);
        let needs_site = before.is_some_and(|before| before.registration.presentation.published);
        if needs_site && self.site.is_empty() {
            wrong.push(Wrong { field: Field::Site, detail: None });
        }
        let scopes = self.wanted(app, before);
        if scopes.is_empty() {
            wrong.push(Wrong { field: Field::Scopes, detail: None });
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut members = before.map_or_else(fresh, known);
        for (name, value) in self.members() {
            members.insert(name.to_owned(), value);
        }
        if let Some(Value::String(optional)) = members.get("optional_scope") {
            let kept: Vec<&str> = optional.split(' ').filter(|name| scopes.iter().any(|scope| scope == name)).collect();
            let kept = kept.join(" ");
            members.insert("optional_scope".to_owned(), kept.into());
        }
        members.insert("scope".to_owned(), scopes.join(" ").into());
        Metadata::parse(&members, offer, Authority::Developer(before))
            .map_err(|problem| vec![Wrong { field: Field::Whole, detail: Some(problem.reason()) }])
    }

    /// Each field alone in a registration that is good otherwise: what is refused then is that field.
    fn wrong_fields(&self, offer: RegistrationOffer<'_>) -> Vec<Wrong> {
        let is_good = |name: &str, value: Value| {
            let mut members = fresh();
            members.insert("client_name".to_owned(), "App".into());
            members.insert("redirect_uris".to_owned(), json!(["https://app.example.com/"]));
            members.insert(name.to_owned(), value);
            Metadata::parse(&members, offer, Authority::Developer(None)).is_ok()
        };
        let mut wrong = Vec::new();
        for (name, value) in self.members() {
            let Some(field) = field(name) else { continue };
            if !is_good(name, value.clone()) {
                let lines = value.as_array().into_iter().flatten();
                let line = lines.filter(|line| !is_good(name, json!([line]))).find_map(Value::as_str);
                wrong.push(Wrong { field, detail: line.map(str::to_owned) });
            }
        }
        wrong
    }

    /// What the form decides, by the names of RFC 7591; `null` for what is empty, which is as if it were not there.
    fn members(&self) -> Vec<(&'static str, Value)> {
        let text = |text: &str| if text.is_empty() { Value::Null } else { text.into() };
        let lines = |text: &str| -> Value {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(Value::from).collect::<Vec<_>>().into()
        };
        let mut members = vec![
            ("client_name", Value::from(self.name.as_str())),
            ("redirect_uris", lines(&self.redirect_uris)),
            ("client_uri", text(&self.site)),
            ("description", text(&self.description)),
            ("policy_uri", text(&self.policy)),
            ("tos_uri", text(&self.terms)),
            ("post_logout_redirect_uris", lines(&self.logouts)),
        ];
        if !self.method.is_empty() {
            members.push(("token_endpoint_auth_method", text(&self.method)));
        }
        members
    }

    /// The scopes that were chosen of those that can be, and those that only the administrator gives and takes.
    fn wanted<P>(&self, app: &App<'_, P>, before: Option<&Client>) -> Vec<String> {
        let chosen = offered(app).filter(|name| self.scopes.iter().any(|scope| scope == name)).map(str::to_owned);
        let kept = before
            .into_iter()
            .flat_map(|before| before.registration.scopes.iter())
            .filter(|name| OwnScope::is_of_administration(name));
        chosen.chain(kept.map(str::to_owned)).collect()
    }
}

fn offered<'a, P>(app: &'a App<'_, P>) -> impl Iterator<Item = &'a str> {
    let of_apis = app.config.apis.iter().flat_map(Api::scope_names);
    OwnScope::of_openid().chain(app.config.claims.own_scopes()).chain(of_apis)
}

/// What every new app is: it signs users in.
fn fresh() -> Map<String, Value> {
    object(
        &mut [("grant_types".to_owned(), json!([GrantType::AuthorizationCode, GrantType::RefreshToken]))].into_iter(),
    )
}

/// Everything that is registered of an app, as its developer may send it back.
fn known(client: &Client) -> Map<String, Value> {
    let information = ClientInformation::new(client, String::new(), Confidences::default());
    let Ok(Value::Object(mut members)) = serde_json::to_value(information) else {
        return Map::new();
    };
    // Keys stay as they are when nothing is said of them.
    for name in RESPONSE_ONLY.into_iter().chain(["jwks", "jwks_uri"]) {
        members.remove(name);
    }
    members
}

fn field(name: &str) -> Option<Field> {
    match name {
        "client_name" => Some(Field::Name),
        "redirect_uris" => Some(Field::RedirectUris),
        "client_uri" => Some(Field::Site),
        "description" => Some(Field::Description),
        "policy_uri" => Some(Field::Policy),
        "tos_uri" => Some(Field::Terms),
        "post_logout_redirect_uris" => Some(Field::Logouts),
        _ => None,
    }
}

/// The kind of an app, unless it is one that only the administrator registers.
pub const fn kind(method: AuthenticationMethod) -> Option<AppKind> {
    match method {
        AuthenticationMethod::None => Some(AppKind::Public),
        AuthenticationMethod::PrivateKeyJwt => None,
        AuthenticationMethod::SecretBasic => Some(AppKind::Basic),
        AuthenticationMethod::SecretPost => Some(AppKind::Post),
    }
}
