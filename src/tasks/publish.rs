//! What the registry has pending is put into KV: read the outbox, seal, put, note.

use crate::base::UnixTime;
use crate::lookup::client::{Outgoing, outgoing};
use crate::seal::Sealer;
use crate::seal::client_record::ClientRecord;
use crate::store::registry::{outbox, postponed, published};
use crate::store::sql::Sql;

/// How many records are read at a time.
const BATCH: u32 = 20;

/// Why a put failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotPut {
    /// KV did not answer in time; it may have carried the put out.
    #[error("KV did not answer in time")]
    Late,
    #[error("KV refused a put: {0}")]
    Refused(String),
}

/// What the platform does for the registry's alarm.
#[expect(async_fn_in_trait, reason = "nothing here crosses a thread")]
pub trait Outlet {
    fn now(&self) -> UnixTime;

    /// Fresh random bytes.
    ///
    /// # Errors
    /// When there are none.
    fn nonce(&self) -> Result<[u8; 24], String>;

    /// Puts one record into KV, and waits until it is there.
    ///
    /// # Errors
    /// [`NotPut`], within [`crate::lifetimes::KV_WRITE`].
    async fn put(&self, outgoing: Outgoing) -> Result<(), NotPut>;

    fn log(&self, cause: &str);
}

/// Puts everything that is due. What cannot be put is due again later, so it holds up nothing else. After a put without an answer the
/// rest waits for the next alarm, which must not last long.
///
/// # Errors
/// When the database fails.
pub async fn publish(sql: &dyn Sql, sealer: &Sealer, outlet: &impl Outlet) -> Result<(), String> {
    loop {
        let records = outbox(sql, outlet.now(), BATCH).map_err(|fault| fault.to_string())?;
        if records.is_empty() {
            return Ok(());
        }
        for record in &records {
            let outcome = put(sealer, outlet, record).await;
            let noted = match &outcome {
                Ok(()) => published(sql, outlet.now(), record),
                Err(cause) => {
                    outlet.log(&cause.to_string());
                    postponed(sql, outlet.now(), record, *cause == NotPut::Late)
                }
            };
            noted.map_err(|fault| fault.to_string())?;
            if outcome == Err(NotPut::Late) {
                return Ok(());
            }
        }
    }
}

async fn put(sealer: &Sealer, outlet: &impl Outlet, record: &ClientRecord) -> Result<(), NotPut> {
    let nonce = outlet.nonce().map_err(NotPut::Refused)?;
    let outgoing = outgoing(sealer, record, outlet.now(), nonce).map_err(|error| NotPut::Refused(error.to_string()))?;
    outlet.put(outgoing).await
}
