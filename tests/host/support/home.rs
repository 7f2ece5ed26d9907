//! A user signed in at one client, for tests that tell one story.

use grantry::base::{FamilyId, GrantId, Seconds, SessionId, UnixTime};
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::family::{Member, RefreshLifetime, Refusal};
use grantry::store::account::{
    AddGrant, Created, Disconnect, EndSession, Inspect, Inspected, Issued, RaiseEpoch, Redeem, Refresh, Revoke,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::person::{Person, client, create, face, scopes, shown_face, sign_in};

pub const DAY: i64 = 86_400;
const YEAR: u32 = 365 * 86_400;
const MONTH: u32 = 30 * 86_400;

/// A user signed in, with a consent for the client under test.
pub struct Home {
    pub person: Person,
    pub session: SessionId,
    pub grant: GrantId,
    pub epoch: u32,
}

impl Home {
    pub fn new() -> Self {
        let mut person = Person::new(1_800_000_000);
        let attempt = person.attempt();
        assert_eq!(person.ask(create(attempt, "u-somebody")), Created::Created);
        let ends_at = person.now + 400 * DAY;
        let (attempt, session) = (person.attempt(), person.session(ends_at));
        let signed_in = person.ask(sign_in(attempt, session, UnixTime::from_secs(ends_at)));
        let grant = person.grant();
        person
            .ask(AddGrant {
                session,
                grant,
                client: client(0),
                face: face(),
                shown: shown_face(),
                scopes: scopes("openid rooms.read"),
                declined: Scopes::default(),
                authenticated_since: None,
            })
            .expect("granted");
        Self { person, session, grant, epoch: signed_in.expect("signed in").epoch }
    }

    /// Seals a code for a family that lives long.
    pub fn code(&mut self, offline: bool) -> Redeem {
        let now = self.person.now;
        Redeem {
            attempt: self.person.attempt(),
            family: self.person.family(now + 366 * DAY),
            code: self.person.code(),
            code_expires_at: UnixTime::from_secs(now + 60),
            client: client(0),
            grant: self.grant,
            session: self.session,
            epoch: self.epoch,
            scopes: scopes("openid"),
            offline,
            refresh: Some(RefreshLifetime {
                ends_at: self.person.at().plus(Seconds::new(YEAR)),
                idle: Seconds::new(MONTH),
            }),
            access_lifetime: Seconds::new(600),
            context: "context".to_owned(),
        }
    }

    /// A family that has been refreshed after each of these pauses; its id and its current number.
    pub fn family(&mut self, offline: bool, history: &[i64]) -> (Redeem, u32) {
        let code = self.code(offline);
        let mut current = number(self.person.ask(code.clone()));
        for pause in history {
            self.person.now += pause;
            current = number(self.refresh(code.family, current));
        }
        (code, current)
    }

    /// Presents a code again.
    pub fn redeem(&mut self, code: &Redeem) -> Result<Issued, Refusal> {
        let attempt = self.person.attempt();
        self.person.ask(Redeem { attempt, ..code.clone() })
    }

    pub fn refresh(&mut self, family: FamilyId, number: u32) -> Result<Issued, Refusal> {
        let attempt = self.person.attempt();
        self.person.ask(Refresh { attempt, family, number, client: client(0), rotates: true, scopes: None })
    }

    pub fn inspect(&self, family: FamilyId, member: Member) -> Result<Inspected, Refusal> {
        self.person.ask(Inspect { family, member })
    }

    pub fn events(&self) -> usize {
        Person::rows_of(&self.person.sql.dump(), "event")
    }

    /// Asks, and asserts that it was refused for this and that nothing changed.
    pub fn refused<T: std::fmt::Debug>(
        &mut self,
        ask: impl FnOnce(&mut Self) -> Result<T, Refusal>,
    ) -> Result<Refusal, TestCaseError> {
        let before = self.person.sql.dump();
        let refusal = ask(self);
        prop_assert_eq!(before, self.person.sql.dump(), "{:?} changed something", refusal);
        prop_assert_ne!(refusal.as_ref().err(), Some(&Refusal::Replayed), "a replay is written");
        refusal.map_or_else(Ok, |issued| Err(TestCaseError::fail(format!("not refused: {issued:?}"))))
    }
}

/// What ends everything, or nearly everything, that was issued.
#[derive(Clone, Copy, Debug)]
pub enum End {
    Disable,
    DisableAndEnable,
    Disconnect,
    SignOut,
    RaiseEpoch,
    Replay,
    Revoke,
}

impl End {
    pub fn happens(self, home: &mut Home, code: &Redeem) {
        let attempts = [home.person.attempt(), home.person.attempt()];
        let set = |home: &Home, attempt, active| home.person.set_active(attempt, active).map(|_| ()).expect("set");
        match self {
            Self::Disable => set(home, attempts[0], false),
            Self::DisableAndEnable => {
                set(home, attempts[0], false);
                set(home, attempts[1], true);
            }
            Self::Disconnect => home.person.ask(Disconnect { client: client(0) }).expect("disconnected"),
            Self::SignOut => home.person.ask(EndSession { session: home.session }).expect("ended"),
            Self::RaiseEpoch => home.person.ask(RaiseEpoch { attempt: attempts[0] }).expect("raised"),
            Self::Replay => assert_eq!(home.redeem(code).err(), Some(Refusal::Replayed)),
            Self::Revoke => {
                let member = Member::Refresh(0);
                home.person.ask(Revoke { family: code.family, client: client(0), member });
            }
        }
    }

    /// Whether a code that was not redeemed yet dies of it too.
    pub fn ends_codes(self) -> bool {
        !matches!(self, Self::Replay | Self::Revoke)
    }
}

/// The refresh token that was handed out.
pub fn number(issued: Result<Issued, Refusal>) -> u32 {
    issued.expect("issued").refresh.expect("a refresh token")
}

/// Pauses inside the minute in which answers are repeated.
pub fn soon() -> impl Strategy<Value = i64> {
    select(vec![0, 0, 1, 2, 30, 58, 59])
}

/// Pauses outside of it, the first second included.
pub fn later() -> impl Strategy<Value = i64> {
    select(vec![60, 61, 62, 90, 3_600, 40_000, DAY - 61, DAY - 1, DAY, DAY + 1, 5 * DAY])
}

pub fn history() -> impl Strategy<Value = Vec<i64>> {
    vec(prop_oneof![soon(), later()], 0..5)
}
