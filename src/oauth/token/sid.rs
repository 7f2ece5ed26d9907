//! The session as a client knows it (`OpenID` Connect Back-Channel Logout section 2.1).

use std::fmt;

use serde::{Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::base::SessionId;
use crate::base::encoding::base64url;
use crate::oauth::client::ClientId;

/// The `sid` of one session for one client. It tells a client which of its sign-ins ended, and tells nobody the session's
/// id, which is what the cookie names; two clients cannot compare theirs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sid(String);

impl Sid {
    /// Of `session` for `client`.
    #[must_use]
    pub fn of(session: SessionId, client: &ClientId) -> Self {
        Self::known_to(session, client.as_str())
    }

    /// Of `session` for pages of ours. No client has it, because no client's identifier is empty.
    #[must_use]
    pub fn own(session: SessionId) -> Self {
        Self::known_to(session, "")
    }

    fn known_to(session: SessionId, who: &str) -> Self {
        let digest = Sha256::new().chain_update(b"grantry sid\0").chain_update(session.as_bytes());
        let digest: [u8; 32] = digest.chain_update(who).finalize().into();
        let [short @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = digest;
        Self(base64url(&short))
    }

    /// As the claim holds it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Sid {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl Serialize for Sid {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: OpenID Connect Back-Channel Logout section 2.1 - sid names one session of one client
    #[test]
    fn differs_by_session_and_by_client() {
        let session = |byte| SessionId::from_bytes([byte; 20]);
        let client = |id| ClientId::parse(id).unwrap();
        let sid = Sid::of(session(1), &client("a"));
        assert_eq!(sid.as_str().len(), 22);
        assert_eq!(sid, Sid::of(session(1), &client("a")));
        assert_ne!(sid, Sid::of(session(2), &client("a")));
        assert_ne!(sid, Sid::of(session(1), &client("b")));
        assert_ne!(sid, Sid::own(session(1)));
    }
}
