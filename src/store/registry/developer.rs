//! Developers register and change clients of their own in the portal.

use serde::{Deserialize, Serialize};

use super::clients::{Register, Update, update_if};
use super::denied::Denied;
use super::owned::{Changer, has_room, may_change, may_make};
use super::records::{Registered, client, stored};
use super::write::write;
use crate::base::UnixTime;
use crate::oauth::client::{Client, ClientVersion};
use crate::store::ask::{Ask, Reply};
use crate::store::sql::{Sql, SqlFault};
use crate::store::wire;

/// Registers a client of a developer. Its identifier must never have been used: one that was deleted is not given to another.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct RegisterOwned {
    pub register: Register,
    /// The developer's `sub`.
    pub owner: String,
}

/// Replaces the record of a developer's client, if they have not changed too much lately.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct UpdateOwned {
    pub update: Update,
    /// The developer's `sub`.
    pub owner: String,
}

/// Asks for the clients of a developer, in the order of their names.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ListOwned {
    /// The developer's `sub`.
    pub owner: String,
}

/// The clients of a developer.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Owned {
    #[serde(with = "wire::json")]
    pub clients: Vec<Client>,
}

impl Reply for Owned {}

impl Ask for RegisterOwned {
    type Reply = Result<Registered, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        let RegisterOwned { register: Register { attempt, client, access }, owner } = self;
        if let Some(row) = stored(sql, &client.id)? {
            return Ok(row.of_attempt(attempt)?.ok_or(Denied::Exists));
        }
        if !has_room(sql, &owner)? {
            return Ok(Err(Denied::TooMany));
        }
        if !may_make(sql, now, Changer::Developer(&owner))? {
            return Ok(Err(Denied::TooOften));
        }
        let client = Client { version: ClientVersion(1), owner: Some(owner), ..client };
        write(sql, now, attempt, &Registered { client, access }, None).map(Ok)
    }
}

impl Ask for UpdateOwned {
    type Reply = Result<Registered, Denied>;

    const ONLY_READS: bool = false;

    fn step(self, sql: &dyn Sql, now: UnixTime) -> Result<Self::Reply, SqlFault> {
        update_if(sql, now, self.update, |_| may_change(sql, now, Changer::Developer(&self.owner)))
    }
}

impl Ask for ListOwned {
    type Reply = Owned;

    const ONLY_READS: bool = true;

    fn step(self, sql: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        let statement = "SELECT client.record FROM owned JOIN client ON client.id = owned.id WHERE owned.owner = ? AND \
                         client.record IS NOT NULL";
        let rows: Vec<(String,)> = sql.all(statement, &[self.owner.as_str().into()])?;
        let mut clients = rows.iter().map(|(record,)| client(record)).collect::<Result<Vec<_>, _>>()?;
        clients.sort_by(|one, other| {
            one.registration
                .name
                .to_lowercase()
                .cmp(&other.registration.name.to_lowercase())
                .then(one.id.cmp(&other.id))
        });
        Ok(Owned { clients })
    }
}
