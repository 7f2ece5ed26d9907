//! An authorization request on its way: at every step everything is evaluated anew, and what comes next follows from
//! [`crate::oauth::interaction::next`] alone.

use super::id_token::{self, IdTokenHint};
use crate::authn::assurance;
use crate::base::{AttemptId, CodeId, FamilyId, GrantId, Seconds, Secret};
use crate::endpoints::{App, Failure, Refused, deliver, page};
use crate::http::{Parameters, Response};
use crate::oauth::authorize::{AuthorizationRequest, Offer, Rejection, Unanswerable};
use crate::oauth::client::Client;
use crate::oauth::interaction::{self, Consent, Facts, Next, Progress};
use crate::oauth::session_state::session_state;
use crate::oauth::sid::Sid;
use crate::oauth::subject;
use crate::oauth::verified_return::VerifiedReturn;
use crate::pages::{Gone, InteractionGone};
use crate::platform::clients::{self, Freshness};
use crate::platform::{Fault, Platform, random};
use crate::seal::browser::{Browser, SessionRef};
use crate::seal::code::{self, Code};
use crate::seal::interaction::{Interaction, LIFETIME};
use crate::seal::{Life, Unopened};
use crate::store::account::{Authentication, Granted, ReadFacts, Session};

/// How long a family with refresh tokens lives at most, which orders its row.
pub const LONGEST_FAMILY: Seconds = Seconds::new(366 * 86_400);

/// A request that can be answered, and its client.
pub struct Prepared {
    /// The client.
    pub client: Client,
    /// What it asks.
    pub request: AuthorizationRequest,
    /// Whom it expects.
    hint: Option<IdTokenHint>,
}

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

/// Prepares a request: client, redirect URI, the request itself.
///
/// # Errors
/// A page while nothing can be sent back, a redirect with an error afterwards.
pub async fn prepare<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    freshness: Freshness,
) -> Result<Prepared, Failure> {
    let parameters = &interaction.parameters;
    let client_id = parameters.client_id().map_err(unanswerable)?;
    let client = clients::find(app.platform, app.config, &client_id, freshness, app.now).await?;
    let client = client.ok_or_else(|| unanswerable(Unanswerable::UnknownClient))?;
    let answer_to = parameters.answer_to(&client, app.config.issuer.as_str()).map_err(unanswerable)?;
    let returned = |rejection| Failure::Returned(answer_to.clone(), rejection);
    let offer = Offer {
        apis: &app.config.apis,
        claims: &app.config.claims,
        acrs: &assurance::SUPPORTED,
        creates_accounts: app.config.sign_up.is_some(),
    };
    let request = parameters.validate(&client, answer_to.clone(), offer).map_err(returned)?;
    let hint = match parameters.id_token_hint() {
        None => None,
        Some(token) => {
            let hint = id_token::verified(app, token).await?.ok().filter(|hint| hint.client == client.id);
            Some(hint.ok_or_else(|| returned(Rejection::IdTokenHint))?)
        }
    };
    Ok(Prepared { client, request, hint })
}

impl Prepared {
    /// The session of `browser` that the request is about: the one that it hints at, or the current one.
    pub fn session(&self, browser: Option<&Browser>) -> Option<SessionRef> {
        let browser = browser?;
        let sid = self.hint.as_ref().and_then(|hint| hint.sid.as_deref());
        let hinted = |session: &SessionRef| sid == Some(Sid::of(session.session, &self.client.id).as_str());
        browser.sessions().find(hinted).or(browser.current)
    }

    /// Whether the session is of the person that the client asks for, by the `sub` that it knows.
    fn expects(&self, session: &Session, subject_key: &Secret<[u8; 32]>) -> bool {
        let known = subject::shown(&self.client, &session.sub, subject_key);
        let hinted = self.hint.as_ref().map(|hint| hint.sub.as_str());
        hinted.into_iter().chain(self.request.expected_sub.as_deref()).all(|sub| sub == known)
    }
}

/// Evaluates a request: the request itself, session and consent.
///
/// # Errors
/// As [`prepare`].
pub async fn evaluate<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    browser: Option<&Browser>,
) -> Result<Evaluated, Failure> {
    let prepared = prepare(app, interaction, Freshness::Cached).await?;
    let person = match prepared.session(browser) {
        Some(at) => person(app, &prepared.client, at).await?,
        None => None,
    };
    let facts = person.as_ref().map(|person| Facts {
        session: person.at.session,
        auth_time: person.session.authentication.auth_time,
        is_expected: prepared.expects(&person.session, &app.config.subject_key),
        consent: person.grant.as_ref().map(|grant| Consent {
            grant: grant.grant,
            face: grant.face,
            scopes: grant.scopes.clone(),
            is_new: false,
        }),
    });
    let Prepared { client, request, .. } = prepared;
    let next = interaction::next(&request, &client, facts.as_ref(), progress(interaction, browser), app.now);
    Ok(Evaluated { client, request, person, next })
}

/// What `browser` has done about an interaction so far.
pub fn progress<'a>(interaction: &'a Interaction, browser: Option<&Browser>) -> Progress<'a> {
    Progress {
        began_with: &interaction.began_with,
        chosen: interaction.chosen,
        others: browser.is_some_and(|browser| browser.sessions().any(|session| browser.current != Some(session))),
    }
}

async fn person<P: Platform>(app: &App<'_, P>, client: &Client, at: SessionRef) -> Result<Option<Person>, Fault> {
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
        (Next::Answer(grant), Some(person)) => {
            answer(app, &evaluated.client, &evaluated.request, person.at, &person.session.authentication, *grant)
        }
        (Next::Consent, Some(_)) => Ok(Response::see_other(link(app, "/consent", interaction)?)),
        // Whom the person has consented to before may be told at once.
        (Next::Refuse(rejection), Some(Person { grant: Some(_), .. })) => {
            Ok(refuse(app, &evaluated.request.answer_to, *rejection))
        }
        (Next::Refuse(rejection), _) => Err(Failure::Returned(evaluated.request.answer_to.clone(), *rejection)),
        (Next::Create, _) => create(app, interaction),
        _ => Ok(Response::see_other(link(app, "/login", interaction)?)),
    }
}

/// To the place where people make accounts, which sends them back to sign in with the new one.
fn create<P: Platform>(app: &App<'_, P>, interaction: &Interaction) -> Result<Response, Failure> {
    let parameters = interaction.parameters.clone().prompting("login");
    let back = link(app, "/login", &Interaction { parameters, ..interaction.clone() })?;
    let sign_up = app.config.sign_up.as_ref().map(|sign_up| sign_up.returning_to(&app.config.issuer.at(&back)));
    // Where there is no such place, the request was refused before.
    Ok(Response::see_other(sign_up.unwrap_or(back)))
}

/// Sends a refusal back to the client, which the person knows.
pub fn refuse<P>(app: &App<'_, P>, answer_to: &VerifiedReturn, rejection: Rejection) -> Response {
    deliver(app.look, answer_to.with_error(rejection))
}

/// Makes a code for what was granted and sends it back.
///
/// # Errors
/// When the code would be too long.
pub fn answer<P: Platform>(
    app: &App<'_, P>,
    client: &Client,
    request: &AuthorizationRequest,
    at: SessionRef,
    authentication: &Authentication,
    grant: GrantId,
) -> Result<Response, Failure> {
    let code = Code {
        account: at.account,
        session: at.session,
        grant,
        epoch: authentication.epoch,
        family: FamilyId::allocate(app.now.plus(LONGEST_FAMILY), random(app.platform)),
        code: CodeId::from_bytes(random(app.platform)),
        client: client.id.clone(),
        client_version: client.version,
        redirect_uri: request.answer_to.redirect_uri().to_owned(),
        challenge: request.challenge,
        scopes: request.scopes.clone(),
        resources: request.resources.clone(),
        nonce: request.nonce.clone(),
        auth_time: authentication.auth_time,
        authentication: Some([assurance::PASSWORD, " ", &authentication.amr].concat()),
        dpop_jkt: None,
        authorization_details: None,
        claims: request.claims.to_text(),
    };
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(code::LIFETIME) };
    let sealed =
        app.config.sealer.seal(&code, life, random(app.platform)).map_err(|not_sealed| {
            Refused::page(400, "invalid_request", "The request is too long.").because(not_sealed)
        })?;
    let sid = Sid::of(at.session, &client.id);
    let session_state = session_state(&client.id, request.answer_to.origin(), &sid, random(app.platform));
    Ok(deliver(app.look, request.answer_to.with_code(sealed, request.scopes.to_string(), session_state)))
}

/// A fresh name for one try of a changing call.
pub fn attempt<P: Platform>(app: &App<'_, P>) -> AttemptId {
    AttemptId::from_bytes(random(app.platform))
}
