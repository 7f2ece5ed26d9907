//! GET and POST /consent: the person is asked, and allows or denies.

use super::login::target;
use super::steps::interaction::{self, Evaluated, Person};
use super::steps::{browser, parameters};
use super::{App, Failure, Refused, page};
use crate::base::GrantId;
use crate::http::{Method, Request, Response};
use crate::oauth::authorize::Rejection;
use crate::oauth::client::Voucher;
use crate::oauth::interaction::Next;
use crate::oauth::redirect_uri::RedirectKind;
use crate::pages::{self, Consent, Form, Lasting, ReturnTo, ScopeLine, ScopeText, StandardScope};
use crate::platform::clients::{self, Freshness};
use crate::platform::{Platform, random};
use crate::seal::Life;
use crate::seal::interaction::{ConsentTicket, Interaction, LIFETIME};
use crate::store::account::AddGrant;

pub(super) async fn consent<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    let interaction = interaction::open(app, &parameters, browser.as_ref())?;
    let evaluated = interaction::evaluate(app, &interaction, browser.as_ref()).await?;
    let (Next::Consent, Some(person)) = (&evaluated.next, &evaluated.person) else {
        return interaction::proceed(app, &interaction, &evaluated);
    };
    if request.method() != Method::Post {
        return form(app, &interaction, &evaluated, person);
    }
    browser::same_origin(app, request)?;
    let ticket =
        parameters.get("ticket").and_then(|sealed| app.config.sealer.open::<ConsentTicket>(sealed, app.now).ok());
    let shown = ConsentTicket {
        interaction: interaction.id,
        session: person.at.session,
        scopes: evaluated.request.scopes.clone(),
    };
    match (ticket, parameters.get("decision")) {
        (_, Some("deny")) => Ok(interaction::refuse(&evaluated.request.answer_to, Rejection::AccessDenied)),
        (Some(ticket), Some("allow")) if ticket.value == shown => allow(app, &interaction, &evaluated, person).await,
        // Another person signed in meanwhile, the request changed, or the page is too old: it is shown anew.
        _ => form(app, &interaction, &evaluated, person),
    }
}

/// Records the consent and makes the code.
async fn allow<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    person: &Person,
) -> Result<Response, Failure> {
    // What KV says of a client may be some minutes old; whom a person first trusts is read from the registry.
    let newest = clients::find(app.platform, app.config, &evaluated.client.id, Freshness::Now, app.now).await?;
    if newest.is_none_or(|newest| newest.version != evaluated.client.version) {
        return Ok(Response::see_other(interaction::link(app, "/authorize", interaction)?));
    }
    let grant = GrantId::from_bytes(random(app.platform));
    let ask = AddGrant {
        session: person.at.session,
        grant,
        client: evaluated.client.id.clone(),
        face: evaluated.client.face(),
        scopes: evaluated.request.scopes.clone(),
    };
    match app.platform.ask_account(person.at.account, ask).await? {
        Ok(()) => interaction::answer(app, evaluated, person, grant),
        // The session ended between the two calls: from the beginning.
        Err(_) => Ok(Response::see_other(interaction::link(app, "/authorize", interaction)?)),
    }
}

fn form<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
    person: &Person,
) -> Result<Response, Failure> {
    let request = &evaluated.request;
    let ticket =
        ConsentTicket { interaction: interaction.id, session: person.at.session, scopes: request.scopes.clone() };
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(LIFETIME) };
    let ticket =
        app.config.sealer.seal(&ticket, life, random(app.platform)).map_err(|not_sealed| {
            Refused::page(400, "invalid_request", "The request is too long.").because(not_sealed)
        })?;
    let sealed = interaction::seal(app, interaction)?;
    let hidden = [("interaction", sealed.as_str()), ("ticket", ticket.as_str())];
    let as_somebody_else = Interaction {
        began_in: Some(person.at.session),
        parameters: interaction.parameters.clone().signing_in_again(),
        ..interaction.clone()
    };
    let switch = interaction::link(app, "/login", &as_somebody_else)?;
    let before = person.grant.as_ref().map(|grant| &grant.scopes);
    let lines: Vec<ScopeLine<'_>> = request
        .scopes
        .iter()
        .map(|scope| ScopeLine { text: words(app, scope), new: before.is_some_and(|before| !before.contains(scope)) })
        .collect();
    let site = host(evaluated.client.site.as_deref().unwrap_or_default());
    let context = Consent {
        form: Form { action: "/consent", hidden: &hidden, target: target(evaluated) },
        client: pages::Client {
            name: &evaluated.client.name,
            site: Some(site).filter(|site| !site.is_empty()),
            verified: evaluated.client.voucher == Voucher::Administrator,
            ..pages::Client::default()
        },
        person: pages::Person { name: None, username: &person.session.name },
        switch: Some(&switch),
        scopes: &lines,
        lasting: if request.scopes.contains("offline_access") {
            Lasting::UntilDisconnected
        } else {
            Lasting::Hours(12)
        },
        return_to: return_to(request.answer_to.kind(), request.answer_to.redirect_uri()),
    };
    Ok(page(200, context.render(app.look)))
}

/// A scope in plain words.
fn words<'a, P>(app: &'a App<'_, P>, scope: &'a str) -> ScopeText<'a> {
    match scope {
        "openid" => ScopeText::Standard(StandardScope::OpenId),
        "profile" => ScopeText::Standard(StandardScope::Profile),
        "email" => ScopeText::Standard(StandardScope::Email),
        "address" => ScopeText::Standard(StandardScope::Address),
        "phone" => ScopeText::Standard(StandardScope::Phone),
        "offline_access" => ScopeText::Standard(StandardScope::OfflineAccess),
        scope => {
            let of_api = app.config.apis.iter().find_map(|api| api.sentence(scope));
            let title = of_api.or_else(|| app.config.claims.sentence(scope)).unwrap_or(scope);
            ScopeText::Api { title, description: None }
        }
    }
}

fn return_to(kind: RedirectKind, address: &str) -> ReturnTo<'_> {
    match kind {
        RedirectKind::Https => ReturnTo::Site { host: host(address) },
        RedirectKind::Loopback => ReturnTo::Device { host: host(address) },
        RedirectKind::PrivateScheme => ReturnTo::App { scheme: address.split(':').next().unwrap_or_default() },
    }
}

/// Host and port of an address of normal form.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or("", |(_, rest)| rest);
    rest.split(['/', '?']).next().unwrap_or_default()
}
