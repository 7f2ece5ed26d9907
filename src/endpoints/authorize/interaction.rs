//! The steps of an interaction. Each step evaluates the whole request again: client, redirect URI, session and consent.
//! [`crate::oauth::request::interaction::next`] alone decides what an authorization request needs next.

use std::rc::Rc;

use crate::base::{CodeId, FamilyId, LinkKey, Seconds, Secret};
use crate::endpoints::callers::browser;
use crate::endpoints::token::id_token;
use crate::endpoints::token::id_token::IdTokenHint;
use crate::endpoints::{App, Failure, Refused, Route, deliver, page};
use crate::http::{Parameters, Response};
use crate::lifetimes;
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::Client;
use crate::oauth::client::metadata_document;
use crate::oauth::person::pairwise;
use crate::oauth::request::authorize::{AuthorizationParameters, AuthorizationRequest, Offer};
use crate::oauth::request::interaction;
use crate::oauth::request::interaction::{Allowed, GivenConsent, Next, Progress, SessionFacts, Visit};
use crate::oauth::request::prompt::Another;
use crate::oauth::request::rejection::{Rejection, Unanswerable};
use crate::oauth::request::verified_return::VerifiedReturn;
use crate::oauth::token::session_state::session_state;
use crate::oauth::token::sid::Sid;
use crate::pages::Notice;
use crate::pages::errors::{Gone, InteractionGonePage};
use crate::platform::{Fault, Platform, random};
use crate::seal::browser::{Browser, SessionRef};
use crate::seal::code::Code;
use crate::seal::interaction::{Aim, Interaction};
use crate::seal::link::LinkRequest;
use crate::seal::{FamilyHolder, Life, Purpose};
use crate::sign_in::assurance;
use crate::store::account::{Authentication, NewestGrant, ReadFacts, ReadSession, Session};

/// A request that can be answered, and its client.
pub struct Prepared {
    pub client: Rc<Client>,
    pub request: AuthorizationRequest,
    /// The user that the client expects (`id_token_hint`).
    hint: Option<IdTokenHint>,
}

/// An interaction that was evaluated.
pub struct Evaluated {
    pub waiting: Waiting,
    /// The signed-in user, as the Account object knows them.
    pub person: Option<SignedInUser>,
    pub next: Next,
}

/// What waits for the user.
pub enum Waiting {
    /// A page of the user's own: `/account` or the developer portal.
    Account,
    /// An authorization request.
    Request(Box<Asked>),
}

/// A [`Prepared`] request without its hint.
pub struct Asked {
    pub client: Rc<Client>,
    pub request: AuthorizationRequest,
}

/// A user whose session is alive.
pub struct SignedInUser {
    pub at: SessionRef,
    pub session: Session,
    /// The user's latest consent to this client.
    pub grant: Option<NewestGrant>,
}

/// Opens the interaction that a form or a link carries, if it is this browser's.
///
/// # Errors
/// A page that offers to start again.
pub fn open<P: Platform>(
    app: &App<'_, P>,
    parameters: &Parameters,
    browser: Option<&Browser>,
) -> Result<Interaction, Failure> {
    let interaction = carried(app, parameters, browser)?;
    // An interaction without a browser lists no sessions that were open when it began, so an old session would pass for
    // one that was opened for it.
    if interaction.browser.is_some() {
        Ok(interaction)
    } else {
        Err(gone(app, Gone::Foreign, Some(interaction.aim), "the interaction has not begun in a browser"))
    }
}

/// [`open`] for `/authorize`, which also takes a request that was sent by POST and belongs to no browser yet.
///
/// # Errors
/// As [`open`].
pub fn carried<P: Platform>(
    app: &App<'_, P>,
    parameters: &Parameters,
    browser: Option<&Browser>,
) -> Result<Interaction, Failure> {
    let sealed = parameters.get("interaction").unwrap_or_default();
    let opened = app.config.sealer.open_at_any_age::<Interaction>(sealed, app.now);
    let opened = opened.map_err(|unopened| gone(app, Gone::Foreign, None, unopened))?;
    let expires_at = opened.life.expires_at;
    let interaction = Interaction::of(opened);
    if app.now >= expires_at {
        return Err(gone(app, Gone::Stale, Some(interaction.aim), "the interaction has expired"));
    }
    let bound_to = interaction.browser;
    if bound_to.is_some() && bound_to != browser.map(|browser| browser.id) {
        let cause = "the interaction belongs to another browser";
        return Err(gone(app, Gone::Foreign, Some(interaction.aim), cause));
    }
    Ok(interaction)
}

/// The page that offers to start again with the same request. Nothing that happened in the former interaction counts.
fn gone<P: Platform>(app: &App<'_, P>, reason: Gone, aim: Option<Aim>, cause: impl ToString) -> Failure {
    let again = aim.and_then(|aim| {
        home(&aim)
            .or_else(|| link(app, Route::Authorize.path(), &Interaction::new(random(app.platform), aim, app.now)).ok())
    });
    let page = page(400, InteractionGonePage { reason, start_again: again.as_deref() }.render(app.look));
    Failure::Rendered(page, cause.to_string())
}

/// The link to a step of an interaction.
///
/// # Errors
/// When the request is too long to be carried.
pub fn link<P: Platform>(app: &App<'_, P>, path: &str, interaction: &Interaction) -> Result<String, Failure> {
    Ok(format!("{path}?interaction={}", seal_step(app, interaction)?))
}

/// Seals an interaction for its next step.
///
/// # Errors
/// When the request is too long to be carried.
pub fn seal_step<P: Platform>(app: &App<'_, P>, interaction: &Interaction) -> Result<String, Failure> {
    seal_for(app, interaction, interaction.life())
}

/// Seals what a form, a link or an answer carries from one step of a request to the next.
///
/// # Errors
/// When the request is too long to be carried.
pub fn seal<P: Platform>(app: &App<'_, P>, value: &impl Purpose, lifetime: Seconds) -> Result<String, Failure> {
    seal_for(app, value, Life { sealed_at: app.now, expires_at: app.now.plus(lifetime) })
}

/// As [`seal`], for a time that may have begun before.
///
/// # Errors
/// When the request is too long to be carried.
pub fn seal_for<P: Platform>(app: &App<'_, P>, value: &impl Purpose, life: Life) -> Result<String, Failure> {
    app.config.sealer.seal(value, life, random(app.platform)).map_err(|not_sealed| {
        Refused::page(400, "invalid_request", "The request is too long.").because(not_sealed).into()
    })
}

/// Prepares a request: client, redirect URI, the request itself.
///
/// # Errors
/// A page as long as the redirect URI is not verified, then a redirect with an error.
pub async fn prepare<P: Platform>(
    app: &App<'_, P>,
    parameters: &AuthorizationParameters,
    freshness: Freshness,
) -> Result<Prepared, Failure> {
    let client_id = parameters.client_id().map_err(unanswerable)?;
    let client = client::find(app.platform, app.config, &client_id, freshness, app.now).await?;
    let is_undescribed = app.config.registration.metadata_documents && metadata_document::is_address(&client_id);
    let missing = if is_undescribed { Unanswerable::UndescribedClient } else { Unanswerable::UnknownClient };
    let client = client.ok_or_else(|| unanswerable(missing))?;
    let answer_to = parameters.answer_to(&client, app.config.issuer.as_str()).map_err(unanswerable)?;
    let returned = |rejection| Failure::Returned(Box::new(answer_to.clone()), rejection);
    let request = parameters.validate(&client, answer_to.clone(), offer(app)).map_err(returned)?;
    let link = parameters.link().map(|sealed| linked(app, sealed, &client, &request).ok_or(Rejection::Link));
    let request = AuthorizationRequest { link: link.transpose().map_err(returned)?, ..request };
    let hint = match parameters.id_token_hint() {
        None => None,
        Some(token) => {
            let hint = id_token::verified(app, token).await?.ok().filter(|hint| hint.client == client.id);
            Some(hint.ok_or_else(|| returned(Rejection::IdTokenHint))?)
        }
    };
    Ok(Prepared { client, request, hint })
}

/// What this deployment offers to clients.
pub fn offer<'a, P: Platform>(app: &App<'a, P>) -> Offer<'a> {
    Offer { realm: app.realm(), acrs: &assurance::SUPPORTED, creates_accounts: app.config.accounts.sign_up.is_some() }
}

/// The client's user that the request links. The facade sealed the link for this client and for the request's one API.
fn linked<P>(app: &App<'_, P>, sealed: &str, client: &Client, request: &AuthorizationRequest) -> Option<LinkKey> {
    let link = app.config.sealer.open::<LinkRequest>(sealed, app.now).ok()?.value;
    (link.client == client.id && request.grantable.only_api() == Some(&link.audience)).then_some(link.key)
}

impl Prepared {
    /// The session of `browser` that answers the request: the one that the user chose, the one that the hint names, or the
    /// current one.
    pub fn session(&self, browser: Option<&Browser>, progress: Progress<'_>) -> Option<SessionRef> {
        let browser = browser?;
        if let Some(current) = browser.current.filter(|current| progress.chosen == Some(current.session)) {
            return Some(current);
        }
        let sid = self.hint.as_ref().and_then(|hint| hint.sid.as_deref());
        let hinted = |session: &SessionRef| sid == Some(Sid::of(session.session, &self.client.id).as_str());
        browser.sessions().find(hinted).or(browser.current)
    }

    /// Whether the session belongs to the user that the client asks for, by the `sub` that the client knows.
    fn expects(&self, session: &Session, subject_key: &Secret<[u8; 32]>) -> bool {
        let known = pairwise::shown(&self.client, &session.sub, subject_key);
        let hinted = self.hint.as_ref().map(|hint| hint.sub.as_str());
        hinted.into_iter().chain(self.request.expected_sub.as_deref()).all(|sub| sub == known)
    }
}

/// Evaluates an interaction: the request, the session and the consent.
///
/// # Errors
/// As [`prepare`].
pub async fn evaluate<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    browser: Option<&Browser>,
) -> Result<Evaluated, Failure> {
    match &interaction.aim {
        Aim::Account(visit) | Aim::Developer { visit, .. } => {
            evaluate_visit(app, *visit, progress(interaction, browser), browser).await
        }
        Aim::Authorize(parameters) => evaluate_request(app, parameters, progress(interaction, browser), browser).await,
    }
}

async fn evaluate_visit<P: Platform>(
    app: &App<'_, P>,
    visit: Visit,
    progress: Progress<'_>,
    browser: Option<&Browser>,
) -> Result<Evaluated, Failure> {
    let person = match browser.and_then(|browser| browser.current) {
        Some(at) => {
            let session = app.platform.ask_account(at.account, ReadSession { session: at.session }).await?;
            session.ok().map(|session| SignedInUser { at, session, grant: None })
        }
        None => None,
    };
    let facts = person.as_ref().map(|person| SessionFacts {
        session: person.at.session,
        auth_time: person.session.authentication.auth_time,
        is_expected: true,
        consent: None,
    });
    let next = interaction::next_of_visit(visit, facts.as_ref(), progress);
    Ok(Evaluated { waiting: Waiting::Account, person, next })
}

async fn evaluate_request<P: Platform>(
    app: &App<'_, P>,
    parameters: &AuthorizationParameters,
    progress: Progress<'_>,
    browser: Option<&Browser>,
) -> Result<Evaluated, Failure> {
    let prepared = prepare(app, parameters, Freshness::Cached).await?;
    let person = match prepared.session(browser, progress) {
        Some(at) => person(app, &prepared.client, at).await?,
        None => None,
    };
    let facts = person.as_ref().map(|person| SessionFacts {
        session: person.at.session,
        auth_time: person.session.authentication.auth_time,
        is_expected: prepared.expects(&person.session, &app.config.subject_key),
        consent: person.grant.as_ref().map(|grant| GivenConsent {
            grant: grant.grant,
            face: grant.face,
            scopes: grant.scopes.clone(),
            declined: grant.declined.clone(),
            is_new: false,
        }),
    });
    let Prepared { client, request, .. } = prepared;
    let next = interaction::next(&request, &client, facts.as_ref(), progress, app.now);
    Ok(Evaluated { waiting: Waiting::Request(Box::new(Asked { client, request })), person, next })
}

/// The progress of an interaction in `browser`.
pub fn progress<'a>(interaction: &'a Interaction, browser: Option<&Browser>) -> Progress<'a> {
    Progress {
        began_at: interaction.began_at,
        began_with: &interaction.began_with,
        chosen: interaction.chosen,
        others: browser.is_some_and(|browser| browser.sessions().any(|session| browser.current != Some(session))),
    }
}

async fn person<P: Platform>(app: &App<'_, P>, client: &Client, at: SessionRef) -> Result<Option<SignedInUser>, Fault> {
    let ask = ReadFacts { session: at.session, client: client.id.clone() };
    let facts = app.platform.ask_account(at.account, ask).await?;
    // A deleted client with this identifier may have been another company's: its consents do not count.
    let lives = |grant: &NewestGrant| client.was_registered_at(grant.at);
    Ok(facts.ok().map(|facts| SignedInUser { at, session: facts.session, grant: facts.grant.filter(lives) }))
}

fn unanswerable(unanswerable: Unanswerable) -> Failure {
    Refused::page(400, unanswerable.code(), unanswerable.description()).into()
}

/// Answers with the next step of the evaluation.
///
/// # Errors
/// When a code or a link cannot be made.
pub fn proceed<P: Platform>(
    app: &App<'_, P>,
    interaction: &Interaction,
    evaluated: &Evaluated,
) -> Result<Response, Failure> {
    match (&evaluated.next, &evaluated.waiting, &evaluated.person) {
        (Next::Answer(allowed), Waiting::Request(waiting), Some(person)) => {
            answer(app, waiting, person.at, &person.session.authentication, allowed)
        }
        (Next::Account | Next::Consent, ..) => onwards(app, interaction),
        // A client that the user has allowed before is told at once.
        (Next::Refuse(rejection), Waiting::Request(waiting), Some(SignedInUser { grant: Some(_), .. })) => {
            Ok(refuse(app, &waiting.request.answer_to, rejection.clone()))
        }
        (Next::Refuse(rejection), Waiting::Request(waiting), _) => {
            Err(Failure::Returned(Box::new(waiting.request.answer_to.clone()), rejection.clone()))
        }
        (Next::Create, ..) => create(app, interaction),
        _ => Ok(Response::see_other(link(app, "/login", interaction)?)),
    }
}

/// Redirects to `SIGN_UP_URL`, which sends the user back to sign in with the new account.
fn create<P: Platform>(app: &App<'_, P>, interaction: &Interaction) -> Result<Response, Failure> {
    let returning = Interaction { aim: interaction.aim.clone().for_another(Another::SignsIn), ..interaction.clone() };
    let back = link(app, Route::Login.path(), &returning)?;
    let sign_up =
        app.config.accounts.sign_up.as_ref().map(|sign_up| sign_up.returning_to(&app.config.issuer.at(&back)));
    // Without `SIGN_UP_URL` the request was refused before.
    Ok(Response::see_other(sign_up.unwrap_or(back)))
}

/// Redirects to the step that follows a sign-in. That step evaluates everything again.
///
/// # Errors
/// When the request is too long to be carried.
pub fn onwards<P: Platform>(app: &App<'_, P>, interaction: &Interaction) -> Result<Response, Failure> {
    Ok(Response::see_other(match home(&interaction.aim) {
        Some(path) => path,
        None => link(app, Route::Consent.path(), interaction)?,
    }))
}

/// The page of ours that the user is on the way to, when no client waits for an answer.
fn home(aim: &Aim) -> Option<String> {
    match aim {
        Aim::Account(_) => Some(Route::Account.path().to_owned()),
        Aim::Authorize(_) => None,
        Aim::Developer { app: None, .. } => Some(Route::Developer.path().to_owned()),
        Aim::Developer { app: Some(id), .. } => Some(Route::DeveloperApp.path_of(id)),
    }
}

/// Redirects to the sign-in page, which leads to `aim` and shows `notice`.
///
/// # Errors
/// When the browser or the link cannot be sealed.
pub fn sign_in_first<P: Platform>(
    app: &App<'_, P>,
    known: Option<Browser>,
    aim: Aim,
    notice: Option<Notice>,
) -> Result<Response, Failure> {
    let browser = known.clone().unwrap_or_else(|| browser::new(app));
    let begun = Interaction::new(random(app.platform), aim, app.now).in_browser(&browser, app.now);
    let link = link(app, Route::Login.path(), &begun)?;
    let response = Response::see_other(match notice {
        Some(notice) => browser::saying(app, browser.id, &link, notice.name())?,
        None => link,
    });
    if known.is_some() { Ok(response) } else { browser::remembered(app, response, &browser, None) }
}

/// Sends a refusal back to a client that the user knows.
pub fn refuse<P>(app: &App<'_, P>, answer_to: &VerifiedReturn, rejection: Rejection) -> Response {
    deliver(app.look, answer_to.with_error(&rejection))
}

/// Makes a code for the granted scopes and sends it to the client.
///
/// # Errors
/// When the code would be too long.
pub fn answer<P: Platform>(
    app: &App<'_, P>,
    asked: &Asked,
    at: SessionRef,
    authentication: &Authentication,
    allowed: &Allowed,
) -> Result<Response, Failure> {
    let Asked { client, request } = asked;
    let is_allowed = |scope: &str| allowed.scopes.contains(scope);
    let granted = request.grantable.granted(&allowed.scopes);
    let scopes = granted.scopes.to_string();
    let claims = request.claims.clone().filtered(&app.config.claims, is_allowed);
    let code = Code {
        holder: FamilyHolder::Account(at.account),
        session: at.session,
        grant: allowed.grant,
        epoch: authentication.epoch,
        family: FamilyId::allocate(app.now.plus(lifetimes::FAMILY), random(app.platform)),
        code: CodeId::from_bytes(random(app.platform)),
        client: client.id.clone(),
        client_version: client.version,
        redirect_uri: request.answer_to.redirect_uri().to_owned(),
        challenge: request.challenge,
        granted,
        nonce: request.nonce.clone(),
        auth_time: authentication.auth_time,
        authentication: Some([assurance::PASSWORD, " ", &authentication.amr].concat()),
        dpop_jkt: None,
        authorization_details: None,
        claims: claims.to_text(),
        link: request.link,
    };
    let sealed = seal(app, &code, lifetimes::CODE)?;
    if request.link.is_some() {
        return Ok(deliver(app.look, request.answer_to.with_code_alone(sealed)));
    }
    let sid = Sid::of(at.session, &client.id);
    let session_state = session_state(&client.id, request.answer_to.origin(), &sid, random(app.platform));
    Ok(deliver(app.look, request.answer_to.with_code(sealed, scopes, session_state)))
}
