//! What a request needs next: one pure function, asked at every step, and the only one that lets an answer be made.

use crate::base::{GrantId, SessionId, UnixTime};
use crate::oauth::authorize::{AuthorizationRequest, Rejection};
use crate::oauth::client::{Client, Face, Voucher};
use crate::oauth::redirect_uri::RedirectKind;
use crate::oauth::scope::Scopes;

/// What the person's object says about the browser's session at this moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Facts {
    /// The live session.
    pub session: SessionId,
    /// When the person was authenticated.
    pub auth_time: UnixTime,
    /// What the person allowed this client, if anything.
    pub consent: Option<Consent>,
}

/// A consent that was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Consent {
    /// The grant's id.
    pub grant: GrantId,
    /// What the person saw of the client then.
    pub face: Face,
    /// What was allowed.
    pub scopes: Scopes,
}

/// The next step.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Next {
    /// A code may be made on the strength of this grant.
    Answer(GrantId),
    /// The person has to be asked.
    Consent,
    /// The person has to sign in.
    Login,
    /// The client is told no.
    Refuse(Rejection),
}

/// What `request` of `client` needs next. `began_in` is the session that was there when the request arrived.
#[must_use]
pub fn next(
    request: &AuthorizationRequest,
    client: &Client,
    facts: Option<&Facts>,
    began_in: Option<SessionId>,
    now: UnixTime,
) -> Next {
    let Some(facts) = facts.filter(|facts| is_authenticated(request, facts, began_in, now)) else {
        return if request.prompt.none { Next::Refuse(Rejection::LoginRequired) } else { Next::Login };
    };
    match facts.consent.as_ref().filter(|consent| is_remembered(request, client, consent)) {
        Some(consent) => Next::Answer(consent.grant),
        None if request.prompt.none => Next::Refuse(Rejection::ConsentRequired),
        None => Next::Consent,
    }
}

/// Whether the sign-in is what the request demands. To sign in again makes a new session.
#[must_use]
pub fn is_authenticated(
    request: &AuthorizationRequest,
    facts: &Facts,
    began_in: Option<SessionId>,
    now: UnixTime,
) -> bool {
    let again = request.prompt.login || request.max_age.is_some_and(|age| age.get() == 0);
    if again && began_in == Some(facts.session) {
        return false;
    }
    // OpenID Connect Core section 3.1.2.1. Zero is met by a new session, whatever the clock says by then.
    request.max_age.is_none_or(|age| age.get() == 0 || now.since(facts.auth_time) <= i64::from(age.get()))
}

/// Whether an earlier consent answers this request in silence.
///
/// Only for clients that an administrator vouches for and whose answer reaches nobody else: any program can listen on
/// loopback or take over a scheme (RFC 8252 section 8.6), and a client that registered itself may be anybody.
fn is_remembered(request: &AuthorizationRequest, client: &Client, consent: &Consent) -> bool {
    let vouched = client.voucher == Voucher::Administrator;
    let reaches_its_own = request.answer_to.kind() == RedirectKind::Https;
    let same_face = consent.face == client.face();
    !request.prompt.consent && vouched && reaches_its_own && same_face && request.scopes.is_within(&consent.scopes)
}
