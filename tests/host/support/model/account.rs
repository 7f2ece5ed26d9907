//! What an account must do, as plainly as it can be said: section 4 of the design as a program over maps, without
//! storage, and without a line in common with `grantry::oauth::token::family` and `grantry::store::account`. It is written to
//! be read beside the specification, whose sentences stand next to the rules that state them.
//!
//! It answers with every reply that the specification allows. Where several reasons for a refusal hold at once, any of
//! them may be given, because all of them are `invalid_grant` on the wire.

use std::collections::BTreeMap;

use grantry::base::{AttemptId, FamilyId, GrantId, Seconds, SessionId, UnixTime};
use grantry::oauth::client::ClientId;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::family::Refusal;
use grantry::sign_in::device::DeviceKey;
use grantry::store::Ask;
use grantry::store::account::{
    AddGrant, Authentication, Command, Create, Created, Denied, Disconnect, EndSession, Inspect, NotReplaced,
    RaiseEpoch, Redeem, Refresh, ReplaceProfile, Replaced, Revoke, SignIn, SignInRefusal, SignedIn, Sweep, SweepGrants,
    Swept,
};
use serde_json::{Value, to_value};

/// An account object: nothing, until it was given its tables.
#[derive(Clone, Debug, Default)]
pub struct Model(pub Option<Account>);

/// One user.
#[derive(Clone, Debug)]
pub struct Account {
    pub sub: String,
    pub epoch: u32,
    pub active: bool,
    /// How often the profile was changed, from 1, and when it was last.
    pub version: u32,
    pub modified_at: UnixTime,
    /// The last attempt that changed any of the above.
    pub attempt: AttemptId,
    pub sessions: BTreeMap<SessionId, Session>,
    pub grants: BTreeMap<(ClientId, GrantId), (Scopes, UnixTime)>,
    pub families: BTreeMap<FamilyId, Family>,
    pub events: usize,
}

/// A browser in which the user is signed in.
#[derive(Clone, Debug)]
pub struct Session {
    pub attempt: AttemptId,
    pub epoch: u32,
    pub auth_time: UnixTime,
    pub expires_at: UnixTime,
}

/// All tokens that descend from one code.
#[derive(Clone, Debug)]
pub struct Family {
    /// The redemption that founded it.
    pub founded: Redeem,
    /// When it was founded, or when its last use was written.
    pub used_at: UnixTime,
    /// "The row keeps `cur`, `prev`, and the numbers first presented in the last 60 s (`recent`)."
    pub cur: u32,
    pub prev: Option<(u32, UnixTime)>,
    pub recent: Vec<(u32, UnixTime)>,
    /// Access tokens up to this serial are revoked.
    pub floor: i64,
    pub revoked: bool,
}

/// The replies that are allowed, and the rows that are written for them.
#[derive(Debug)]
pub struct Expected {
    pub replies: Vec<Value>,
    pub rows: usize,
}

/// Rows written, and the reply or every reason to refuse.
pub(super) type Outcome<T, E = Refusal> = (usize, Result<T, Vec<E>>);

pub(super) const MINUTE: i64 = 60;
pub(super) const DAY: i64 = 86_400;
pub(super) const MOST_RECENT: usize = 16;

impl Model {
    /// Does what `command` asks, and says what the object must answer.
    pub fn handle(&mut self, now: UnixTime, command: &Command) -> Expected {
        if let Command::Create(ask) = command {
            return self.create(now, ask);
        }
        // "An object without tables answers `unknown` and creates none."
        let Some(account) = &mut self.0 else {
            return nothing_there(command);
        };
        match command {
            Command::AddGrant(ask) => answered::<AddGrant, _, _>(account.add_grant(now, ask)),
            Command::Create(_) => unreachable!("answered above"),
            Command::Disconnect(ask) => answered::<Disconnect, _, _>(account.disconnect(ask)),
            Command::EndSession(ask) => answered::<EndSession, _, _>(account.end_session(now, ask)),
            Command::Inspect(ask) => answered::<Inspect, _, _>((0, account.inspect(now, ask))),
            Command::RaiseEpoch(ask) => answered::<RaiseEpoch, _, _>(account.raise_epoch(now, ask)),
            Command::Redeem(ask) => answered::<Redeem, _, _>(account.redeem(now, ask)),
            Command::Refresh(ask) => answered::<Refresh, _, _>(account.refresh(now, ask)),
            Command::Revoke(ask) => Expected { replies: vec![json::<Revoke>(&())], rows: account.revoke(ask) },
            Command::ReplaceProfile(ask) => answered::<ReplaceProfile, _, _>(account.replace_profile(now, ask)),
            Command::SignIn(ask) => answered::<SignIn, _, _>(account.sign_in(now, ask)),
            Command::Sweep(ask) => account.sweep(now, ask),
            Command::SweepGrants(ask) => account.sweep_grants(now, ask),
            other => unreachable!("the model is of tokens and knows nothing of {other:?}"),
        }
    }

    /// Five tables of two rows each and the head row; the same attempt gets the same answer.
    fn create(&mut self, now: UnixTime, ask: &Create) -> Expected {
        let (rows, reply) = match &self.0 {
            Some(account) if account.attempt == ask.attempt => (0, Created::Created),
            Some(_) => (0, Created::Exists),
            None => (11, Created::Created),
        };
        self.0.get_or_insert_with(|| Account {
            sub: ask.sub.clone(),
            epoch: 0,
            active: true,
            version: 1,
            modified_at: now,
            attempt: ask.attempt,
            sessions: BTreeMap::new(),
            grants: BTreeMap::new(),
            families: BTreeMap::new(),
            events: 0,
        });
        Expected { replies: vec![json::<Create>(&reply)], rows }
    }
}

impl Account {
    /// A session that was not ended, has not expired and is not of an older epoch.
    pub(super) fn is_alive(&self, now: UnixTime, session: &SessionId) -> bool {
        self.sessions.get(session).is_some_and(|session| now < session.expires_at && session.epoch == self.epoch)
    }

    /// "A redeem or sign-in deletes up to two such rows on its way": those of the first two families that are
    /// removable, then, of as many first sessions as are left to two, those that have expired. Ids begin with the minute
    /// of their end, so the first rows are the ones to look at.
    pub(super) fn remove_two(&mut self, now: UnixTime) -> usize {
        let families = self.remove_families(now, None, 2);
        families + self.remove_sessions(now, 2 - families)
    }

    fn remove_families(&mut self, now: UnixTime, after: Option<FamilyId>, looked_at: usize) -> usize {
        let before = self.families.len();
        for id in self.families_after(after).into_iter().take(looked_at) {
            if self.families[&id].is_removable(now) {
                self.families.remove(&id);
            }
        }
        before - self.families.len()
    }

    fn families_after(&self, after: Option<FamilyId>) -> Vec<FamilyId> {
        self.families.keys().copied().filter(|id| after.is_none_or(|after| *id > after)).collect()
    }

    fn remove_sessions(&mut self, now: UnixTime, looked_at: usize) -> usize {
        let before = self.sessions.len();
        for id in self.sessions.keys().copied().take(looked_at).collect::<Vec<_>>() {
            if now >= self.sessions[&id].expires_at {
                self.sessions.remove(&id);
            }
        }
        before - self.sessions.len()
    }

    /// "One alarm does the rest in bounded batches."
    fn sweep(&mut self, now: UnixTime, ask: &Sweep) -> Expected {
        let limit = ask.limit as usize;
        let ahead = self.families_after(ask.after);
        let rows = self.remove_families(now, ask.after, limit) + self.remove_sessions(now, limit);
        let rows_left = !self.families.is_empty() || !self.sessions.is_empty();
        // A batch that is exactly full may or may not know that it saw the end.
        let mut replies = Vec::new();
        if ahead.len() <= limit {
            replies.push(json::<Sweep>(&Swept { next: None, rows_left }));
        }
        if ahead.len() >= limit && limit > 0 {
            replies.push(json::<Sweep>(&Swept { next: Some(ahead[limit - 1]), rows_left }));
        }
        Expected { replies, rows }
    }

    /// Consents that were given again go when no code and no family rests on them any more: some at a time, in the order of
    /// their keys.
    fn sweep_grants(&mut self, now: UnixTime, ask: &SweepGrants) -> Expected {
        let mut keys: Vec<_> = self.grants.keys().map(|(client, id)| ((client.key(), *id), client.clone())).collect();
        keys.retain(|(key, _)| ask.after.is_none_or(|after| *key > after));
        keys.sort();
        let more = keys.len() >= ask.limit as usize;
        keys.truncate(ask.limit as usize);
        let next = keys.last().filter(|_| more).map(|(key, _)| *key);
        let before = self.grants.clone();
        for ((_, id), client) in keys {
            let at = before[&(client.clone(), id)].1;
            // A code can have been made until the newer consent was given, and then has a minute.
            let superseded = before.iter().any(|((other, newer), (_, later))| {
                *other == client && (later, newer) > (&at, &id) && now.since(*later) > 360
            });
            if superseded && self.families.values().all(|family| family.founded.grant != id) {
                self.grants.remove(&(client, id));
            }
        }
        Expected { replies: vec![json::<SweepGrants>(&next)], rows: before.len() - self.grants.len() }
    }

    /// With the right password, which is all that is tried here.
    fn sign_in(&mut self, now: UnixTime, ask: &SignIn) -> Outcome<SignedIn, SignInRefusal> {
        if !self.active {
            return (0, Err(vec![SignInRefusal::Disabled]));
        }
        let signed_in = |account: &Self, auth_time| SignedIn {
            sub: account.sub.clone(),
            epoch: account.epoch,
            auth_time,
            device: DeviceKey::from_bytes([1; 32]).admit(ask.new_device),
        };
        if let Some(session) = self.sessions.get(&ask.session) {
            assert_eq!(session.attempt, ask.attempt, "ids are random");
            if session.epoch != self.epoch {
                return (0, Err(vec![SignInRefusal::SessionEnded]));
            }
            // "The same attempt gets the same answer."
            return (0, Ok(signed_in(self, session.auth_time)));
        }
        let removed = self.remove_two(now);
        let session = Session { attempt: ask.attempt, epoch: self.epoch, auth_time: now, expires_at: ask.expires_at };
        self.sessions.insert(ask.session, session);
        (1 + removed, Ok(signed_in(self, now)))
    }

    fn end_session(&mut self, now: UnixTime, ask: &EndSession) -> Outcome<(), Denied> {
        let told = self.told_of(now, |session| *session == ask.session);
        (told + usize::from(self.sessions.remove(&ask.session).is_some()), Ok(()))
    }

    /// Rows that queue the clients which hold tokens of the living sessions that end: one, if there are any.
    fn told_of(&self, now: UnixTime, ends: impl Fn(&SessionId) -> bool) -> usize {
        let tells = |family: &Family| {
            let (session, client) = (&family.founded.session, &family.founded.client);
            let granted = self.grants.contains_key(&(client.clone(), family.founded.grant));
            !family.revoked && granted && ends(session) && self.is_alive(now, session)
        };
        usize::from(self.families.values().any(tells))
    }

    fn add_grant(&mut self, now: UnixTime, ask: &AddGrant) -> Outcome<Authentication, Denied> {
        let session = self.sessions.get(&ask.session).filter(|_| self.is_alive(now, &ask.session));
        let Some(session) =
            session.filter(|session| ask.authenticated_since.is_none_or(|since| session.auth_time >= since))
        else {
            return (0, Err(vec![Denied::SessionEnded, Denied::Disabled]));
        };
        let authentication = Authentication { epoch: self.epoch, auth_time: session.auth_time, amr: "pwd".to_owned() };
        let key = (ask.client.clone(), ask.grant);
        let new = !self.grants.contains_key(&key);
        let of_client = self.grants.iter().filter(|((client, _), _)| *client == ask.client);
        // Later than all before it, of which none may be the newest any more.
        let at = of_client.map(|(_, (_, before))| before.plus(Seconds::new(1))).fold(now, UnixTime::max);
        self.grants.entry(key).or_insert((ask.scopes.clone(), at));
        (usize::from(new), Ok(authentication))
    }

    fn disconnect(&mut self, ask: &Disconnect) -> Outcome<(), Denied> {
        let before = self.grants.len();
        self.grants.retain(|(client, _), _| *client != ask.client);
        let ended = before - self.grants.len();
        // Nothing else tells of it afterwards.
        let events = ended.min(1);
        self.events += events;
        (ended + events, Ok(()))
    }

    fn raise_epoch(&mut self, now: UnixTime, ask: &RaiseEpoch) -> Outcome<(), Denied> {
        if self.attempt == ask.attempt {
            return (0, Ok(()));
        }
        let told = self.told_of(now, |_| true);
        self.attempt = ask.attempt;
        self.epoch += 1;
        (1 + told, Ok(()))
    }

    /// An administrator's change is an event of its own.
    fn replace_profile(&mut self, now: UnixTime, ask: &ReplaceProfile) -> Outcome<Replaced, NotReplaced> {
        if self.attempt == ask.attempt {
            return (0, Ok(Replaced { version: self.version, modified_at: self.modified_at }));
        }
        if self.version != ask.version {
            return (0, Err(vec![NotReplaced::Changed]));
        }
        let is_disabled_now = self.active && !ask.active;
        let told = if is_disabled_now { self.told_of(now, |_| true) } else { 0 };
        self.attempt = ask.attempt;
        self.active = ask.active;
        self.epoch += u32::from(is_disabled_now);
        self.version += 1;
        self.modified_at = now;
        self.events += 1;
        (2 + told, Ok(Replaced { version: self.version, modified_at: now }))
    }
}

fn nothing_there(command: &Command) -> Expected {
    let reply = match command {
        Command::Revoke(_) => json::<Revoke>(&()),
        Command::SweepGrants(_) => json::<SweepGrants>(&None),
        Command::Sweep(_) => json::<Sweep>(&Swept { next: None, rows_left: false }),
        Command::SignIn(_) => json::<SignIn>(&Err(SignInRefusal::Unknown)),
        Command::ReplaceProfile(_) => json::<ReplaceProfile>(&Err(NotReplaced::Unknown)),
        Command::Inspect(_) | Command::Redeem(_) | Command::Refresh(_) => json::<Redeem>(&Err(Refusal::Unknown)),
        _ => json::<AddGrant>(&Err(Denied::Unknown)),
    };
    Expected { replies: vec![reply], rows: 0 }
}

fn answered<A: Ask<Reply = Result<T, E>>, T, E>((rows, reply): Outcome<T, E>) -> Expected {
    let replies = match reply {
        Ok(reply) => vec![json::<A>(&Ok(reply))],
        Err(reasons) => reasons.into_iter().map(|reason| json::<A>(&Err(reason))).collect(),
    };
    Expected { replies, rows }
}

fn json<A: Ask>(reply: &A::Reply) -> Value {
    to_value(reply).expect("replies can be encoded")
}
