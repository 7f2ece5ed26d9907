//! One account object as the Worker sees it: commands and replies pass through JSON, as they do on the wire.

use grantry::base::{AttemptId, CodeId, FamilyId, GrantId, SessionId, UnixTime};
use grantry::oauth::client::{ClientId, FaceDigest, ShownFace};
use grantry::oauth::person::profile::Profile;
use grantry::oauth::scope::Scopes;
use grantry::sign_in::device::DeviceKey;
use grantry::sign_in::origin::Origin;
use grantry::sign_in::password::{PasswordParameters, Verifier};
use grantry::store::Ask;
use grantry::store::account::{
    AddGrant, Command, Create, Credential, Disconnect, EndSession, Inspect, NotReplaced, RaiseEpoch, ReadProfile,
    Redeem, Refresh, ReplaceProfile, Replaced, Revoke, SignIn, Sweep, SweepGrants, handle,
};
use grantry::store::sql::{Sql as _, SqlFault};
use grantry::store::wire::{Encoded, decode_command, encode_command};
use serde_json::Value;

use super::sqlite::Sqlite;

/// The password of users here, as their accounts keep it.
pub fn credential() -> Credential {
    Credential { parameters: PasswordParameters::current([1; 16]), verifier: Verifier::from_bytes([1; 32]) }
}

/// The command that signs in with that password, in a browser of its own.
pub fn sign_in(attempt: AttemptId, session: SessionId, expires_at: UnixTime) -> SignIn {
    let Credential { parameters, verifier } = credential();
    SignIn {
        attempt,
        session,
        expires_at,
        salt_used: parameters.salt,
        verifier,
        address_prefix: "192.0.2.0/24".to_owned(),
        origin: Origin::default(),
        device: None,
        new_device: *attempt.as_bytes(),
    }
}

/// The command that enables or disables an account whose profile has this version.
pub fn set_active(attempt: AttemptId, version: u32, active: bool) -> ReplaceProfile {
    ReplaceProfile { attempt, version, profile: Profile::default(), active, credential: None, lease: None }
}

/// The command that makes an account.
pub fn create(attempt: AttemptId, sub: &str) -> Create {
    Create {
        attempt,
        sub: sub.to_owned(),
        device_key: DeviceKey::from_bytes([1; 32]),
        profile: Profile::default(),
        active: true,
        credential: Some(credential()),
        lease: None,
    }
}

/// What users see of every client here.
pub fn face() -> FaceDigest {
    FaceDigest::from_slice(&[2; 16]).expect("sixteen bytes")
}

/// What users saw of a client.
pub fn shown_face() -> ShownFace {
    ShownFace { name: "Planner".to_owned(), host: Some("planner.example".to_owned()), verified: true }
}

/// An account object and its clock.
pub struct Person {
    pub sql: Sqlite,
    pub now: i64,
    ids: u64,
}

/// What came back, decoded as the command's reply and encoded again, and the rows that were written for it.
#[derive(Debug, PartialEq)]
pub struct Seen {
    pub reply: Value,
    pub rows: usize,
}

impl Person {
    /// An object that has got no command yet.
    pub fn new(now: i64) -> Self {
        Self { sql: Sqlite::new(), now, ids: 0 }
    }

    pub fn at(&self) -> UnixTime {
        UnixTime::from_secs(self.now)
    }

    /// Sends `ask`, which must not fail for want of a database.
    pub fn ask<A: Ask + Into<Command>>(&self, ask: A) -> A::Reply {
        self.send(&ask.into()).expect("the database works").decode().expect("the reply decodes")
    }

    /// An administrator enables or disables the account.
    pub fn set_active(&self, attempt: AttemptId, active: bool) -> Result<Replaced, NotReplaced> {
        let version = self.ask(ReadProfile {}).map_or(1, |person| person.version);
        self.ask(set_active(attempt, version, active))
    }

    /// Sends `ask` and counts the rows that it writes.
    pub fn count<A: Ask + Into<Command>>(&self, ask: A) -> (A::Reply, u64) {
        let before = self.sql.rows_written();
        let reply = self.ask(ask);
        (reply, self.sql.rows_written() - before)
    }

    /// Sends any command.
    pub fn command(&self, command: &Command) -> Result<Seen, SqlFault> {
        let before = self.sql.rows_written();
        let raw = self.send(command)?;
        let reply = match command {
            Command::AddGrant(_) => decoded::<AddGrant>(&raw),
            Command::Create(_) => decoded::<Create>(&raw),
            Command::Disconnect(_) => decoded::<Disconnect>(&raw),
            Command::EndSession(_) => decoded::<EndSession>(&raw),
            Command::Inspect(_) => decoded::<Inspect>(&raw),
            Command::RaiseEpoch(_) => decoded::<RaiseEpoch>(&raw),
            Command::Redeem(_) => decoded::<Redeem>(&raw),
            Command::Refresh(_) => decoded::<Refresh>(&raw),
            Command::Revoke(_) => decoded::<Revoke>(&raw),
            Command::ReplaceProfile(_) => decoded::<ReplaceProfile>(&raw),
            Command::SignIn(_) => decoded::<SignIn>(&raw),
            Command::Sweep(_) => decoded::<Sweep>(&raw),
            Command::SweepGrants(_) => decoded::<SweepGrants>(&raw),
            other => unreachable!("the model is of tokens and knows nothing of {other:?}"),
        };
        let rows = usize::try_from(self.sql.rows_written() - before).expect("a few rows");
        Ok(Seen { reply, rows })
    }

    fn send(&self, command: &Command) -> Result<Encoded, SqlFault> {
        let message = encode_command(command).expect("commands can be encoded");
        handle(&self.sql, &self.sql.memory, self.at(), decode_command(&message).expect("commands can be decoded"))
    }

    /// How many rows of `table` there are in what [`Sqlite::dump`] showed.
    pub fn rows_of(dump: &[String], table: &str) -> usize {
        dump.iter().filter(|row| row.strip_prefix(table).is_some_and(|rest| rest.starts_with(": "))).count()
    }

    pub fn attempt(&mut self) -> AttemptId {
        AttemptId::from_bytes(self.random())
    }

    pub fn code(&mut self) -> CodeId {
        CodeId::from_bytes(self.random())
    }

    pub fn grant(&mut self) -> GrantId {
        GrantId::from_bytes(self.random())
    }

    pub fn family(&mut self, ends_at: i64) -> FamilyId {
        FamilyId::allocate(UnixTime::from_secs(ends_at), self.random())
    }

    pub fn session(&mut self, ends_at: i64) -> SessionId {
        SessionId::allocate(UnixTime::from_secs(ends_at), self.random())
    }

    /// Never the same bytes again, and in no order.
    fn random(&mut self) -> [u8; 16] {
        self.ids += 1;
        let mixed = self.ids.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&mixed.to_be_bytes());
        bytes[8..].copy_from_slice(&self.ids.to_be_bytes());
        bytes
    }
}

fn decoded<A: Ask>(raw: &Encoded) -> Value {
    let reply: A::Reply = raw.decode().expect("the reply decodes");
    serde_json::to_value(reply).expect("the reply encodes")
}

/// One of a few clients.
pub fn client(index: usize) -> ClientId {
    ClientId::parse(["portal", "https://app.example/client", "cli"][index % 3]).expect("a legal identifier")
}

pub fn scopes(text: &str) -> Scopes {
    Scopes::parse(text).expect("legal scopes")
}
