//! What a request needs next: one pure function, asked at every step, and the only one that lets an answer be made. What a
//! user needs who asks for their own page is decided beside it.

use serde::{Deserialize, Serialize};

use super::authorize::AuthorizationRequest;
use super::prompt::{Another, Prompt};
use super::rejection::Rejection;
use crate::base::{GrantId, SessionId, UnixTime};
use crate::oauth::client::redirect_uri::RedirectKind;
use crate::oauth::client::{Client, FaceDigest, Voucher};
use crate::oauth::scope::Scopes;

/// What the user's object says about the browser's session at this moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SessionFacts {
    /// The live session.
    pub session: SessionId,
    /// When the user was authenticated.
    pub auth_time: UnixTime,
    /// Whether they are the user that the client expects (`id_token_hint`, or a value for `sub`), if it expects one.
    pub is_expected: bool,
    /// What the user allowed this client, if anything.
    pub consent: Option<GivenConsent>,
}

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct GivenConsent {
    /// The grant's id.
    pub grant: GrantId,
    /// What the user saw of the client then.
    pub face: FaceDigest,
    /// What was allowed.
    pub scopes: Scopes,
    /// What was declined beside it.
    pub declined: Scopes,
    /// Whether it was given to this very request.
    pub is_new: bool,
}

/// What this browser has done about the request so far.
#[derive(Clone, Copy, Debug)]
pub struct Progress<'a> {
    /// When the request arrived.
    pub began_at: UnixTime,
    /// The sessions that were there when the request arrived.
    pub began_with: &'a [SessionId],
    /// The one that the user picked since.
    pub chosen: Option<SessionId>,
    /// Whether anybody else is signed in who could be picked.
    pub others: bool,
}

impl Progress<'_> {
    /// Whether the user came forward since the request arrived.
    #[must_use]
    pub fn is_picked(&self, session: SessionId) -> bool {
        self.chosen == Some(session) || !self.began_with.contains(&session)
    }
}

/// What a grant answers a request with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Allowed {
    /// The grant's id.
    pub grant: GrantId,
    /// Which of the request's scopes to allow it covers. Those that were declined are missing, and no token has them.
    pub scopes: Scopes,
}

/// The next step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// The user sees their own page. This never follows from a request.
    Account,
    /// A code may be made on the strength of a grant.
    Answer(Allowed),
    /// The user has to choose one of the accounts that are signed in.
    Choose,
    /// The user has to be asked.
    Consent,
    /// The user goes to make an account, and comes back to sign in.
    Create,
    /// The user has to sign in.
    Login,
    /// The client is told no.
    Refuse(Rejection),
}

/// What `request` of `client` needs next.
#[must_use]
pub fn next(
    request: &AuthorizationRequest,
    client: &Client,
    facts: Option<&SessionFacts>,
    progress: Progress<'_>,
    now: UnixTime,
) -> Next {
    if request.prompt.demands().create && facts.is_none_or(|facts| !progress.is_picked(facts.session)) {
        return Next::Create;
    }
    let person = match facts {
        None if progress.others => Err(Next::Choose),
        None => Err(Next::Login),
        // Somebody else came to the form that was shown for the one whom the client expects.
        Some(facts) if !facts.is_expected && progress.is_picked(facts.session) => {
            return Next::Refuse(Rejection::LoginRequired);
        }
        Some(facts) if !facts.is_expected || !is_authenticated(request, facts, progress, now) => Err(Next::Login),
        Some(facts) if !is_selected(request, facts, progress) => Err(Next::Choose),
        Some(facts) => Ok(facts),
    };
    match person {
        // OpenID Connect Core section 3.1.2.6.
        Err(Next::Choose) if request.prompt == Prompt::None => Next::Refuse(Rejection::AccountSelectionRequired),
        Err(_) if request.prompt == Prompt::None => Next::Refuse(Rejection::LoginRequired),
        // A user who has to sign in again does not choose an account first.
        Err(_) if request.prompt.demands().login => Next::Login,
        Err(next) => next,
        Ok(facts) => match facts.consent.as_ref().and_then(|consent| allowed(request, client, consent)) {
            Some(allowed) => Next::Answer(allowed),
            // A client that the user allows nothing does not learn that they are here: by a subject that it names, a hint that it kept or
            // the age of their sign-in it could tell who they are.
            None if request.prompt == Prompt::None && facts.consent.is_none() => Next::Refuse(Rejection::LoginRequired),
            None if request.prompt == Prompt::None => Next::Refuse(Rejection::ConsentRequired),
            None => Next::Consent,
        },
    }
}

/// What is demanded of a user who asks for their own page.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Visit {
    /// The earliest sign-in that is accepted.
    pub authenticated_since: Option<UnixTime>,
    /// Whether they want another account than those of the sessions so far, and how they get there.
    pub another: Option<Another>,
}

/// What a user needs next on the way to their own page.
#[must_use]
pub fn next_of_visit(visit: Visit, facts: Option<&SessionFacts>, progress: Progress<'_>) -> Next {
    let came_forward = facts.is_some_and(|facts| progress.is_picked(facts.session));
    match facts {
        _ if visit.another == Some(Another::SignsIn) && !came_forward => Next::Login,
        None if progress.others => Next::Choose,
        None => Next::Login,
        Some(facts) if visit.authenticated_since.is_some_and(|since| facts.auth_time < since) => Next::Login,
        Some(_) if visit.another.is_some() && !came_forward => Next::Choose,
        Some(_) => Next::Account,
    }
}

/// Whether the sign-in is what the request demands. Its time alone makes it good enough. Clocks may differ, so a session that is
/// known to be older than the request is refused even where its time would do.
fn is_authenticated(
    request: &AuthorizationRequest,
    facts: &SessionFacts,
    progress: Progress<'_>,
    now: UnixTime,
) -> bool {
    if request.demands_sign_in() && progress.began_with.contains(&facts.session) {
        return false;
    }
    request.authenticated_since(progress.began_at, now).is_none_or(|since| facts.auth_time >= since)
}

/// Whether the user was asked with which account to go on, where the request wants that. To sign in is an answer.
fn is_selected(request: &AuthorizationRequest, facts: &SessionFacts, progress: Progress<'_>) -> bool {
    !request.prompt.demands().select_account || progress.is_picked(facts.session)
}

/// What a consent answers this request with, if it does. A scope that was declined is as good as answered for as long as the
/// client leaves it to the user.
///
/// One that was given to another request does so only for clients that an administrator vouches for and whose answer
/// reaches nobody else: any program can listen on loopback or take over a scheme (RFC 8252 section 8.6), and a client that
/// registered itself may be anybody. A request that links the user to an identity at the client is never answered without
/// a page: an attacker may have sent them here, to link them to an identity of their own.
fn allowed(request: &AuthorizationRequest, client: &Client, consent: &GivenConsent) -> Option<Allowed> {
    let vouched = client.voucher == Voucher::Administrator;
    let reaches_its_own = request.answer_to.kind() == RedirectKind::Https;
    let links = request.link.is_some();
    let in_silence = !request.prompt.demands().consent && !links && vouched && reaches_its_own;
    let optional = request.optional(client);
    let is_declined = |scope: &str| optional.contains(scope) && consent.declined.contains(scope);
    let is_answered = request.to_allow.iter().all(|scope| consent.scopes.contains(scope) || is_declined(scope));
    let scopes = request.to_allow.filtered(|scope| consent.scopes.contains(scope));
    let answers = (consent.is_new || in_silence)
        && consent.face == client.face()
        && is_answered
        && request.grantable.is_of_use_with(&scopes);
    answers.then_some(Allowed { grant: consent.grant, scopes })
}
