//! The `Account` object: one per person. Profile, sessions, grants, token families, epoch and security events are rows
//! of one database, so that each change of them is one synchronous step, in force at the next request everywhere.

mod activity;
mod events;
mod facts;
mod families;
mod grants;
mod head;
mod logouts;
mod overview;
mod password;
mod person;
mod schema;
mod sessions;
mod sign_in;
mod sweep;

pub use activity::Activity;
pub use events::EventKind;
pub use facts::{Authentication, Facts, Granted, ReadConnected, ReadFacts, ReadSession, Session};
pub use families::{Inspect, Inspected, Issued, Redeem, Refresh, Renew, Revoke};
pub use grants::{AddGrant, Disconnect};
pub use head::{Create, Created, Delete, RaiseEpoch, SetActive};
pub use logouts::{Logout, Told, WaitingLogouts, told, waiting};
pub use overview::{ConnectedApp, MOST_LISTED, Overview, OverviewPart, ReadOverview, SignedInBrowser};
pub use password::{ChangePassword, NotChanged};
pub use person::{
    Credential, NotReplaced, PersonClaims, PersonRecord, ReadClaims, ReadProfile, ReplaceProfile, Replaced, SetPassword,
};
pub use schema::migrate;
pub use sessions::{EndOtherSessions, EndSession, OpenSession};
pub use sign_in::{SignIn, SignInRefusal, SignedIn};
pub use sweep::{Sweep, SweepGrants, Swept};

use serde::{Deserialize, Serialize};

use super::remembered::{Memory, Remembering};
use super::reply;
use super::sql::{Sql, SqlFault, atomically};
use super::wire::Encoded;
use crate::base::UnixTime;

/// Everything an `Account` can be asked.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub enum Command {
    /// See [`AddGrant`].
    AddGrant(AddGrant),
    /// See [`ChangePassword`].
    ChangePassword(ChangePassword),
    /// See [`Create`].
    Create(Create),
    /// See [`Delete`].
    Delete(Delete),
    /// See [`Disconnect`].
    Disconnect(Disconnect),
    /// See [`EndOtherSessions`].
    EndOtherSessions(EndOtherSessions),
    /// See [`EndSession`].
    EndSession(EndSession),
    /// See [`Inspect`].
    Inspect(Inspect),
    /// See [`OpenSession`].
    OpenSession(OpenSession),
    /// See [`RaiseEpoch`].
    RaiseEpoch(RaiseEpoch),
    /// See [`ReadConnected`].
    ReadConnected(ReadConnected),
    /// See [`ReadFacts`].
    ReadFacts(ReadFacts),
    /// See [`ReadClaims`].
    ReadClaims(ReadClaims),
    /// See [`ReadOverview`].
    ReadOverview(ReadOverview),
    /// See [`ReadProfile`].
    ReadProfile(ReadProfile),
    /// See [`ReadSession`].
    ReadSession(ReadSession),
    /// See [`Redeem`].
    Redeem(Redeem),
    /// See [`Refresh`].
    Refresh(Refresh),
    /// See [`Renew`].
    Renew(Renew),
    /// See [`ReplaceProfile`].
    ReplaceProfile(ReplaceProfile),
    /// See [`Revoke`].
    Revoke(Revoke),
    /// See [`SetActive`].
    SetActive(SetActive),
    /// See [`SetPassword`].
    SetPassword(SetPassword),
    /// See [`SignIn`].
    SignIn(SignIn),
    /// See [`Sweep`].
    Sweep(Sweep),
    /// See [`SweepGrants`].
    SweepGrants(SweepGrants),
}

impl Command {
    /// Whether it reads and does nothing else, so that there is nothing that a transaction could undo.
    const fn only_reads(&self) -> bool {
        matches!(
            self,
            Self::Inspect(_)
                | Self::ReadClaims(_)
                | Self::ReadConnected(_)
                | Self::ReadFacts(_)
                | Self::ReadOverview(_)
                | Self::ReadProfile(_)
                | Self::ReadSession(_)
        )
    }

    /// Whether it comes again and again, and reads the same each time.
    const fn comes_often(&self) -> bool {
        matches!(
            self,
            Self::Inspect(_)
                | Self::ReadClaims(_)
                | Self::ReadFacts(_)
                | Self::ReadSession(_)
                | Self::Redeem(_)
                | Self::Refresh(_)
                | Self::Renew(_)
        )
    }

    /// Whether it may write rows that expire, so that the clean-up has to come by one day.
    #[must_use]
    pub const fn writes_rows_that_expire(&self) -> bool {
        matches!(self, Self::ChangePassword(_) | Self::OpenSession(_) | Self::Redeem(_) | Self::SignIn(_))
    }

    /// Whether it may end sessions, of which clients have to be told.
    #[must_use]
    pub const fn may_end_sessions(&self) -> bool {
        matches!(
            self,
            Self::ChangePassword(_)
                | Self::Delete(_)
                | Self::EndOtherSessions(_)
                | Self::EndSession(_)
                | Self::RaiseEpoch(_)
                | Self::ReplaceProfile(_)
                | Self::SetActive(_)
                | Self::SetPassword(_)
        )
    }
}

/// Why a command of an account was not carried out; refusals of tokens are [`crate::oauth::token::family::Refusal`].
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize, thiserror::Error)]
pub enum Denied {
    /// The account is disabled.
    #[error("the account is disabled")]
    Disabled,
    /// The session it was asked in has ended, or began too long ago for what was asked.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such account.
    #[error("no such account")]
    Unknown,
}

/// Carries out `command` at `now`, by the object's own clock, as one step. `memory` is that of this instance of the object.
///
/// # Errors
/// [`SqlFault`] when the database fails; then nothing of the step was kept.
pub fn handle(sql: &dyn Sql, memory: &Memory, now: UnixTime, command: Command) -> Result<Encoded, SqlFault> {
    let only_reads = command.only_reads();
    let sql: &dyn Sql = &Remembering::new(sql, memory, command.comes_often());
    let step = || match command {
        Command::AddGrant(ask) => reply::<AddGrant>(grants::add(sql, now, ask)),
        Command::ChangePassword(ask) => reply::<ChangePassword>(password::change(sql, now, ask)),
        Command::Create(ask) => reply::<Create>(head::create(sql, now, ask)),
        Command::Delete(ask) => reply::<Delete>(head::delete(sql, now, ask)),
        Command::Disconnect(ask) => reply::<Disconnect>(grants::disconnect(sql, now, ask)),
        Command::EndOtherSessions(ask) => reply::<EndOtherSessions>(sessions::end_others(sql, now, ask)),
        Command::EndSession(ask) => reply::<EndSession>(sessions::end(sql, now, ask)),
        Command::Inspect(ask) => reply::<Inspect>(families::inspect(sql, now, ask)),
        Command::OpenSession(ask) => reply::<OpenSession>(sessions::open(sql, now, ask)),
        Command::RaiseEpoch(ask) => reply::<RaiseEpoch>(head::raise_epoch(sql, now, ask)),
        Command::ReadConnected(ask) => reply::<ReadConnected>(facts::connected(sql, now, ask)),
        Command::ReadFacts(ask) => reply::<ReadFacts>(facts::read(sql, now, ask)),
        Command::ReadClaims(ask) => reply::<ReadClaims>(person::claims(sql, now, ask)),
        Command::ReadOverview(ask) => reply::<ReadOverview>(overview::read(sql, now, ask)),
        Command::ReadProfile(_) => reply::<ReadProfile>(person::read(sql)),
        Command::ReadSession(ask) => reply::<ReadSession>(facts::session(sql, now, ask)),
        Command::Redeem(ask) => reply::<Redeem>(families::redeem(sql, now, ask)),
        Command::Refresh(ask) => reply::<Refresh>(families::refresh(sql, now, ask)),
        Command::Renew(ask) => reply::<Renew>(families::renew(sql, now, ask)),
        Command::ReplaceProfile(ask) => reply::<ReplaceProfile>(person::replace(sql, now, ask)),
        Command::Revoke(ask) => reply::<Revoke>(families::revoke(sql, now, ask)),
        Command::SetActive(ask) => reply::<SetActive>(head::set_active(sql, now, ask)),
        Command::SetPassword(ask) => reply::<SetPassword>(person::set_password(sql, now, ask)),
        Command::SignIn(ask) => reply::<SignIn>(sign_in::sign_in(sql, now, ask)),
        Command::Sweep(ask) => reply::<Sweep>(sweep::sweep(sql, now, ask)),
        Command::SweepGrants(ask) => reply::<SweepGrants>(sweep::sweep_grants(sql, now, &ask)),
    };
    if only_reads { step() } else { atomically(sql, step) }
}
