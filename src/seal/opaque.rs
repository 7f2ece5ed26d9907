//! Access tokens that nobody but us can read.

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;

/// A signed access token (RFC 9068), sealed as a whole. The seal hides what it says, and the signature inside stays what makes
/// it one: the master keys alone are not enough to mint a token of a client itself, which names nothing that lies in
/// an object.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct OpaqueToken(pub String);

impl Purpose for OpaqueToken {
    const LABEL: &'static str = "opaque access token";
    const PREFIX: &'static str = "gr_op_";
    const MAX_LENGTH: usize = 16_384;
}
