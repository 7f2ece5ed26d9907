//! `session_state` (`OpenID` Connect Session Management section 3).

use sha2::{Digest as _, Sha256};

use super::sid::Sid;
use crate::base::encoding::base64url;
use crate::oauth::client::ClientId;

/// The `session_state` of an answer: by it a client sees that another session answers than before, and learns nothing else
/// about it. `origin` is that of the redirect URI; `salt` is random.
#[must_use]
pub fn session_state(client: &ClientId, origin: &str, session: &Sid, salt: [u8; 12]) -> String {
    let salt = base64url(&salt);
    let digest = Sha256::digest([client.as_str(), origin, session.as_str(), &salt].join(" ").as_bytes());
    [base64url(&digest).as_str(), ".", &salt].concat()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SessionId;

    #[test]
    fn tells_sessions_apart_and_ends_with_its_salt() {
        let client = ClientId::parse("app").unwrap();
        let of = |session, salt| {
            let sid = Sid::of(SessionId::from_bytes([session; 20]), &client);
            session_state(&client, "https://app.example", &sid, [salt; 12])
        };
        assert_eq!(of(1, 0), of(1, 0));
        assert_ne!(of(1, 0), of(2, 0));
        assert_ne!(of(1, 0), of(1, 1));
        assert!(of(1, 0).ends_with(".AAAAAAAAAAAAAAAA"));
    }
}
