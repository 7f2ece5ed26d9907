//! GET and POST `/developer/apps/{client_id}`, and the logo of an app: one app of the developer's own.
//!
//! Each form names the version of the app that it was shown with: what was changed since is not overwritten, and a form that
//! is sent twice does nothing twice.

use super::form::{Typed, Wrong, kind};
use super::portal::{admitted, listing, notice, shown, sign_in_first, to, too_often, unknown};
use crate::config::Publication;
use crate::endpoints::callers::browser;
use crate::endpoints::callers::developer::{Developer, DevelopersApp, RecentDeveloper};
use crate::endpoints::client::registration::{new_secret, sector_agrees};
use crate::endpoints::parameters;
use crate::endpoints::{App, Failure, Refused, Route, SecurityEvent, page};
use crate::http::percent::decode_segment;
use crate::http::{Body, Method, Parameters, Request, Response, multipart};
use crate::lifetimes;
use crate::lookup::client;
use crate::oauth::client::presentation::Picture;
use crate::oauth::client::{Client, ClientId, SecretDigest, rotated};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::request::interaction::Visit;
use crate::pages::Notice;
use crate::pages::developer::{
    AppKind, AppPage, CredentialsPage, DeleteAppPage, DeveloperNotice, Existing, FieldProblem, KindChoice, LogoProblem,
    Secrets,
};
use crate::platform::{Platform, attempt};
use crate::seal::browser::Browser;
use crate::store::registry::{Delete, Denied, Update, UpdateOwned};

/// What the page of an app shows besides the app.
#[derive(Default)]
struct Said {
    typed: Option<Typed>,
    wrong: Vec<Wrong>,
    notice: Option<DeveloperNotice>,
    logo_problem: Option<LogoProblem>,
}

pub(in crate::endpoints) async fn app<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let id = named(Route::DeveloperApp, request);
    let (developer, browser) = match admitted(app, request, id.as_ref()).await? {
        Ok(admitted) => admitted,
        Err(response) => return Ok(response),
    };
    let own = match id {
        Some(id) => developer.own(app, id).await?,
        None => None,
    };
    let own = own.ok_or_else(unknown)?;
    if request.method() != Method::Post {
        return Ok(show(app, 200, &own.client, Said { notice: notice(app, request, &browser), ..Said::default() }));
    }
    browser::same_origin(app, request)?;
    administers_nothing(&own)?;
    act(app, &developer, browser, own, &parameters::of_person(request)?).await
}

/// The app that a path names.
fn named(route: Route, request: &Request) -> Option<ClientId> {
    route.parameter(request.path()).and_then(decode_segment).as_deref().and_then(ClientId::parse)
}

/// Refuses to change an app to which an administrator gave rights of administration: its secret is worth those rights, which the
/// developer does not have.
fn administers_nothing(own: &DevelopersApp) -> Result<(), Refused> {
    if own.client.registration.scopes.iter().any(OwnScope::is_of_administration) {
        let description =
            "An administrator gave this app rights of administration. Only an administrator can change it now.";
        return Err(Refused::page(403, "access_denied", description));
    }
    Ok(())
}

/// Does what a form asks for.
async fn act<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    browser: Browser,
    own: DevelopersApp,
    parameters: &Parameters,
) -> Result<Response, Failure> {
    let path = Route::DeveloperApp.path_of(&own.client.id);
    let is_current = is_current(&own, parameters.get("version"));
    let action = parameters.get("action");
    if action == Some("save") {
        return save(app, developer, &own, Typed::of_form(parameters), is_current).await;
    }
    if !is_current {
        return to(app, developer, &path, DeveloperNotice::Changed);
    }
    match action {
        Some("publish") => publish(app, developer, &own).await,
        Some("withdraw") => {
            let mut client = own.client.clone();
            client.registration.presentation.published = false;
            client.registration.presentation.publication_requested = false;
            replace(app, developer, &own, client, DeveloperNotice::Withdrawn).await
        }
        Some("delete") if parameters.get("confirm") != Some("yes") => Ok(confirm(app, &own.client)),
        Some(action @ ("delete" | "end-earlier" | "rotate")) => match developer.recently(app.now) {
            Ok(recent) if action == "delete" => delete(app, &recent, &own).await,
            Ok(recent) if action == "rotate" => rotate(app, &recent, &own).await,
            Ok(recent) => end_earlier(app, &recent, &own).await,
            Err(since) => {
                let visit = Visit { authenticated_since: Some(since), ..Visit::default() };
                sign_in_first(app, Some(browser), visit, Some(&own.client.id), Some(Notice::SignInForApps))
            }
        },
        _ => Err(Refused::page(400, "invalid_request", "The form contains no known action.").into()),
    }
}

fn is_current(own: &DevelopersApp, version: Option<&str>) -> bool {
    version == Some(own.client.version.0.to_string().as_str())
}

async fn save<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    own: &DevelopersApp,
    typed: Typed,
    is_current: bool,
) -> Result<Response, Failure> {
    let before = &own.client;
    if !is_current {
        let said = Said { typed: Some(typed), notice: Some(DeveloperNotice::Changed), ..Said::default() };
        return Ok(show(app, 409, before, said));
    }
    let registration = match typed.judge(app, Some(before)) {
        Ok(metadata) => metadata.registration,
        Err(wrong) => return Ok(show(app, 400, before, Said { typed: Some(typed), wrong, ..Said::default() })),
    };
    sector_agrees(app, &registration, Some(before)).await?;
    let mut client = Client { registration, ..before.clone() };
    client.registration.presentation.publication_requested = before.registration.presentation.publication_requested;
    reviewed_again(app, developer, own, client, DeveloperNotice::Saved).await
}

/// Replaces the app by one that users may see otherwise: what the administrator looked at does not vouch for it any more.
async fn reviewed_again<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    own: &DevelopersApp,
    client: Client,
    notice: DeveloperNotice,
) -> Result<Response, Failure> {
    let was_published = client.registration.presentation.published;
    let client = client.reviewed_again(&own.client, app.config.developers.publication == Publication::Approval);
    let waits_again = was_published && !client.registration.presentation.published;
    replace(app, developer, own, client, if waits_again { DeveloperNotice::WaitsAgain } else { notice }).await
}

async fn publish<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    own: &DevelopersApp,
) -> Result<Response, Failure> {
    let before = &own.client;
    if before.registration.site.is_none() {
        return to(app, developer, &Route::DeveloperApp.path_of(&before.id), DeveloperNotice::NeedsSite);
    }
    if before.registration.presentation.published {
        return to(app, developer, &Route::DeveloperApp.path_of(&before.id), DeveloperNotice::Published);
    }
    let is_open = app.config.developers.publication == Publication::Open;
    let mut client = before.clone();
    client.registration.presentation.published = is_open;
    client.registration.presentation.publication_requested = !is_open;
    let notice = if is_open { DeveloperNotice::Published } else { DeveloperNotice::Asked };
    replace(app, developer, own, client, notice).await
}

/// Makes a new secret, which is shown this once. The one before works for a while.
async fn rotate<P: Platform>(
    app: &App<'_, P>,
    recent: &RecentDeveloper<'_>,
    own: &DevelopersApp,
) -> Result<Response, Failure> {
    let developer = recent.user();
    let before = &own.client;
    let path = Route::DeveloperApp.path_of(&before.id);
    if !before.registration.authentication.has_secret() {
        return to(app, developer, &path, DeveloperNotice::Changed);
    }
    let secret = new_secret(app);
    let secrets = rotated(&before.secrets, SecretDigest::of(&secret, None), Some(lifetimes::SECRET_OVERLAP), app.now);
    let client = Client { secrets, ..before.clone() };
    if !stored(app, developer, own, client.clone()).await? {
        return to(app, developer, &path, DeveloperNotice::Changed);
    }
    app.log_event(SecurityEvent::AppSecretChanged, Some(developer.sub()), Some(&before.id));
    let context = CredentialsPage {
        client: shown(before),
        id: before.id.as_str(),
        secret: Some(secret.expose()),
        earlier_until: client.secrets.iter().filter_map(|secret| secret.expires_at).max(),
        is_new: false,
        app: &path,
        docs: Route::DeveloperDocs.path(),
    };
    Ok(page(200, context.render(app.look)))
}

async fn end_earlier<P: Platform>(
    app: &App<'_, P>,
    recent: &RecentDeveloper<'_>,
    own: &DevelopersApp,
) -> Result<Response, Failure> {
    let developer = recent.user();
    let secrets = own.client.secrets.iter().filter(|secret| secret.expires_at.is_none()).cloned().collect();
    let path = Route::DeveloperApp.path_of(&own.client.id);
    if !stored(app, developer, own, Client { secrets, ..own.client.clone() }).await? {
        return to(app, developer, &path, DeveloperNotice::Changed);
    }
    app.log_event(SecurityEvent::AppSecretChanged, Some(developer.sub()), Some(&own.client.id));
    to(app, developer, &path, DeveloperNotice::SecretEnded)
}

async fn delete<P: Platform>(
    app: &App<'_, P>,
    recent: &RecentDeveloper<'_>,
    own: &DevelopersApp,
) -> Result<Response, Failure> {
    let id = own.client.id.clone();
    // One that is gone already is as the developer wants it.
    let deleted = app.platform.ask_registry(Delete { attempt: attempt(app.platform), id: id.clone() }).await?;
    client::changed(app.platform, &id, deleted.ok());
    app.log_event(SecurityEvent::AppDeleted, Some(recent.user().sub()), Some(&id));
    to(app, recent.user(), Route::Developer.path(), DeveloperNotice::Deleted)
}

/// Puts `client` in place of the app, and says so.
async fn replace<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    own: &DevelopersApp,
    client: Client,
    notice: DeveloperNotice,
) -> Result<Response, Failure> {
    let path = Route::DeveloperApp.path_of(&own.client.id);
    if !stored(app, developer, own, client).await? {
        return to(app, developer, &path, DeveloperNotice::Changed);
    }
    app.log_event(SecurityEvent::AppChanged, Some(developer.sub()), Some(&own.client.id));
    to(app, developer, &path, notice)
}

/// Whether `client` was put in place of the app; not when somebody else has changed or deleted it meanwhile.
async fn stored<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    own: &DevelopersApp,
    client: Client,
) -> Result<bool, Failure> {
    let id = own.client.id.clone();
    let update =
        Update { attempt: attempt(app.platform), client, access: None, expected_version: Some(own.client.version) };
    let outcome = app.platform.ask_registry(UpdateOwned { update, owner: developer.sub().to_owned() }).await?;
    client::changed(app.platform, &id, outcome.as_ref().ok().map(|registered| registered.client.version));
    match outcome {
        Err(Denied::TooOften) => Err(too_often(app)),
        outcome => Ok(outcome.is_ok()),
    }
}

/// POST `/developer/logos/{client_id}`: the logo, as a file. It has a form of its own, so that no other field is lost when the
/// file is too large to be read.
pub(in crate::endpoints) async fn logo<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let id = named(Route::DeveloperLogo, request);
    let (developer, _) = match admitted(app, request, id.as_ref()).await? {
        Ok(admitted) => admitted,
        Err(response) => return Ok(response),
    };
    browser::same_origin(app, request)?;
    let own = match id {
        Some(id) => developer.own(app, id).await?,
        None => None,
    };
    let own = own.ok_or_else(unknown)?;
    administers_nothing(&own)?;
    let refused = |problem| show(app, 400, &own.client, Said { logo_problem: Some(problem), ..Said::default() });
    let parts = match request.body() {
        Body::Complete(bytes) => multipart::parse(request.header("content-type").unwrap_or_default(), bytes),
        Body::TooLarge => return Ok(refused(LogoProblem::Bad)),
        Body::Unreadable => None,
    };
    let malformed = || Refused::page(400, "invalid_request", "The form cannot be read.");
    let parts = parts.ok_or_else(malformed)?;
    let part = |name: &str| parts.iter().find(|part| part.name == name).map(|part| part.content);
    if !is_current(&own, part("version").and_then(|version| std::str::from_utf8(version).ok())) {
        return to(app, &developer, &Route::DeveloperApp.path_of(&own.client.id), DeveloperNotice::Changed);
    }
    let logo = match (part("remove"), part("logo")) {
        (Some(_), _) => None,
        (None, None | Some([])) => return Ok(refused(LogoProblem::Missing)),
        (None, Some(bytes)) => match Picture::of_bytes(bytes) {
            Ok(picture) => Some(picture),
            Err(_) => return Ok(refused(LogoProblem::Bad)),
        },
    };
    let mut client = own.client.clone();
    client.registration.presentation.logo = logo;
    reviewed_again(app, &developer, &own, client, DeveloperNotice::LogoSaved).await
}

fn confirm<P>(app: &App<'_, P>, client: &Client) -> Response {
    let action = Route::DeveloperApp.path_of(&client.id);
    let version = client.version.0.to_string();
    page(200, DeleteAppPage { client: shown(client), action: &action, version: &version }.render(app.look))
}

fn show<P>(app: &App<'_, P>, status: u16, client: &Client, said: Said) -> Response {
    let (action, logo_action) = (Route::DeveloperApp.path_of(&client.id), Route::DeveloperLogo.path_of(&client.id));
    let typed = said.typed.unwrap_or_else(|| Typed::of_client(client));
    let version = client.version.0.to_string();
    let choices =
        [AppKind::Basic, AppKind::Post].map(|kind| KindChoice { kind, checked: kind.value() == typed.method });
    let has_choice = matches!(kind(client.registration.authentication), Some(AppKind::Basic | AppKind::Post));
    let problems: Vec<FieldProblem<'_>> = said.wrong.iter().map(Wrong::shown).collect();
    let context = AppPage {
        action: &action,
        hidden: ("version", &version),
        fields: typed.fields(),
        kinds: if has_choice { &choices } else { &[] },
        scopes: &typed.scopes(app, Some(client)),
        problems: &problems,
        app: Some(Existing {
            client: shown(client),
            id: client.id.as_str(),
            secrets: secrets(app, client),
            listing: listing(client),
            needs_approval: app.config.developers.publication == Publication::Approval,
            logo_action: &logo_action,
            logo_problem: said.logo_problem,
        }),
        notice: said.notice,
        back: Route::Developer.path(),
    };
    page(status, context.render(app.look))
}

fn secrets<P>(app: &App<'_, P>, client: &Client) -> Secrets {
    if !client.registration.authentication.has_secret() {
        return Secrets::None;
    }
    let ends = client.secrets.iter().filter_map(|secret| secret.expires_at).filter(|until| *until > app.now);
    ends.max().map_or(Secrets::One, Secrets::Two)
}
