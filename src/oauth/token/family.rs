//! The token family: all tokens that descend from one authorization code, and the rules by which they may be used.
//!
//! These are the rules alone, without a clock and without storage; `store::account::families` applies them in one
//! synchronous step of the user's object. Every function takes a family and gives the family that it becomes.

use crate::base::{AttemptId, CodeId, GrantId, Seconds, SessionId, UnixTime};
use crate::lifetimes;
use crate::oauth::client::ClientKey;
use crate::oauth::scope::Scopes;

/// The number of the first refresh token of a family.
const FIRST: u32 = 1;

/// The most tokens whose recent use is remembered. More rotations within [`lifetimes::CONVERGENCE`] forget the oldest.
const MOST_RECENT: usize = 16;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Family {
    /// The code that founded it.
    pub code: CodeId,
    /// The attempt that founded it.
    pub attempt: AttemptId,
    /// The client that all its tokens belong to.
    pub client: ClientKey,
    /// The consent it rests on.
    pub grant: GrantId,
    /// The session it was founded in.
    pub session: SessionId,
    /// Whether it outlives that session (`offline_access`).
    pub offline: bool,
    /// The account's epoch when it was founded.
    pub epoch: u32,
    /// What was allowed.
    pub scopes: Scopes,
    /// When the code that founded it expires.
    pub code_expires_at: UnixTime,
    /// How long an access token of this family lives.
    pub access_lifetime: Seconds,
    /// When it was founded, last refreshed, or last marked as used.
    pub used_at: UnixTime,
    /// Its refresh tokens, if it has any.
    pub refresh: Option<Rotation>,
    /// Access tokens with this serial or an earlier one are revoked.
    pub floor: UnixTime,
    /// Since when all of it is revoked.
    pub revoked_at: Option<UnixTime>,
}

/// How long refresh tokens of a family can be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub struct RefreshLifetime {
    /// The end, however often it is used.
    pub ends_at: UnixTime,
    /// The longest pause between two uses.
    pub idle: Seconds,
}

/// Where a family's refresh tokens stand. Each token that is issued has a higher number than all before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rotation {
    /// How long they can be used.
    pub lifetime: RefreshLifetime,
    /// The token issued last.
    pub current: u32,
    /// The token that `current` was issued for.
    pub previous: Option<TokenUse>,
    /// The tokens presented within the last [`lifetimes::CONVERGENCE`], oldest first.
    pub recent: Vec<TokenUse>,
}

/// The first use of a refresh token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TokenUse {
    /// The token's number.
    pub number: u32,
    /// When it was presented.
    pub at: UnixTime,
}

/// What the rest of the account says about a family at this moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Standing {
    /// Whether the user may sign in at all.
    pub active: bool,
    /// The account's epoch.
    pub epoch: u32,
    /// Whether the family's session is alive.
    pub session_alive: bool,
    /// The scopes of the family's grant, if the grant still exists.
    pub granted: Option<Scopes>,
}

/// Why nothing is issued. All of them are `invalid_grant` on the wire, or an inactive token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Refusal {
    #[error("the account is disabled")]
    AccountDisabled,
    #[error("the access token is revoked")]
    AccessTokenRevoked,
    /// A password change, disabling or signing out everywhere came between.
    #[error("the account's epoch has changed")]
    EpochChanged,
    /// The code or the refresh token is too old.
    #[error("the code or the family has expired")]
    Expired,
    /// The consent does not exist any more.
    #[error("the grant is revoked")]
    GrantRevoked,
    /// The family has no access while the user is away (`offline_access`).
    #[error("offline access was not granted")]
    NotOffline,
    /// The family was founded by another code.
    #[error("another code founded this family")]
    OtherCode,
    /// The family belongs to another client.
    #[error("the family belongs to another client")]
    OtherClient,
    /// Presented a second time by somebody: the family has just been revoked for it.
    #[error("replayed: the family is now revoked")]
    Replayed,
    /// The family was revoked before.
    #[error("the family is revoked")]
    Revoked,
    /// The consent does not cover the scopes any more.
    #[error("the grant does not cover the scopes")]
    ScopeNotGranted,
    #[error("the session has ended")]
    SessionEnded,
    /// The account, family or kind of token does not exist.
    #[error("unknown")]
    Unknown,
}

/// What follows from presenting a code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Redemption {
    /// The same attempt asked again: the same answer, and nothing is written.
    Again(Family),
    /// A new family, to be written.
    Founded(Family),
    /// Nothing is issued and nothing is written.
    Refused(Refusal),
    /// The code was spent before: this revoked family is to be written, and the event.
    Replayed(Family),
}

/// What follows from presenting a refresh token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Refreshed {
    /// The family changes: to be written. The current token is handed out.
    Rotated(Family),
    /// The current token is handed out again; nothing is written.
    Repeated(Family),
    /// The presented token stays good and none is handed out; nothing is written unless the mark is due.
    Kept {
        /// The family, marked as used now if `marked`.
        family: Family,
        /// Whether the family is to be written.
        marked: bool,
    },
    /// Nothing is issued and nothing is written.
    Refused(Refusal),
    /// Two hold tokens that only one can have got: this revoked family is to be written, and the event.
    Replayed(Family),
}

/// A token of a family, as far as its family needs to know it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Member {
    /// An access token, by its serial.
    Access(UnixTime),
    /// A refresh token, by its number.
    Refresh(u32),
}

/// Decides about a code. `founding` is the family that it would found now, `existing` the row with that family's id.
///
/// The presenter has proved to be the right client with the right verifier before this is asked.
#[must_use]
pub fn redeem(existing: Option<Family>, founding: Family, standing: &Standing, now: UnixTime) -> Redemption {
    match existing {
        // Another code for the same id: a guess or a mistake, and no reason to punish the family.
        Some(family) if family.code != founding.code => Redemption::Refused(Refusal::OtherCode),
        // The Worker never lets another client come this far; if it did, the family's own client would pay for it.
        Some(family) if family.client != founding.client => Redemption::Refused(Refusal::OtherClient),
        // The same attempt after a lost reply is no replay, but nothing is issued that could not be issued now.
        Some(family) if family.attempt == founding.attempt => match family.stands(standing) {
            Ok(()) => Redemption::Again(family),
            Err(refusal) => Redemption::Refused(refusal),
        },
        // "If an authorization code is used more than once, the authorization server MUST deny the request and SHOULD
        // revoke [...] all tokens previously issued based on that authorization code." - RFC 6749 section 4.1.2
        Some(family) => match family.revoked_at {
            Some(_) => Redemption::Refused(Refusal::Revoked),
            None => Redemption::Replayed(family.revoked(now)),
        },
        None if now >= founding.code_expires_at => Redemption::Refused(Refusal::Expired),
        // A code is bound to its session even where the family will outlive it.
        None if !standing.session_alive => Redemption::Refused(Refusal::SessionEnded),
        None => match founding.stands(standing) {
            Ok(()) => Redemption::Founded(founding),
            Err(refusal) => Redemption::Refused(refusal),
        },
    }
}

impl Rotation {
    /// The first token of a new family.
    #[must_use]
    pub const fn first(lifetime: RefreshLifetime) -> Self {
        Self { lifetime, current: FIRST, previous: None, recent: Vec::new() }
    }

    fn is_recent(&self, number: u32, now: UnixTime) -> bool {
        self.recent.iter().any(|recent| recent.number == number && within(*recent, lifetimes::CONVERGENCE, now))
    }

    /// `presented` gets a new successor, which replaces one that was never presented. `None` when numbers run out.
    fn succeeded(mut self, presented: TokenUse, now: UnixTime) -> Option<Self> {
        self.current = self.current.checked_add(1)?;
        self.previous = Some(presented);
        self.recent.retain(|recent| recent.number != presented.number && within(*recent, lifetimes::CONVERGENCE, now));
        if self.recent.len() >= MOST_RECENT {
            self.recent.remove(0);
        }
        // From now on, even where the token was first presented long ago: those who present it together with this
        // request must all get this successor and not strike out each other's.
        self.recent.push(TokenUse { number: presented.number, at: now });
        Some(self)
    }
}

fn within(since: TokenUse, length: Seconds, now: UnixTime) -> bool {
    now.since(since.at) < i64::from(length.get())
}

impl Family {
    /// Decides about refresh token `number`. With `rotates`, each use issues a successor (RFC 9700 section 4.14.2);
    /// without, the client is bound by its authentication or its key, and the token stays.
    #[must_use]
    pub fn refresh(self, number: u32, rotates: bool, standing: &Standing, now: UnixTime) -> Refreshed {
        if let Err(refusal) = self.stands(standing) {
            return Refreshed::Refused(refusal);
        }
        let Some(rotation) = self.refresh.clone() else {
            return Refreshed::Refused(Refusal::Unknown);
        };
        if self.idle_end().is_none_or(|end| now >= end) {
            return Refreshed::Refused(Refusal::Expired);
        }
        if number == rotation.current && !rotates {
            let marked = now.since(self.used_at) >= i64::from(mark_interval(rotation.lifetime.idle).get());
            let used_at = if marked { now } else { self.used_at };
            return Refreshed::Kept { family: Self { used_at, ..self }, marked };
        }
        let presented = if number == rotation.current {
            TokenUse { number, at: now }
        } else if rotation.is_recent(number, now) {
            return Refreshed::Repeated(self);
        } else {
            match rotation.previous {
                Some(previous) if previous.number == number && within(previous, lifetimes::RECOVERY, now) => previous,
                _ => return Refreshed::Replayed(self.revoked(now)),
            }
        };
        match rotation.succeeded(presented, now) {
            Some(rotation) => Refreshed::Rotated(Self { refresh: Some(rotation), used_at: now, ..self }),
            None => Refreshed::Refused(Refusal::Expired),
        }
    }

    /// Decides about an access token for a client that kept no refresh token and is bound by its authentication instead.
    /// It may have what it could have with the current one, and none is handed out.
    #[must_use]
    pub fn renew(self, standing: &Standing, now: UnixTime) -> Refreshed {
        match self.refresh.as_ref().map(|rotation| rotation.current) {
            Some(current) if self.offline => self.refresh(current, false, standing, now),
            _ => Refreshed::Refused(Refusal::NotOffline),
        }
    }

    /// Whether `member` is good now. Its own expiry is inside the token.
    ///
    /// # Errors
    /// Why it is not.
    pub fn inspect(&self, member: Member, standing: &Standing, now: UnixTime) -> Result<(), Refusal> {
        self.stands(standing)?;
        match member {
            Member::Access(serial) if serial <= self.floor => Err(Refusal::AccessTokenRevoked),
            Member::Access(_) => Ok(()),
            Member::Refresh(_) if self.idle_end().is_none_or(|end| now >= end) => Err(Refusal::Expired),
            Member::Refresh(number) => {
                let rotation = self.refresh.as_ref().ok_or(Refusal::Unknown)?;
                let previous = rotation.previous.filter(|previous| within(*previous, lifetimes::RECOVERY, now));
                let usable = number == rotation.current
                    || rotation.is_recent(number, now)
                    || previous.is_some_and(|previous| previous.number == number);
                if usable { Ok(()) } else { Err(Refusal::Unknown) }
            }
        }
    }

    /// The family after `member` is revoked (RFC 7009); `None` if it was revoked before.
    ///
    /// A refresh token takes the whole family with it (RFC 7009 section 2.1), an access token itself and those before.
    #[must_use]
    pub fn revoke(self, member: Member, now: UnixTime) -> Option<Self> {
        match member {
            _ if self.revoked_at.is_some() => None,
            Member::Access(serial) if serial <= self.floor => None,
            Member::Access(serial) => Some(Self { floor: serial, ..self }),
            Member::Refresh(_) => Some(self.revoked(now)),
        }
    }

    /// The serial of an access token issued now: the time, but always above the floor.
    #[must_use]
    pub fn serial(&self, now: UnixTime) -> UnixTime {
        now.max(self.floor.plus(Seconds::new(1)))
    }

    /// When its refresh tokens end unless one is used before; `None` if it has none.
    fn idle_end(&self) -> Option<UnixTime> {
        Some(self.refresh.as_ref()?.lifetime.idle_end(self.used_at))
    }

    fn revoked(self, now: UnixTime) -> Self {
        Self { revoked_at: Some(now), ..self }
    }

    fn stands(&self, standing: &Standing) -> Result<(), Refusal> {
        if self.revoked_at.is_some() {
            return Err(Refusal::Revoked);
        }
        if !standing.active {
            return Err(Refusal::AccountDisabled);
        }
        if self.epoch != standing.epoch {
            return Err(Refusal::EpochChanged);
        }
        if !self.offline && !standing.session_alive {
            return Err(Refusal::SessionEnded);
        }
        let granted = standing.granted.as_ref().ok_or(Refusal::GrantRevoked)?;
        if self.scopes.is_within(granted) { Ok(()) } else { Err(Refusal::ScopeNotGranted) }
    }
}

/// What decides how long a family lives.
#[derive(Clone, Copy, Debug)]
pub struct Lifespan {
    /// When it was founded or last used.
    pub used_at: UnixTime,
    /// How long refresh tokens can be used, if it has any.
    pub refresh: Option<RefreshLifetime>,
    /// How long an access token lives.
    pub access_lifetime: Seconds,
    pub code_expires_at: UnixTime,
}

impl Lifespan {
    /// When the row may go: the code's replay is no longer to be recognised, and no token of the family lives.
    #[must_use]
    pub fn removable_at(&self) -> UnixTime {
        let last_issue = self.refresh.map_or(self.used_at, |refresh| refresh.idle_end(self.used_at));
        last_issue.plus(self.access_lifetime).max(self.code_expires_at.plus(lifetimes::CODE_REPLAY))
    }
}

impl RefreshLifetime {
    /// When refresh tokens that were last used at `used_at` end unless one is used before.
    fn idle_end(self, used_at: UnixTime) -> UnixTime {
        // The mark of a family without rotation may lag behind its last use by the interval: never end early for it.
        let idle = self.idle.plus(mark_interval(self.idle));
        used_at.plus(idle).min(self.ends_at)
    }
}

/// How old the mark of a family without rotation becomes before a use renews it: a day, or half of a shorter idle time.
fn mark_interval(idle: Seconds) -> Seconds {
    lifetimes::REFRESH_MARK.min(idle.half())
}
