//! The rows of token families.

use crate::base::{FamilyId, UnixTime};
use crate::oauth::token::family::{Family, Lifespan, RefreshLifetime, Rotation, TokenUse};
use crate::store::sql::{Row, Sql, SqlFault, Value};

/// A family, and what is kept beside it.
pub(super) struct Stored {
    pub id: FamilyId,
    pub family: Family,
    /// What the Worker left when the family was founded.
    pub context: String,
}

/// Families from `after` on in the order of their ids, at most `limit`: their ids and when they may be removed.
pub(super) fn removable(
    sql: &dyn Sql,
    after: Option<FamilyId>,
    limit: u32,
) -> Result<Vec<(FamilyId, UnixTime)>, SqlFault> {
    let after = Value::Blob(after.map_or_else(Vec::new, |id| id.as_bytes().to_vec()));
    let statement = "SELECT id, used_at, ends_at, idle, access_lifetime, code_expires_at FROM family WHERE id > ? ORDER BY id LIMIT ?";
    let rows = sql.run(statement, &[after, limit.into()])?.into_iter();
    rows.map(|mut row| {
        let (id, used_at) = (row.take()?, row.take()?);
        let refresh = Option::zip(row.take()?, row.take()?).map(|(ends_at, idle)| RefreshLifetime { ends_at, idle });
        let lifespan = Lifespan { used_at, refresh, access_lifetime: row.take()?, code_expires_at: row.take()? };
        Ok((id, lifespan.removable_at()))
    })
    .collect()
}

/// The columns in the order in which they are read and written.
macro_rules! columns {
    () => {
        "id, code, attempt, client, consent, session, offline, epoch, scopes, code_expires_at, access_lifetime, used_at, \
         ends_at, idle, current, previous, previous_at, recent, floor, revoked_at, context"
    };
}

pub(super) fn read(sql: &dyn Sql, id: FamilyId) -> Result<Option<Stored>, SqlFault> {
    let rows = sql.run(concat!("SELECT ", columns!(), " FROM family WHERE id = ?"), &[id.into()])?;
    rows.into_iter().next().map(stored).transpose()
}

/// As [`read`], in an object that may have no tables.
pub(super) fn read_if_any(sql: &dyn Sql, id: FamilyId) -> Result<Option<Stored>, SqlFault> {
    match read(sql, id) {
        Err(SqlFault::NoTables) => Ok(None),
        found => found,
    }
}

pub(super) fn insert(sql: &dyn Sql, stored: &Stored) -> Result<(), SqlFault> {
    let Stored { id, family, context } = stored;
    let rotation = RotationColumns::of(family);
    let statement = concat!(
        "INSERT INTO family (",
        columns!(),
        ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    sql.run(
        statement,
        &[
            (*id).into(),
            family.code.into(),
            family.attempt.into(),
            family.client.into(),
            family.grant.into(),
            family.session.into(),
            family.offline.into(),
            family.epoch.into(),
            family.scopes.clone().into(),
            family.code_expires_at.into(),
            family.access_lifetime.into(),
            family.used_at.into(),
            rotation.ends_at,
            rotation.idle,
            rotation.current,
            rotation.previous,
            rotation.previous_at,
            rotation.recent,
            family.floor.into(),
            family.revoked_at.into(),
            context.as_str().into(),
        ],
    )?;
    Ok(())
}

/// Writes what can change after the founding.
pub(super) fn update(sql: &dyn Sql, id: FamilyId, family: &Family) -> Result<(), SqlFault> {
    let rotation = RotationColumns::of(family);
    sql.run(
        "UPDATE family SET used_at = ?, current = ?, previous = ?, previous_at = ?, recent = ?, floor = ?, revoked_at = ? \
         WHERE id = ?",
        &[
            family.used_at.into(),
            rotation.current,
            rotation.previous,
            rotation.previous_at,
            rotation.recent,
            family.floor.into(),
            family.revoked_at.into(),
            id.into(),
        ],
    )?;
    Ok(())
}

/// How a [`Rotation`] lies in a row.
struct RotationColumns {
    ends_at: Value,
    idle: Value,
    current: Value,
    previous: Value,
    previous_at: Value,
    recent: Value,
}

impl RotationColumns {
    fn of(family: &Family) -> Self {
        let rotation = family.refresh.as_ref();
        let previous = rotation.and_then(|rotation| rotation.previous);
        let recent = rotation.map_or(&[][..], |rotation| &rotation.recent);
        Self {
            ends_at: rotation.map(|rotation| rotation.lifetime.ends_at).into(),
            idle: rotation.map(|rotation| rotation.lifetime.idle).into(),
            current: rotation.map(|rotation| rotation.current).into(),
            previous: previous.map(|previous| previous.number).into(),
            previous_at: previous.map(|previous| previous.at).into(),
            recent: encode_uses(recent).into(),
        }
    }
}

fn stored(mut row: Row) -> Result<Stored, SqlFault> {
    let id = row.take()?;
    let family = Family {
        code: row.take()?,
        attempt: row.take()?,
        client: row.take()?,
        grant: row.take()?,
        session: row.take()?,
        offline: row.take()?,
        epoch: row.take()?,
        scopes: row.take()?,
        code_expires_at: row.take()?,
        access_lifetime: row.take()?,
        used_at: row.take()?,
        refresh: rotation(&mut row)?,
        floor: row.take()?,
        revoked_at: row.take()?,
    };
    Ok(Stored { id, family, context: row.take()? })
}

fn rotation(row: &mut Row) -> Result<Option<Rotation>, SqlFault> {
    let (ends_at, idle, current) = (row.take()?, row.take()?, row.take()?);
    let (previous, previous_at) = (row.take()?, row.take()?);
    let recent = decode_uses(&row.take::<Vec<u8>>()?)?;
    let (Some(ends_at), Some(idle), Some(current)) = (ends_at, idle, current) else {
        return Ok(None);
    };
    let previous = Option::zip(previous, previous_at).map(|(number, at)| TokenUse { number, at });
    Ok(Some(Rotation { lifetime: RefreshLifetime { ends_at, idle }, current, previous, recent }))
}

/// Twelve bytes for each use: number and time, big-endian.
fn encode_uses(uses: &[TokenUse]) -> Vec<u8> {
    uses.iter().flat_map(|used| [&used.number.to_be_bytes()[..], &used.at.as_secs().to_be_bytes()].concat()).collect()
}

fn decode_uses(bytes: &[u8]) -> Result<Vec<TokenUse>, SqlFault> {
    let (uses, rest) = bytes.as_chunks::<12>();
    if !rest.is_empty() {
        return Err(SqlFault::Corrupt("recent"));
    }
    Ok(uses
        .iter()
        .map(|&[n0, n1, n2, n3, t0, t1, t2, t3, t4, t5, t6, t7]| TokenUse {
            number: u32::from_be_bytes([n0, n1, n2, n3]),
            at: UnixTime::from_secs(i64::from_be_bytes([t0, t1, t2, t3, t4, t5, t6, t7])),
        })
        .collect())
}
