//! Generated sequences of commands against the account and against the model of section 4 of the design: every reply,
//! every count of rows, and that nothing changes where nothing may.
//!
//! The owner and a thief are not told apart: a thief has copies of every code and token that was ever issued, so each of
//! them may be presented at any time. When the owner lost an answer, the token in it is not presented.

use std::env;

use crate::support::model::{Expected, Model};
use crate::support::operations::{Act, DAY, Delivery, Op, Pick, Presented, Terms, Token, deliveries, ops, rotations};
use crate::support::person::{Person, Seen, client, create, face, scopes, set_active, shown_face, sign_in};
use grantry::base::{FamilyId, GrantId, Seconds, SessionId, UnixTime};
use grantry::oauth::client::ClientKey;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::family::{Member, RefreshLifetime};
use grantry::store::account::{
    AddGrant, Command, Disconnect, EndSession, Inspect, Issued, RaiseEpoch, Redeem, Refresh, Revoke, Sweep, SweepGrants,
};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::Config;
use serde_json::Value;

const START: i64 = 1_800_000_000;

/// The tokens of one family that were handed out.
struct Holding {
    family: FamilyId,
    client: usize,
    refresh: Vec<u32>,
    serials: Vec<UnixTime>,
}

/// A code as it was sealed.
struct Code {
    terms: Terms,
    redeem: Redeem,
}

/// The account, its model, and everything that was ever issued.
struct World {
    person: Person,
    model: Model,
    codes: Vec<Code>,
    holdings: Vec<Holding>,
    sessions: Vec<(SessionId, u32)>,
    grants: Vec<(GrantId, usize)>,
    swept: Option<FamilyId>,
    swept_grants: Option<(ClientKey, GrantId)>,
    last: Option<Command>,
}

type Checked<T = ()> = Result<T, TestCaseError>;

impl World {
    fn new() -> Self {
        Self {
            person: Person::new(START),
            model: Model::default(),
            codes: Vec::new(),
            holdings: Vec::new(),
            sessions: Vec::new(),
            grants: Vec::new(),
            swept: None,
            swept_grants: None,
            last: None,
        }
    }

    /// Sends a command and compares its result with the model.
    fn send(&mut self, command: impl Into<Command>, delivery: Delivery) -> Checked<Value> {
        let command = command.into();
        self.last = Some(command.clone());
        if let Delivery::Fails(statements) = delivery {
            let before = self.person.sql.dump();
            self.person.sql.fail_after(statements);
            let seen = self.person.command(&command);
            self.person.sql.fail_after(u32::MAX);
            if let Ok(seen) = seen {
                let expected = self.model.handle(self.person.at(), &command);
                return self.compare(&command, &expected, seen, &before);
            }
            prop_assert_eq!(before, self.person.sql.dump(), "{:?} failed and left something", command);
        }
        if let Delivery::Twice = delivery {
            self.once(&command)?;
        }
        self.once(&command)
    }

    fn once(&mut self, command: &Command) -> Checked<Value> {
        let expected = self.model.handle(self.person.at(), command);
        let before = if expected.rows == 0 { self.person.sql.dump() } else { Vec::new() };
        let seen =
            self.person.command(command).map_err(|fault| TestCaseError::fail(format!("{command:?}: {fault}")))?;
        self.compare(command, &expected, seen, &before)
    }

    fn compare(&self, command: &Command, expected: &Expected, seen: Seen, before: &[String]) -> Checked<Value> {
        let agrees = expected.replies.contains(&seen.reply) && expected.rows == seen.rows;
        let after = self.person.now - START;
        prop_assert!(agrees, "after {after} s {command:?}\nexpected {expected:?}\n but saw {seen:?}");
        if expected.rows == 0 {
            prop_assert_eq!(before, self.person.sql.dump(), "{:?} changed something", command);
        }
        Ok(seen.reply)
    }

    /// The rows that there are, against the model.
    fn compare_contents(&self) -> Checked {
        let dump = self.person.sql.dump();
        let rows = ["head", "session", "consent", "family", "event"].map(|table| Person::rows_of(&dump, table));
        let expected = self.model.0.as_ref().map_or([0; 5], |account| {
            [1, account.sessions.len(), account.grants.len(), account.families.len(), account.events]
        });
        prop_assert_eq!(rows, expected, "rows of head, session, consent, family, event");
        Ok(())
    }

    fn run(&mut self, op: Op, delivery: Delivery) -> Checked {
        match op {
            Op::SignIn { opens, terms } => self.sign_in(opens, terms, delivery)?,
            Op::Authorize { session, grant, terms, family_of } => self.authorize(&session, &grant, terms, family_of),
            Op::Redeem { code, other_client } => {
                if let Some(code) = picked(&code, self.codes.len()) {
                    self.redeem(code, other_client, delivery)?;
                }
            }
            Op::Present(family, act) => {
                if let Some(holding) = picked(&family, self.holdings.len()) {
                    self.present(holding, act, delivery)?;
                }
            }
            Op::OpenSession { lifetime } => self.open_session(lifetime, delivery)?,
            Op::EndSession { session } => {
                if let Some(session) = picked(&session, self.sessions.len()) {
                    self.send(EndSession { session: self.sessions[session].0 }, delivery)?;
                }
            }
            Op::AddGrant { session, client, scopes } => {
                if let Some(session) = picked(&session, self.sessions.len()) {
                    self.add_grant(self.sessions[session].0, client, scopes, delivery)?;
                }
            }
            Op::Disconnect { client: index } => drop(self.send(Disconnect { client: client(index) }, delivery)?),
            Op::RaiseEpoch => {
                let attempt = self.person.attempt();
                self.send(RaiseEpoch { attempt }, delivery)?;
            }
            Op::SetActive(active) => {
                let attempt = self.person.attempt();
                let version = self.model.0.as_ref().map_or(1, |account| account.version);
                self.send(set_active(attempt, version, active), delivery)?;
            }
            Op::Create => {
                let attempt = self.person.attempt();
                self.send(create(attempt, "u-somebody"), delivery)?;
            }
            Op::Sweep { limit, goes_on } => {
                let after = self.swept.filter(|_| goes_on);
                let reply = self.send(Sweep { after, limit }, delivery)?;
                self.swept = serde_json::from_value(reply["next"].clone()).expect("an id or none");
                let after = self.swept_grants.filter(|_| goes_on);
                let reply = self.send(SweepGrants { after, limit }, delivery)?;
                self.swept_grants = serde_json::from_value(reply).expect("a key or none");
            }
            Op::Again => {
                if let Some(last) = self.last.clone() {
                    self.send(last, delivery)?;
                }
            }
            Op::Wait(seconds) => self.person.now += seconds,
            Op::Until { moment, off } => {
                let moments = self.next_moments();
                if !moments.is_empty() {
                    self.person.now = self.person.now.max(moment.get(&moments) + off);
                }
            }
        }
        Ok(())
    }

    fn present(&mut self, holding: usize, act: Act, delivery: Delivery) -> Checked {
        let Holding { family, client: own, .. } = self.holdings[holding];
        match act {
            Act::Refresh { token, rotates, other_client } => {
                let number = self.number(holding, &token);
                self.refresh(holding, number, rotates, other_client, delivery)?;
            }
            Act::Burst { token, times, follows } => {
                let mut number = self.number(holding, &token);
                for _ in 0..times {
                    let answered = self.refresh(holding, number, true, false, delivery)?;
                    number = answered.filter(|_| follows).unwrap_or(number);
                }
            }
            Act::Inspect(presented) => {
                let member = self.member(holding, &presented);
                self.send(Inspect { family, member }, delivery)?;
            }
            Act::Revoke { presented, other_client } => {
                let member = self.member(holding, &presented);
                let client = client(own + usize::from(other_client));
                self.send(Revoke { family, client, member }, delivery)?;
            }
        }
        Ok(())
    }

    fn sign_in(&mut self, opens: Option<i64>, terms: Terms, delivery: Delivery) -> Checked {
        if opens.is_some() || self.sessions.is_empty() {
            self.open_session(opens.unwrap_or(14 * DAY), delivery)?;
        }
        if let Some((session, _)) = self.sessions.last().copied() {
            self.add_grant(session, terms.client, terms.scopes, delivery)?;
            self.authorize(&Pick::Newest, &Pick::Newest, terms, None);
            self.redeem(self.codes.len() - 1, false, delivery)?;
        }
        Ok(())
    }

    fn open_session(&mut self, lifetime: i64, delivery: Delivery) -> Checked {
        let ends_at = self.person.now + lifetime;
        let (attempt, session) = (self.person.attempt(), self.person.session(ends_at));
        let reply = self.send(sign_in(attempt, session, UnixTime::from_secs(ends_at)), delivery)?;
        if let Some(epoch) = reply["Ok"]["epoch"].as_u64() {
            self.sessions.push((session, u32::try_from(epoch).expect("a small epoch")));
        }
        Ok(())
    }

    fn add_grant(&mut self, session: SessionId, index: usize, list: &str, delivery: Delivery) -> Checked {
        let grant = self.person.grant();
        self.send(
            AddGrant {
                session,
                grant,
                client: client(index),
                face: face(),
                shown: shown_face(),
                scopes: scopes(list),
                declined: Scopes::default(),
                authenticated_since: None,
            },
            delivery,
        )?;
        self.grants.push((grant, index));
        Ok(())
    }

    /// Seals a code. It may be for more than was granted, and, what no Worker does, for the family of another code.
    fn authorize(&mut self, session: &Pick, grant: &Pick, terms: Terms, family_of: Option<Index>) {
        let (Some(session), Some(grant)) = (picked(session, self.sessions.len()), picked(grant, self.grants.len()))
        else {
            return;
        };
        let ((session, epoch), (grant, index)) = (self.sessions[session], self.grants[grant]);
        let ends_at = self.person.now + 60 + i64::from(terms.refresh.map_or(0, |refresh| refresh.0) + terms.access);
        let family = match family_of {
            Some(other) if !self.codes.is_empty() => other.get(&self.codes).redeem.family,
            _ => self.person.family(ends_at),
        };
        let redeem = Redeem {
            attempt: self.person.attempt(),
            family,
            code: self.person.code(),
            code_expires_at: UnixTime::from_secs(self.person.now + 60),
            client: client(index),
            grant,
            session,
            epoch,
            scopes: scopes(terms.scopes),
            offline: terms.offline,
            refresh: None,
            access_lifetime: Seconds::new(terms.access),
            context: format!("context {}", self.codes.len()),
        };
        self.codes.push(Code { terms: Terms { client: index, ..terms }, redeem });
    }

    /// Which client a code is for is checked before the object is called; should another client get that far, it gains nothing.
    fn redeem(&mut self, code: usize, other_client: bool, delivery: Delivery) -> Checked {
        let Code { terms, redeem } = &self.codes[code];
        let lifetime = |(absolute, idle)| RefreshLifetime {
            ends_at: self.person.at().plus(Seconds::new(absolute)),
            idle: Seconds::new(idle),
        };
        let (index, refresh) = (terms.client, terms.refresh.map(lifetime));
        let client = client(index + usize::from(other_client));
        let redeem = redeem.clone();
        let redeem = Redeem { refresh, client, attempt: self.person.attempt(), ..redeem };
        let family = redeem.family;
        let reply = self.send(redeem, delivery)?;
        if let Some(issued) = issued(&reply) {
            let serials = vec![issued.serial];
            self.holdings.push(Holding {
                family,
                client: index,
                refresh: issued.refresh.into_iter().collect(),
                serials,
            });
        }
        Ok(())
    }

    /// Presents a refresh token; answers with the number that was handed out.
    fn refresh(
        &mut self,
        holding: usize,
        number: u32,
        rotates: bool,
        other_client: bool,
        delivery: Delivery,
    ) -> Checked<Option<u32>> {
        let Holding { family, client: own, .. } = self.holdings[holding];
        let (attempt, client) = (self.person.attempt(), client(own + usize::from(other_client)));
        let reply = self.send(Refresh { attempt, family, number, client, rotates, scopes: None }, delivery)?;
        let Some(issued) = issued(&reply) else { return Ok(None) };
        let held = &mut self.holdings[holding];
        held.serials.push(issued.serial);
        held.refresh.extend(issued.refresh.filter(|number| !held.refresh.contains(number)));
        Ok(issued.refresh)
    }

    fn number(&self, holding: usize, token: &Token) -> u32 {
        let numbers = &self.holdings[holding].refresh;
        let newest = numbers.last().copied().unwrap_or(7);
        match token {
            Token::BeforeCurrent => numbers.iter().rev().nth(1).copied().unwrap_or(newest),
            Token::Any(index) if !numbers.is_empty() => *index.get(numbers),
            Token::Current | Token::Any(_) => newest,
            Token::NeverIssued(above) => newest.saturating_add(*above),
        }
    }

    fn member(&self, holding: usize, presented: &Presented) -> Member {
        let serials = &self.holdings[holding].serials;
        match presented {
            Presented::Refresh(token) => Member::Refresh(self.number(holding, token)),
            Presented::Access(pick) => Member::Access(serials[picked(pick, serials.len()).expect("one was issued")]),
        }
    }

    /// The next few moments at which something ends.
    fn next_moments(&self) -> Vec<i64> {
        let mut moments: Vec<i64> = self.codes.iter().map(|code| code.redeem.code_expires_at.as_secs()).collect();
        if let Some(account) = &self.model.0 {
            moments.extend(account.sessions.values().map(|session| session.expires_at.as_secs()));
            for family in account.families.values() {
                moments.push(family.founded.code_expires_at.as_secs() + 300);
                moments.extend(family.recent.iter().map(|(_, at)| at.as_secs() + 60));
                moments.extend(family.prev.map(|(_, at)| at.as_secs() + DAY));
                moments.extend(family.refresh_ends_at().map(UnixTime::as_secs));
                moments.extend(family.founded.refresh.map(|lifetime| lifetime.ends_at.as_secs()));
                moments.push(family.used_at.as_secs() + DAY);
                moments.push(family.removable_at().as_secs());
            }
        }
        moments.retain(|moment| *moment >= self.person.now);
        moments.sort_unstable();
        moments.dedup();
        moments.truncate(5);
        moments
    }
}

fn picked(pick: &Pick, of: usize) -> Option<usize> {
    match pick {
        _ if of == 0 => None,
        Pick::Newest => Some(of - 1),
        Pick::Any(index) => Some(index.index(of)),
    }
}

fn issued(reply: &Value) -> Option<Issued> {
    serde_json::from_value(reply["Ok"].clone()).ok()
}

fn config(cases: u32) -> Config {
    let default = Config::default();
    Config {
        cases: if env::var_os("PROPTEST_CASES").is_some() { default.cases } else { cases },
        max_shrink_iters: 20_000,
        ..default
    }
}

proptest! {
    #![proptest_config(config(1_200))]

    // spec: Invariant 2 - codes and refresh tokens are spent as the model says, whatever is repeated or fails
    // spec: Invariant 3 - what is refused changes no row
    #[test]
    fn the_account_does_what_the_model_says(
        created in prop::bool::weighted(0.97),
        steps in prop::collection::vec((ops(), deliveries()), 1..80),
    ) {
        let mut world = World::new();
        if created {
            world.run(Op::Create, Delivery::Once)?;
        }
        for (op, delivery) in steps {
            world.run(op, delivery)?;
        }
        world.compare_contents()?;
    }

    // spec: RFC 9700 section 4.14.2 - rotation of refresh tokens follows the model, for every order of presented tokens
    #[test]
    fn a_family_does_what_the_model_says(steps in prop::collection::vec(rotations(), 1..60)) {
        let mut world = World::new();
        world.run(Op::Create, Delivery::Once)?;
        for op in steps {
            world.run(op, Delivery::Once)?;
        }
        world.compare_contents()?;
    }
}
