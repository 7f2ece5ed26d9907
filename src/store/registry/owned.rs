//! Which clients belong to developers, and how much is changed by others than administrators. Written in the same step
//! as the client. Deletion is not counted, because what is deleted was registered.

use crate::base::UnixTime;
use crate::oauth::client::{Client, ClientId};
use crate::store::sql::{Sql, SqlFault};

/// The most clients that one developer has.
pub const MOST_OWNED: u32 = 50;

/// The most clients that one developer registers in a day in UTC.
pub const MOST_MADE: u32 = 20;

/// The maximum of changes in a day: by one developer, and by all clients that registered themselves, of themselves.
pub const MOST_CHANGES: u32 = 200;

/// Whose changes are counted together.
#[derive(Clone, Copy, Debug)]
pub(super) enum Changer<'a> {
    Developer(&'a str),
    /// All clients that registered themselves.
    Strangers,
}

impl<'a> Changer<'a> {
    /// Whose budget a change of this client by itself takes from. Nobody counts for a client of an administrator.
    pub(super) fn of_client(client: &'a Client) -> Option<Self> {
        match &client.owner {
            Some(owner) => Some(Self::Developer(owner)),
            None if client.self_registered => Some(Self::Strangers),
            None => None,
        }
    }

    /// The key of the row. No subject is empty.
    const fn key(self) -> &'a str {
        match self {
            Self::Developer(sub) => sub,
            Self::Strangers => "",
        }
    }
}

/// How much one changer did on a day.
#[derive(Clone, Copy, Debug, Default)]
struct Spent {
    changes: u32,
    made: u32,
}

fn spent(sql: &dyn Sql, changer: Changer<'_>, now: UnixTime) -> Result<Spent, SqlFault> {
    let statement = "SELECT since, number, made FROM changes WHERE owner = ?";
    let known: Option<(UnixTime, u32, u32)> = sql.first(statement, &[changer.key().into()])?;
    let of_today = known.filter(|(since, _, _)| since.day() == now.day());
    Ok(of_today.map_or_else(Spent::default, |(_, changes, made)| Spent { changes, made }))
}

fn spend(sql: &dyn Sql, changer: Changer<'_>, now: UnixTime, spent: Spent) -> Result<(), SqlFault> {
    let row = [
        ("owner", changer.key().into()),
        ("since", now.into()),
        ("number", spent.changes.into()),
        ("made", spent.made.into()),
    ];
    let or = "ON CONFLICT (owner) DO UPDATE SET since = excluded.since, number = excluded.number, made = excluded.made";
    sql.insert("changes", row, or)
}

/// Counts a change; says whether it is among those of a day.
pub(super) fn may_change(sql: &dyn Sql, now: UnixTime, changer: Changer<'_>) -> Result<bool, SqlFault> {
    let before = spent(sql, changer, now)?;
    if before.changes >= MOST_CHANGES {
        return Ok(false);
    }
    spend(sql, changer, now, Spent { changes: before.changes.saturating_add(1), ..before })?;
    Ok(true)
}

/// Counts a registration; says whether it is among those of a day.
pub(super) fn may_make(sql: &dyn Sql, now: UnixTime, changer: Changer<'_>) -> Result<bool, SqlFault> {
    let before = spent(sql, changer, now)?;
    if before.made >= MOST_MADE {
        return Ok(false);
    }
    spend(sql, changer, now, Spent { made: before.made.saturating_add(1), ..before })?;
    Ok(true)
}

/// Whether the developer may have one more client.
pub(super) fn has_room(sql: &dyn Sql, owner: &str) -> Result<bool, SqlFault> {
    let count = sql.first("SELECT COUNT(*) FROM owned WHERE owner = ?", &[owner.into()])?;
    let (count,): (u32,) = count.ok_or(SqlFault::Corrupt("no row"))?;
    Ok(count < MOST_OWNED)
}

/// Notes whose a client is after a change: it was that of `before`, and is that of `now`. A deleted client has no owner.
pub(super) fn note(sql: &dyn Sql, id: &ClientId, before: Option<&str>, now: Option<&str>) -> Result<(), SqlFault> {
    if before == now {
        return Ok(());
    }
    if let Some(owner) = before {
        sql.run("DELETE FROM owned WHERE owner = ? AND id = ?", &[owner.into(), id.as_str().into()])?;
    }
    if let Some(owner) = now {
        sql.insert("owned", [("owner", owner.into()), ("id", id.as_str().into())], "")?;
    }
    Ok(())
}
