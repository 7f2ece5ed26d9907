//! The rows of token families.

use crate::base::{AttemptId, CodeId, FamilyId, GrantId, Seconds, SessionId, UnixTime};
use crate::oauth::client::ClientKey;
use crate::oauth::scope::Scopes;
use crate::oauth::token::family::{Family, Lifespan, RefreshLifetime, Rotation, TokenUse};
use crate::store::sql::{Sql, SqlFault, Value, columns};

/// A family, and what is kept beside it.
pub(super) struct StoredFamily {
    pub id: FamilyId,
    pub family: Family,
    /// What the Worker left when the family was founded.
    pub context: String,
}

columns! {
    /// A family as it lies in its table.
    struct FamilyRow {
        id: FamilyId,
        code: CodeId,
        attempt: AttemptId,
        client: ClientKey,
        consent: GrantId,
        session: SessionId,
        offline: bool,
        epoch: u32,
        scopes: Scopes,
        code_expires_at: UnixTime,
        access_lifetime: Seconds,
        used_at: UnixTime,
        ends_at: Option<UnixTime>,
        idle: Option<Seconds>,
        current: Option<u32>,
        previous: Option<u32>,
        previous_at: Option<UnixTime>,
        recent: Vec<u8>,
        floor: UnixTime,
        revoked_at: Option<UnixTime>,
        context: String,
    }
}

columns! {
    /// The columns that say when a family may be removed.
    struct LifespanRow {
        id: FamilyId,
        used_at: UnixTime,
        ends_at: Option<UnixTime>,
        idle: Option<Seconds>,
        access_lifetime: Seconds,
        code_expires_at: UnixTime,
    }
}

/// Families from `after` on in the order of their ids, at most `limit`: their ids and when they may be removed.
pub(super) fn removable(
    sql: &dyn Sql,
    after: Option<FamilyId>,
    limit: u32,
) -> Result<Vec<(FamilyId, UnixTime)>, SqlFault> {
    let after = Value::Blob(after.map_or_else(Vec::new, |id| id.as_bytes().to_vec()));
    let rows: Vec<LifespanRow> = sql.select("FROM family WHERE id > ? ORDER BY id LIMIT ?", &[after, limit.into()])?;
    let removable = |row: LifespanRow| {
        let LifespanRow { id, used_at, ends_at, idle, access_lifetime, code_expires_at } = row;
        let refresh = Option::zip(ends_at, idle).map(|(ends_at, idle)| RefreshLifetime { ends_at, idle });
        (id, Lifespan { used_at, refresh, access_lifetime, code_expires_at }.removable_at())
    };
    Ok(rows.into_iter().map(removable).collect())
}

pub(super) fn read(sql: &dyn Sql, id: FamilyId) -> Result<Option<StoredFamily>, SqlFault> {
    let rows: Vec<FamilyRow> = sql.select("FROM family WHERE id = ?", &[id.into()])?;
    rows.into_iter().next().map(StoredFamily::of_row).transpose()
}

/// As [`read`], in an object that may have no tables.
pub(super) fn read_if_any(sql: &dyn Sql, id: FamilyId) -> Result<Option<StoredFamily>, SqlFault> {
    match read(sql, id) {
        Err(SqlFault::NoTables) => Ok(None),
        found => found,
    }
}

pub(super) fn insert(sql: &dyn Sql, stored: &StoredFamily) -> Result<(), SqlFault> {
    let StoredFamily { id, family, context } = stored;
    let rotation = RotationColumns::of(family);
    sql.insert(
        "family",
        [
            ("id", (*id).into()),
            ("code", family.code.into()),
            ("attempt", family.attempt.into()),
            ("client", family.client.into()),
            ("consent", family.grant.into()),
            ("session", family.session.into()),
            ("offline", family.offline.into()),
            ("epoch", family.epoch.into()),
            ("scopes", family.scopes.clone().into()),
            ("code_expires_at", family.code_expires_at.into()),
            ("access_lifetime", family.access_lifetime.into()),
            ("used_at", family.used_at.into()),
            ("ends_at", rotation.ends_at),
            ("idle", rotation.idle),
            ("current", rotation.current),
            ("previous", rotation.previous),
            ("previous_at", rotation.previous_at),
            ("recent", rotation.recent),
            ("floor", family.floor.into()),
            ("revoked_at", family.revoked_at.into()),
            ("context", context.as_str().into()),
        ],
        "",
    )
}

/// Writes what can change after the founding.
pub(super) fn update(sql: &dyn Sql, id: FamilyId, family: &Family) -> Result<(), SqlFault> {
    let rotation = RotationColumns::of(family);
    sql.update(
        "family",
        [
            ("used_at", family.used_at.into()),
            ("current", rotation.current),
            ("previous", rotation.previous),
            ("previous_at", rotation.previous_at),
            ("recent", rotation.recent),
            ("floor", family.floor.into()),
            ("revoked_at", family.revoked_at.into()),
        ],
        "WHERE id = ?",
        &[id.into()],
    )
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

impl StoredFamily {
    fn of_row(row: FamilyRow) -> Result<Self, SqlFault> {
        let refresh = rotation(&row)?;
        let family = Family {
            code: row.code,
            attempt: row.attempt,
            client: row.client,
            grant: row.consent,
            session: row.session,
            offline: row.offline,
            epoch: row.epoch,
            scopes: row.scopes,
            code_expires_at: row.code_expires_at,
            access_lifetime: row.access_lifetime,
            used_at: row.used_at,
            refresh,
            floor: row.floor,
            revoked_at: row.revoked_at,
        };
        Ok(Self { id: row.id, family, context: row.context })
    }
}

fn rotation(row: &FamilyRow) -> Result<Option<Rotation>, SqlFault> {
    let recent = decode_uses(&row.recent)?;
    let (Some(ends_at), Some(idle), Some(current)) = (row.ends_at, row.idle, row.current) else {
        return Ok(None);
    };
    let previous = Option::zip(row.previous, row.previous_at).map(|(number, at)| TokenUse { number, at });
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
