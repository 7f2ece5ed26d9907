//! Failures of the platform.

use crate::seal::{NotSealed, Unopened};
use crate::store::wire::WireFault;

/// A failure of the platform. On the wire this is `server_error` or `temporarily_unavailable`, in the
/// log it is the cause.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// A genuine value was sealed later than now: one of two clocks is off, and the value will be good.
    #[error("a clock is off: {}", Unopened::Future)]
    AheadOfTime,
    /// A limit that protects other requests was reached.
    #[error("busy: {0}")]
    Busy(&'static str),
    /// A key could not be used.
    #[error("cryptography failed: {0}")]
    Crypto(String),
    /// An object took too long.
    #[error("an object did not answer in time")]
    Late,
    /// KV did not answer.
    #[error("KV failed: {0}")]
    Kv(String),
    /// The answer of an object could not be read.
    #[error("an object's answer is malformed: {0}")]
    Malformed(String),
    /// An object runs another release. This happens during a deployment.
    #[error("an object was not understood: {0}")]
    OtherRelease(WireFault),
    /// An object did not answer.
    #[error("an object did not answer: {0}")]
    Object(String),
    /// A value could not be sealed.
    #[error(transparent)]
    Seal(#[from] NotSealed),
}

impl From<WireFault> for Fault {
    fn from(fault: WireFault) -> Self {
        match fault {
            WireFault::OtherProtocol { .. } => Self::OtherRelease(fault),
            WireFault::Malformed(_) => Self::Malformed(fault.to_string()),
        }
    }
}
