//! GET and POST /developer/new: a new app. Its credentials are the answer to the form, once.

use super::form::{Typed, Wrong};
use super::portal::{admitted, shown, to, too_often, unknown};
use crate::base::RegistrationAccessId;
use crate::endpoints::authorize::interaction::seal;
use crate::endpoints::callers::browser;
use crate::endpoints::callers::developer::Developer;
use crate::endpoints::client::registration::new_secret;
use crate::endpoints::parameters;
use crate::endpoints::{App, Failure, Route, SecurityEvent, page};
use crate::http::{Method, Request, Response};
use crate::lifetimes;
use crate::lookup::client;
use crate::oauth::client::registration::Registration;
use crate::oauth::client::{Client, ClientId, SecretDigest, Voucher};
use crate::pages::developer::{AppKind, AppPage, CredentialsPage, DeveloperNotice, FieldProblem, KindChoice};
use crate::platform::{Platform, attempt, random};
use crate::seal::new_app::NewApp;
use crate::store::registry::{Denied, Register, RegisterOwned};

pub(in crate::endpoints) async fn new<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let (developer, _) = match admitted(app, request, None).await? {
        Ok(admitted) => admitted,
        Err(response) => return Ok(response),
    };
    if request.method() != Method::Post {
        return form(app, &developer, None, &Typed::blank(), &[]);
    }
    browser::same_origin(app, request)?;
    let parameters = parameters::of_person(request)?;
    let typed = Typed::of_form(&parameters);
    let sealed = parameters.get("app").unwrap_or_default();
    let given = app.config.sealer.open::<NewApp>(sealed, app.now).map(|opened| opened.value);
    let Some(given) = given.ok().filter(|given| given.account == developer.account()) else {
        // The form was open for too long, or was another user's: what was typed is there again.
        return form(app, &developer, None, &typed, &[]);
    };
    match typed.judge(app, None) {
        Ok(metadata) => create(app, &developer, given.id, metadata.registration).await,
        Err(wrong) => form(app, &developer, Some(given), &typed, &wrong),
    }
}

fn form<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    given: Option<NewApp>,
    typed: &Typed,
    wrong: &[Wrong],
) -> Result<Response, Failure> {
    let given = given.unwrap_or_else(|| {
        let id = ClientId::generate(random(app.platform), &app.config.client_id_key);
        NewApp { account: developer.account(), id }
    });
    let sealed = seal(app, &given, lifetimes::NEW_APP)?;
    let kinds = [AppKind::Basic, AppKind::Post, AppKind::Public]
        .map(|kind| KindChoice { kind, checked: kind.value() == typed.method });
    let problems: Vec<FieldProblem<'_>> = wrong.iter().map(Wrong::shown).collect();
    let context = AppPage {
        action: Route::DeveloperNew.path(),
        hidden: ("app", &sealed),
        fields: typed.fields(),
        kinds: &kinds,
        scopes: &typed.scopes(app, None),
        problems: &problems,
        app: None,
        notice: None,
        back: Route::Developer.path(),
    };
    Ok(page(if problems.is_empty() { 200 } else { 400 }, context.render(app.look)))
}

async fn create<P: Platform>(
    app: &App<'_, P>,
    developer: &Developer,
    id: ClientId,
    registration: Registration,
) -> Result<Response, Failure> {
    let secret = registration.authentication.has_secret().then(|| new_secret(app));
    let secrets = secret.iter().map(|secret| SecretDigest::of(secret, None)).collect();
    let client = Client::new(id, app.now, Voucher::Developer, secrets, registration);
    let client = Client { owner: Some(developer.sub().to_owned()), ..client };
    let path = Route::DeveloperApp.path_of(&client.id);
    let access = RegistrationAccessId::from_bytes(random(app.platform));
    let register = Register { attempt: attempt(app.platform), client: client.clone(), access };
    let ask = RegisterOwned { register, owner: developer.sub().to_owned() };
    let version = match app.platform.ask_registry(ask).await? {
        Ok(registered) => registered.client.version,
        Err(Denied::Exists) => return to(app, developer, &path, DeveloperNotice::MadeBefore),
        Err(Denied::TooMany) => return Ok(Response::see_other(Route::Developer.path().to_owned())),
        Err(Denied::TooOften) => return Err(too_often(app)),
        Err(_) => return Err(unknown()),
    };
    client::changed(app.platform, &client.id, Some(version));
    app.log_event(SecurityEvent::AppRegistered, Some(developer.sub()), Some(&client.id));
    let context = CredentialsPage {
        client: shown(&client),
        id: client.id.as_str(),
        secret: secret.as_ref().map(|secret| secret.expose().as_str()),
        earlier_until: None,
        is_new: true,
        app: &path,
        docs: Route::DeveloperDocs.path(),
    };
    Ok(page(200, context.render(app.look)))
}
