//! Everything that was issued ends: with the account, or by signing out everywhere.

use serde::{Deserialize, Serialize};

use super::denied::Denied;
use super::{head, sessions};
use crate::base::{AttemptId, UnixTime};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault, Value};

/// Ends the account for good. Everything is deleted but the fact that there was one, and nothing brings it back.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delete {
    pub attempt: AttemptId,
}

/// Ends everything that was issued so far: sessions, codes and families of older epochs are dead from now on. For a
/// changed password and for signing out everywhere.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RaiseEpoch {
    pub attempt: AttemptId,
}

impl Ask for Delete {
    type Reply = Result<(), Denied>;

    const ONLY_READS: bool = false;
    const MAY_END_SESSIONS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(head) = head::read(sql)? else {
            let was_one = head::row::<(u32,)>(sql, "SELECT 1 FROM head")?.is_some();
            return Ok(if was_one { Ok(()) } else { Err(Denied::Unknown) });
        };
        sessions::end_all(sql, now, head.epoch)?;
        for table in ["session", "consent", "family", "event"] {
            sql.run(&["DELETE FROM ", table].concat(), &[])?;
        }
        sql.update(
            "head",
            [
                ("attempt", self.attempt.into()),
                ("epoch", head::next_epoch(head.epoch)?.into()),
                ("active", false.into()),
                ("deleted_at", now.into()),
                ("profile", "{}".into()),
                ("device_key", Value::Blob(Vec::new())),
                ("password", Value::Null),
                ("verifier", Value::Null),
                ("failures", Value::Null),
            ],
            "",
            &[],
        )?;
        Ok(Ok(()))
    }
}

impl Ask for RaiseEpoch {
    type Reply = Result<(), Denied>;

    const ONLY_READS: bool = false;
    const MAY_END_SESSIONS: bool = true;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let Some(head) = head::read(sql)? else {
            return Ok(Err(Denied::Unknown));
        };
        if head.attempt != self.attempt {
            sessions::end_all(sql, now, head.epoch)?;
            sql.run(
                "UPDATE head SET attempt = ?, epoch = ?",
                &[self.attempt.into(), head::next_epoch(head.epoch)?.into()],
            )?;
        }
        Ok(Ok(()))
    }
}
