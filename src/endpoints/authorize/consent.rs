//! GET and POST /consent: the user allows or denies the request.

use super::interaction;
use super::interaction::{Asked, Prepared, SignedInUser, Waiting};
use crate::base::GrantId;
use crate::base::address::host_and_port;
use crate::endpoints::callers::browser;
use crate::endpoints::parameters;
use crate::endpoints::sign_in::login::target_of;
use crate::endpoints::{App, Failure, Route, SecurityEvent, page};
use crate::http::{Method, Request, Response};
use crate::lifetimes;
use crate::lookup::client::Freshness;
use crate::oauth::client::metadata_document;
use crate::oauth::client::redirect_uri::RedirectKind;
use crate::oauth::client::{Client, ShownFace, Voucher};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::request::authorize::AuthorizationParameters;
use crate::oauth::request::interaction::{GivenConsent, Next, SessionFacts, next};
use crate::oauth::request::prompt::Another;
use crate::oauth::request::rejection::Rejection;
use crate::oauth::request::verified_return::VerifiedReturn;
use crate::pages::consent::{Choice, ConsentPage, Lasting, ReturnTo, ScopeLine};
use crate::pages::{self, Form, ScopeText, StandardScope};
use crate::platform::{Platform, random};
use crate::seal::browser::Browser;
use crate::seal::interaction::{Aim, ConsentTicket, Interaction};
use crate::store::account::AddGrant;

/// The prefix of the form fields that allow one optional scope each.
const TICK: &str = "allow:";

pub(in crate::endpoints) async fn consent<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let parameters = parameters::of_person(request)?;
    let browser = browser::known(app, request);
    let interaction = interaction::open(app, &parameters, browser.as_ref())?;
    if request.method() == Method::Post
        && let Aim::Authorize(asked) = &interaction.aim
    {
        browser::same_origin(app, request)?;
        match parameters.get("decision") {
            Some("allow") => {
                let ticket = parameters.get("ticket").unwrap_or_default();
                let is_ticked = |scope: &str| parameters.get(&[TICK, scope].concat()).is_some();
                if let Some(answer) = allow(app, &interaction, asked, browser.as_ref(), ticket, is_ticked).await? {
                    return Ok(answer);
                }
            }
            Some("deny") => {
                let prepared = interaction::prepare(app, asked, Freshness::Cached).await?;
                return Ok(interaction::refuse(app, &prepared.request.answer_to, Rejection::AccessDenied));
            }
            _ => {}
        }
    }
    let evaluated = interaction::evaluate(app, &interaction, browser.as_ref()).await?;
    match (&evaluated.next, &evaluated.waiting, &evaluated.person) {
        (Next::Consent, Waiting::Request(asked), Some(person)) => {
            form(app, &interaction, browser.as_ref(), asked, person)
        }
        _ => interaction::proceed(app, &interaction, &evaluated),
    }
}

/// Records the consent and makes the code. Returns `None`, so that the page is shown again, when the form is not about the
/// present request: another user signed in, the session ended, the client or the request changed, or the page is too old.
///
/// The ticket proves that the page was shown to this session. So one call to the Account is enough: it checks the session
/// and writes in the same step.
async fn allow<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    asked: &AuthorizationParameters,
    browser: Option<&Browser>,
    ticket: &str,
    is_ticked: impl Fn(&str) -> bool,
) -> Result<Option<Response>, Failure> {
    let Ok(ticket) = app.config.sealer.open::<ConsentTicket>(ticket, app.now) else {
        return Ok(None);
    };
    // KV may be some minutes old: a first consent reads the client from the Registry.
    let prepared = interaction::prepare(app, asked, Freshness::Now).await?;
    let Some(at) = prepared.session(browser, interaction::progress(interaction, browser)) else {
        return Ok(None);
    };
    let Prepared { client, request, .. } = prepared;
    if ticket.value != ConsentTicket::of(interaction, at.session, &client, &request) {
        return Ok(None);
    }
    // The button allows every scope that is not optional. A ticked box counts only for a scope that was shown as optional.
    let declined = ticket.value.optional.filtered(|scope| !is_ticked(scope));
    let scopes = request.to_allow.filtered(|scope| !declined.contains(scope));
    if !request.grantable.is_of_use_with(&scopes) {
        return Ok(Some(interaction::refuse(app, &request.answer_to, Rejection::AccessDenied)));
    }
    let grant = GrantId::from_bytes(random(app.platform));
    let ask = AddGrant {
        session: at.session,
        grant,
        client: client.id.clone(),
        face: client.face(),
        shown: shown(&client, &request.answer_to),
        scopes: scopes.clone(),
        declined: declined.clone(),
        authenticated_since: request.authenticated_since(interaction.began_at, app.now),
    };
    let Ok(authentication) = app.platform.ask_account(at.account, ask).await? else {
        return Ok(None);
    };
    let facts = SessionFacts {
        session: at.session,
        auth_time: authentication.auth_time,
        is_expected: true,
        consent: Some(GivenConsent { grant, face: client.face(), scopes, declined, is_new: true }),
    };
    match next(&request, &client, Some(&facts), interaction::progress(interaction, browser), app.now) {
        Next::Answer(allowed) => {
            app.log_event(SecurityEvent::Consented, None, Some(&client.id));
            interaction::answer(app, &Asked { client, request }, at, &authentication, &allowed).map(Some)
        }
        _ => Ok(None),
    }
}

fn form<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    browser: Option<&Browser>,
    asked: &Asked,
    person: &SignedInUser,
) -> Result<Response, Failure> {
    let Asked { client, request } = asked;
    let ticket = ConsentTicket::of(interaction, person.at.session, client, request);
    let ticket = interaction::seal_for(app, &ticket, interaction.life())?;
    let sealed = interaction::seal_step(app, interaction)?;
    let hidden = [("interaction", sealed.as_str()), ("ticket", ticket.as_str())];
    let switch = interaction::link(app, Route::Login.path(), &interaction.for_another(Another::Picks, browser))?;
    let before = person.grant.as_ref();
    let optional = request.optional(client);
    let lines: Vec<ScopeLine<'_>> = request
        .to_allow
        .iter()
        .map(|scope| ScopeLine {
            text: words(app, scope),
            new: before.is_some_and(|before| !before.scopes.contains(scope) && !before.declined.contains(scope)),
            // A box is ticked only if the user ticked it in an earlier consent.
            choice: optional.contains(scope).then(|| Choice {
                name: [TICK, scope].concat(),
                ticked: before.is_some_and(|before| before.scopes.contains(scope)),
            }),
        })
        .collect();
    let site = site(client, request.answer_to.redirect_uri());
    let presentation = &client.registration.presentation;
    let context = ConsentPage {
        form: Form { action: Route::Consent.path(), hidden: &hidden, target: target_of(asked) },
        client: pages::ShownClient {
            name: &client.registration.name,
            site: Some(site).filter(|site| !site.is_empty()),
            verified: client.voucher == Voucher::Administrator,
            logo: presentation.logo.as_ref(),
            policy: presentation.policy_uri.as_deref(),
            terms: presentation.tos_uri.as_deref(),
        },
        person: pages::ShownPerson { name: None, username: &person.session.name },
        switch: Some(&switch),
        scopes: &lines,
        lasting: if request.grantable.scopes().contains(OwnScope::OfflineAccess) {
            Lasting::UntilDisconnected
        } else {
            Lasting::from_seconds(lifetimes::SESSION.get())
        },
        return_to: return_to(request.answer_to.kind(), request.answer_to.redirect_uri()),
    };
    Ok(page(200, context.render(app.look)))
}

/// What the page shows of the client, which the consent remembers.
fn shown(client: &Client, answer_to: &VerifiedReturn) -> ShownFace {
    let address = answer_to.redirect_uri();
    let host = match (site(client, address), answer_to.kind()) {
        ("", RedirectKind::Https) => host_and_port(address),
        (site, _) => site,
    };
    ShownFace {
        name: client.registration.name.clone(),
        host: (!host.is_empty()).then(|| host.to_owned()),
        verified: client.voucher == Voucher::Administrator,
    }
}

/// The client's site, or an empty text when it may not be shown. A client without a voucher can claim any site, so its site
/// must be the host of its redirect URI or of its metadata document.
fn site<'a>(client: &'a Client, redirect_uri: &str) -> &'a str {
    let site = host_and_port(client.registration.site.as_deref().unwrap_or_default());
    let is_proven = client.voucher == Voucher::Administrator
        || metadata_document::is_address(&client.id)
        || (redirect_uri.starts_with("https://") && host_and_port(redirect_uri) == site);
    if is_proven { site } else { "" }
}

/// The sentence that describes a scope to the user.
pub(in crate::endpoints) fn words<'a, P>(app: &'a App<'_, P>, scope: &'a str) -> ScopeText<'a> {
    StandardScope::from_name(scope).map_or_else(
        || {
            let of_api = app.config.apis.iter().find_map(|api| api.sentence(scope));
            let title = of_api.or_else(|| app.config.claims.sentence(scope)).unwrap_or(scope);
            ScopeText::Api { title, description: None }
        },
        ScopeText::Standard,
    )
}

fn return_to(kind: RedirectKind, address: &str) -> ReturnTo<'_> {
    match kind {
        RedirectKind::Https => ReturnTo::Site { host: host_and_port(address) },
        RedirectKind::Loopback => ReturnTo::Device { host: host_and_port(address) },
        RedirectKind::PrivateScheme => ReturnTo::App { scheme: address.split(':').next().unwrap_or_default() },
    }
}
