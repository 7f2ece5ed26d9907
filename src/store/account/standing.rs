//! What the account says about a family at this moment.

use super::head::Head;
use super::{grants, sessions};
use crate::base::UnixTime;
use crate::oauth::token::family::{Family, Standing};
use crate::store::sql::{Sql, SqlFault};

pub(super) fn read(sql: &dyn Sql, now: UnixTime, head: &Head, family: &Family) -> Result<Standing, SqlFault> {
    Ok(Standing {
        active: head.active,
        epoch: head.epoch,
        session_alive: sessions::is_alive(sql, family.session, head.epoch, now)?,
        granted: grants::scopes(sql, family.client, family.grant)?,
    })
}
