//! Everything an `Account` can be asked.

use serde::{Deserialize, Serialize};

use super::claims::ReadClaims;
use super::create::Create;
use super::end::{Delete, RaiseEpoch};
use super::facts::{ReadConnected, ReadFacts, ReadSession};
use super::grants::{AddGrant, Disconnect};
use super::inspect::{Inspect, Revoke};
use super::overview::ReadOverview;
use super::password::ChangePassword;
use super::person::ReadProfile;
use super::redeem::Redeem;
use super::refresh::{Refresh, Renew};
use super::replace_profile::ReplaceProfile;
use super::sessions::{EndOtherSessions, EndSession};
use super::sign_in::SignIn;
use super::sweep::{Sweep, SweepGrants};
use crate::base::UnixTime;
use crate::store::command::commands;
use crate::store::remembered::{Memory, Remembering};
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire::Encoded;

commands! {
    /// Everything an `Account` can be asked.
    #[derive(Clone, Debug, Deserialize, Serialize)]
    AddGrant,
    ChangePassword,
    Create,
    Delete,
    Disconnect,
    EndOtherSessions,
    EndSession,
    Inspect,
    RaiseEpoch,
    ReadConnected,
    ReadFacts,
    ReadClaims,
    ReadOverview,
    ReadProfile,
    ReadSession,
    Redeem,
    Refresh,
    Renew,
    ReplaceProfile,
    Revoke,
    SignIn,
    Sweep,
    SweepGrants,
}

/// Carries out `command` at `now`, by the object's own clock, as one step. `memory` is that of this instance of the object.
///
/// # Errors
/// [`SqlFault`] when the database fails; then nothing of the step was kept.
pub fn handle(sql: &dyn Sql, memory: &Memory, now: UnixTime, command: Command) -> Result<Encoded, SqlFault> {
    let keeps = command.effects().is_frequent;
    command.carry_out(&Remembering::new(sql, memory, keeps), now)
}
