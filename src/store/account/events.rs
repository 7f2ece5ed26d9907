//! Security events that no other row tells of.

use crate::base::{AttemptId, UnixTime};
use crate::oauth::client::ClientId;
use crate::store::sql::{Sql, SqlFault};

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    /// A code was presented twice.
    CodeReplayed,
    /// A client could not be told of a logout.
    LogoutNotDelivered,
    /// The person changed her password.
    PasswordChanged,
    /// A refresh token was presented by two.
    RefreshTokenReplayed,
}

impl Kind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::CodeReplayed => "code_replayed",
            Self::LogoutNotDelivered => "logout_not_delivered",
            Self::PasswordChanged => "password_changed",
            Self::RefreshTokenReplayed => "refresh_token_replayed",
        }
    }
}

/// Writes an event. Its key begins with the time, so that the table's order is that of the events.
pub(super) fn record(
    sql: &dyn Sql,
    now: UnixTime,
    kind: Kind,
    client: Option<&ClientId>,
    attempt: AttemptId,
) -> Result<(), SqlFault> {
    let id = [&now.as_secs().to_be_bytes()[..], attempt.as_bytes()].concat();
    sql.run(
        "INSERT INTO event (id, kind, client, client_id) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        &[id.into(), kind.as_str().into(), client.map(ClientId::key).into(), client.map(ClientId::as_str).into()],
    )?;
    Ok(())
}
