//! Which clients developers registered in the portal, and how much each developer changes. Written in the same step as the client.

use crate::base::UnixTime;
use crate::lifetimes;
use crate::oauth::client::ClientId;
use crate::store::sql::{Sql, SqlFault};

/// The most clients that one developer has.
pub const MOST_OWNED: u32 = 50;

/// The most changes that one developer makes in an hour, registrations among them: each costs rows and a put into KV. Deletion
/// is not counted, because what is deleted was registered.
pub const MOST_CHANGES: u32 = 60;

/// Counts a change; says whether it is among those that a developer makes in an hour.
pub(super) fn may_change(sql: &dyn Sql, now: UnixTime, owner: &str) -> Result<bool, SqlFault> {
    let known = sql.first("SELECT since, number FROM changes WHERE owner = ?", &[owner.into()])?;
    let is_of_this_hour = |since: UnixTime| (0..i64::from(lifetimes::CHANGES_WINDOW.get())).contains(&now.since(since));
    let (since, number): (_, u32) = known.filter(|(since, _)| is_of_this_hour(*since)).unwrap_or((now, 0));
    if number >= MOST_CHANGES {
        return Ok(false);
    }
    let row = [("owner", owner.into()), ("since", since.into()), ("number", number.saturating_add(1).into())];
    let or = "ON CONFLICT (owner) DO UPDATE SET since = excluded.since, number = excluded.number";
    sql.insert("changes", row, or)?;
    Ok(true)
}

/// Removes a client that was deleted.
pub(super) fn forget(sql: &dyn Sql, owner: &str, id: &ClientId) -> Result<(), SqlFault> {
    sql.run("DELETE FROM owned WHERE owner = ? AND id = ?", &[owner.into(), id.as_str().into()]).map(|_| ())
}
