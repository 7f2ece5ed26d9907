//! A client that KV does not have, or only in an older version.

use serde::{Deserialize, Serialize};

use super::outbox::{Urgency, pend};
use super::records::{FoundClient, stored};
use crate::base::UnixTime;
use crate::lifetimes;
use crate::oauth::client::ClientId;
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Asks for a client that KV does not have, or only in an older version. It is put again if it should have been there by now.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Publish {
    pub id: ClientId,
}

impl Ask for Publish {
    type Reply = FoundClient;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(row) = stored(sql, &self.id)? else {
            return Ok(FoundClient::Never);
        };
        let settled = row.published_at.is_some_and(|at| now.since(at) >= i64::from(lifetimes::REPUBLISH.get()));
        if settled {
            pend(sql, Some(&row), &self.id, row.version, Urgency::Soon, now)?;
        }
        row.found()
    }
}
