//! Security events that no other row records.

use serde::{Deserialize, Serialize};

use crate::base::{AttemptId, UnixTime};
use crate::lifetimes;
use crate::oauth::client::{ClientId, ShownFace};
use crate::store::sql::{Sql, SqlFault, Value};

/// The maximum of events that are kept. Beyond it, the oldest are deleted.
const MOST: u32 = 100;

/// What happened.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub enum EventKind {
    /// The user allowed a client something. Not an event of its own: the grant's row says it.
    Allowed,
    /// An administrator changed what is known about the user.
    Changed,
    /// A code was presented twice.
    CodeReplayed,
    /// An administrator disabled the account.
    Disabled,
    /// The user disconnected a client.
    Disconnected,
    /// An administrator enabled the account.
    Enabled,
    /// Too many passwords were wrong.
    LockedOut,
    /// A client could not be told of a logout.
    LogoutNotDelivered,
    /// The user changed their password.
    PasswordChanged,
    /// An administrator set the password.
    PasswordSet,
    /// A refresh token was presented by two holders.
    RefreshTokenReplayed,
    /// The user signed in. Not an event of its own: the session's row says it.
    SignedIn,
}

impl EventKind {
    pub const ALL: [Self; 12] = [
        Self::Allowed,
        Self::Changed,
        Self::CodeReplayed,
        Self::Disabled,
        Self::Disconnected,
        Self::Enabled,
        Self::LockedOut,
        Self::LogoutNotDelivered,
        Self::PasswordChanged,
        Self::PasswordSet,
        Self::RefreshTokenReplayed,
        Self::SignedIn,
    ];

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Changed => "changed",
            Self::CodeReplayed => "code_replayed",
            Self::Disabled => "disabled",
            Self::Disconnected => "disconnected",
            Self::Enabled => "enabled",
            Self::LockedOut => "locked_out",
            Self::LogoutNotDelivered => "logout_not_delivered",
            Self::PasswordChanged => "password_changed",
            Self::PasswordSet => "password_set",
            Self::RefreshTokenReplayed => "refresh_token_replayed",
            Self::SignedIn => "signed_in",
        }
    }

    /// The kind that a row names.
    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Writes an event. Its key begins with the time, so that the table's order is that of the events. A client is remembered as the
/// user saw it at the latest consent.
pub(super) fn record(
    sql: &dyn Sql,
    now: UnixTime,
    kind: EventKind,
    client: Option<&ClientId>,
    attempt: AttemptId,
) -> Result<(), SqlFault> {
    write(sql, &[&beginning(now)[..], attempt.as_bytes()].concat(), kind, client)
}

/// Writes another event of an attempt that wrote one already.
pub(super) fn record_another(
    sql: &dyn Sql,
    now: UnixTime,
    kind: EventKind,
    attempt: AttemptId,
) -> Result<(), SqlFault> {
    write(sql, &[&beginning(now)[..], attempt.as_bytes(), kind.as_str().as_bytes()].concat(), kind, None)
}

fn write(sql: &dyn Sql, id: &[u8], kind: EventKind, client: Option<&ClientId>) -> Result<(), SqlFault> {
    let row = [
        ("id", id.to_vec().into()),
        ("kind", kind.as_str().into()),
        ("client", client.map(ClientId::key).into()),
        ("client_id", client.map(ClientId::as_str).into()),
        ("shown", client.map(|client| shown(sql, client)).transpose()?.flatten().into()),
    ];
    sql.insert("event", row, "ON CONFLICT DO NOTHING")?;
    sql.run("DELETE FROM event WHERE id NOT IN (SELECT id FROM event ORDER BY id DESC LIMIT ?)", &[MOST.into()])?;
    Ok(())
}

fn shown(sql: &dyn Sql, client: &ClientId) -> Result<Option<ShownFace>, SqlFault> {
    let newest = "SELECT shown FROM consent WHERE client = ? ORDER BY at DESC, id DESC LIMIT 1";
    let row: Option<(Option<ShownFace>,)> = sql.first(newest, &[client.key().into()])?;
    Ok(row.and_then(|(shown,)| shown))
}

/// Records that too many passwords were wrong, unless that was recorded within the last day.
pub(super) fn record_lock(sql: &dyn Sql, now: UnixTime, attempt: AttemptId) -> Result<(), SqlFault> {
    let since: Value = beginning(now.minus(lifetimes::BETWEEN_LOCK_EVENTS)).to_vec().into();
    let told = "SELECT 1 FROM event WHERE id > ? AND kind = ?";
    if sql.run(told, &[since, EventKind::LockedOut.as_str().into()])?.is_empty() {
        record(sql, now, EventKind::LockedOut, None, attempt)?;
    }
    Ok(())
}

fn beginning(time: UnixTime) -> [u8; 8] {
    time.as_secs().to_be_bytes()
}
