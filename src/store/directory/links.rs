//! The rows of links: which family of tokens a client means by its own identity for a user.

use serde::{Deserialize, Serialize};

use crate::base::{AccountId, FamilyId, LinkKey, UnixTime};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// How many rows each new link checks for families that have ended. With four, at most about a quarter of the rows are
/// expired.
const LOOKED_AT: u32 = 4;

/// Links a client's user to the family that the client has just founded for it. A link to another family stays, and is the
/// answer, until that family has been revoked: without the link, the client could no longer name it. Repeating it changes
/// nothing.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct PutLink {
    /// Client and user.
    pub key: LinkKey,
    /// The account that allowed it.
    pub account: AccountId,
    pub family: FamilyId,
    /// The family that the link may lead to so far, because it has been revoked.
    pub instead_of: Option<FamilyId>,
}

/// Asks where a client's user leads.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct FindLink {
    /// Client and user.
    pub key: LinkKey,
}

/// Removes a link, unless it leads to another family by now.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RemoveLink {
    /// Client and user.
    pub key: LinkKey,
    /// The family that it led to.
    pub family: FamilyId,
}

/// Where a client's user leads. It gives no right: the Account decides whether the family is alive.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Link {
    pub account: AccountId,
    pub family: FamilyId,
    pub made_at: UnixTime,
}

impl Ask for PutLink {
    type Reply = Result<(), Link>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let other = read(sql, self.key)?.filter(|link| link.family != self.family);
        if let Some(link) = other
            && Some(link.family) != self.instead_of
        {
            return Ok(Err(link));
        }
        // Ids of families begin with their end, and keys spread evenly: no index is needed, and no alarm.
        let ended =
            "DELETE FROM link WHERE family < ? AND key IN (SELECT key FROM link WHERE key > ? ORDER BY key LIMIT ?)";
        sql.run(ended, &[FamilyId::allocate(now, [0; 16]).into(), self.key.into(), LOOKED_AT.into()])?;
        let row = [
            ("key", self.key.into()),
            ("account", self.account.into()),
            ("family", self.family.into()),
            ("made_at", now.into()),
        ];
        sql.insert(
            "link",
            row,
            "ON CONFLICT (key) DO UPDATE SET account = excluded.account, family = excluded.family, \
             made_at = excluded.made_at WHERE account <> excluded.account OR family <> excluded.family",
        )
        .map(Ok)
    }
}

impl Ask for FindLink {
    type Reply = Option<Link>;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        read(sql, self.key)
    }
}

impl Ask for RemoveLink {
    type Reply = ();

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let statement = "DELETE FROM link WHERE key = ? AND family = ?";
        sql.run(statement, &[self.key.into(), self.family.into()]).map(|_| ())
    }
}

fn read(sql: &dyn Sql, key: LinkKey) -> Result<Option<Link>, SqlFault> {
    let statement = "SELECT account, family, made_at FROM link WHERE key = ?";
    let row = sql.first(statement, &[key.into()])?;
    Ok(row.map(|(account, family, made_at)| Link { account, family, made_at }))
}

/// Removes all links to an account that was deleted. This reads all links, because accounts are seldom deleted.
pub(super) fn remove_account(sql: &dyn Sql, account: AccountId) -> Result<(), SqlFault> {
    sql.run("DELETE FROM link WHERE account = ?", &[account.into()]).map(|_| ())
}
