//! An authorization request on its way: at every step everything is evaluated anew, and what comes next follows from
//! [`crate::oauth::interaction::next`] alone.

use crate::base::{AttemptId, CodeId, FamilyId, GrantId, Seconds};
use crate::endpoints::{App, Failure, Refused, page};
use crate::http::{Parameters, Response};
use crate::oauth::authorize::{AuthorizationRequest, Unanswerable};
use crate::oauth::client::Client;
use crate::oauth::interaction::{self, Consent, Facts, Next};
use crate::oauth::verified_return::VerifiedReturn;
use crate::pages::{Gone, InteractionGone};
use crate::platform::clients::{self, Freshness};
use crate::platform::{Fault, Platform, random};
use crate::seal::browser::{Browser, SessionRef};
use crate::seal::code::{self, Code};
use crate::seal::interaction::{Interaction, LIFETIME};
use crate::seal::{Life, Unopened};
use crate::store::account::{Granted, ReadFacts, Session};

/// How long a family with refresh tokens lives at most, which orders its row.
pub const LONGEST_FAMILY: Seconds = Seconds::new(366 * 86_400);

/// A request that was evaluated.
pub struct Evaluated {
    /// Its client.
    pub client: Client,
    /// What it asks.
    pub request: AuthorizationRequest,
    /// Who is signed in, and what the person's object says.
    pub person: Option<Person>,
    /// What comes next.
    pub next: Next,
}

/// A person whose session is alive.
pub struct Person {
    /// Where the session is.
    pub at: SessionRef,
    /// The session.
    pub session: Session,
    /// What the person allowed this client last.
    pub grant: Option<Granted>,
}

impl Person {
    fn facts(&self) -> Facts {
        let consent = |grant: &Granted| Consent { grant: grant.grant, face: grant.face, scopes: grant.scopes.clone() };
        Facts { session: self.at.session, auth_time: self.session.auth_time, consent: self.grant.as_ref().map(consent) }
    }
}

/// Opens the interaction that a form or a link carries, if it is this browser's.
///
/// # Errors
/// A page that offers to start again.
pub fn open<P>(app: &App<'_, P>, parameters: &Parameters, browser: Option<&Browser>) -> Result<Interaction, Failure> {
    let sealed = parameters.get("interaction").unwrap_or_default();
    let opened = app.config.sealer.open::<Interaction>(sealed, app.now).map_err(|unopened| {
        gone(app, if unopened == Unopened::Expired { Gone::Stale } else { Gone::Foreign }, unopened)
    })?;
    let bound_to = opened.value.browser;
    if bound_to.is_some() && bound_to != browser.map(|browser| browser.id) {
        return Err(gone(app, Gone::Foreign, "the interaction belongs to another browser"));
    }
    Ok(opened.value)
}

fn gone<P>(app: &App<'_, P>, reason: Gone, cause: impl ToString) -> Failure {
    let page = page(400, InteractionGone { reason, start_again: None }.render(app.look));
    Failure::Rendered(page, cause.to_string())
}

/// The link to a step of an interaction.
///
/// # Errors
/// When the request is too long to be carried.
pub fn link<P: Platform>(app: &App<'_, P>, path: &str, interaction: &Interaction) -> Result<String, Failure> {
    Ok(format!("{path}?interaction={}", seal(app, interaction)?))
}

/// Seals an interaction for a form or a link.
///
/// # Errors
/// When the request is too long to be carried.
pub fn seal<P: Platform>(app: &App<'_, P>, interaction: &Interaction) -> Result<String, Failure> {
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(LIFETIME) };
    app.config.sealer.seal(interaction, life, random(app.platform)).map_err(|not_sealed| {
        Refused::page(400, "invalid_request", "The request is too long.").because(not_sealed).into()
    })
}

/// Evaluates a request: client, redirect URI, the request itself, session and consent.
///
/// # Errors
/// A page while nothing can be sent back, a redirect with an error afterwards.
pub async fn evaluate<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    browser: Option<&Browser>,
) -> Result<Evaluated, Failure> {
    let parameters = &interaction.parameters;
    let client_id = parameters.client_id().map_err(unanswerable)?;
    let client = clients::find(app.platform, app.config, &client_id, Freshness::Cached, app.now).await?;
    let client = client.ok_or_else(|| unanswerable(Unanswerable::UnknownClient))?;
    let answer_to = parameters.answer_to(&client, app.config.issuer.as_str()).map_err(unanswerable)?;
    let request = parameters
        .validate(&client, answer_to.clone(), &app.config.apis)
        .map_err(|rejection| Failure::Returned(answer_to, rejection))?;
    let person = person(app, &client, browser).await?;
    let facts = person.as_ref().map(Person::facts);
    let next = interaction::next(&request, &client, facts.as_ref(), interaction.began_in, app.now);
    Ok(Evaluated { client, request, person, next })
}

async fn person<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    browser: Option<&Browser>,
) -> Result<Option<Person>, Fault> {
    let Some(at) = browser.and_then(|browser| browser.session) else {
        return Ok(None);
    };
    let ask = ReadFacts { session: at.session, client: client.id.clone() };
    let facts = app.platform.ask_account(at.account, ask).await?;
    Ok(facts.ok().map(|facts| Person { at, session: facts.session, grant: facts.grant }))
}

fn unanswerable(unanswerable: Unanswerable) -> Failure {
    Refused::page(400, unanswerable.code(), unanswerable.description()).into()
}

/// Goes where the evaluation says.
///
/// # Errors
/// When a code or a link cannot be made.
pub fn proceed<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
) -> Result<Response, Failure> {
    match (&evaluated.next, &evaluated.person) {
        (Next::Answer(grant), Some(person)) => answer(app, evaluated, person, *grant),
        (Next::Consent, Some(_)) => Ok(Response::see_other(link(app, "/consent", interaction)?)),
        (Next::Refuse(rejection), _) => Ok(refuse(&evaluated.request.answer_to, *rejection)),
        _ => Ok(Response::see_other(link(app, "/login", interaction)?)),
    }
}

/// Sends a refusal back to the client.
pub fn refuse(answer_to: &VerifiedReturn, rejection: crate::oauth::authorize::Rejection) -> Response {
    Response::see_other(answer_to.with_error(rejection))
}

/// Makes a code for what was granted and sends it back.
///
/// # Errors
/// When the code would be too long.
pub fn answer<P: Platform>(
    app: &App<'_, P>,
    evaluated: &Evaluated,
    person: &Person,
    grant: GrantId,
) -> Result<Response, Failure> {
    let request = &evaluated.request;
    let code = Code {
        account: person.at.account,
        session: person.at.session,
        grant,
        epoch: person.session.epoch,
        family: FamilyId::allocate(app.now.plus(LONGEST_FAMILY), random(app.platform)),
        code: CodeId::from_bytes(random(app.platform)),
        client: evaluated.client.id.clone(),
        client_version: evaluated.client.version,
        redirect_uri: request.answer_to.redirect_uri().to_owned(),
        challenge: request.challenge,
        scopes: request.scopes.clone(),
        resources: request.resources.clone(),
        nonce: request.nonce.clone(),
        auth_time: person.session.auth_time,
        authentication: None,
        dpop_jkt: None,
        authorization_details: None,
        claims: None,
    };
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(code::LIFETIME) };
    let sealed =
        app.config.sealer.seal(&code, life, random(app.platform)).map_err(|not_sealed| {
            Refused::page(400, "invalid_request", "The request is too long.").because(not_sealed)
        })?;
    Ok(Response::see_other(request.answer_to.with_code(&sealed, &request.scopes.to_string())))
}

/// A fresh name for one try of a changing call.
pub fn attempt<P: Platform>(app: &App<'_, P>) -> AttemptId {
    AttemptId::from_bytes(random(app.platform))
}
