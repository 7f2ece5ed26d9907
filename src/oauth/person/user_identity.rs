//! How clients of the JSON facade name their users.

use hmac::Mac as _;

use crate::base::{LinkKey, Secret};
use crate::oauth::client::ClientId;
use crate::oauth::derived_mac::derived_mac;

/// The longest, in bytes.
const LONGEST: usize = 255;

/// What a client calls one of its own users: any text, compared as it was sent. It is no identity of ours and proves
/// nothing.
pub struct UserIdentity<'a>(&'a str);

impl<'a> UserIdentity<'a> {
    /// From `client_user_identity`; `None` when it is empty, too long or holds control characters.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        let fits = (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control);
        fits.then_some(Self(text))
    }

    /// Names this user of `client` at the API `audience`. Nothing can be told from it without `subject_key`, which never
    /// rotates: neither which client it is of nor whom the client means.
    #[must_use]
    pub fn key(&self, client: &ClientId, audience: &str, subject_key: &Secret<[u8; 32]>) -> LinkKey {
        let mac = derived_mac(b"grantry client user identity", subject_key);
        // Neither client identifiers nor audiences contain the byte that ends them.
        let parts = [client.as_str(), audience, self.0];
        let mac = parts.iter().fold(mac, |mac, part| mac.chain_update(part).chain_update([0]));
        let tag: [u8; 32] = mac.finalize().into_bytes().into();
        // RFC 2104 section 5: half of a tag is enough.
        LinkKey::from_bytes(tag.first_chunk().copied().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::encoding::base64url;

    fn key(client: &str, audience: &str, identity: &str, secret: u8) -> LinkKey {
        let client = ClientId::parse(client).unwrap();
        UserIdentity::parse(identity).unwrap().key(&client, audience, &Secret::new([secret; 32]))
    }

    #[test]
    fn a_key_is_of_one_client_one_api_and_one_user() {
        let good = key("app", "https://a.example", "42", 1);
        assert_eq!(good, key("app", "https://a.example", "42", 1));
        // Computed elsewhere: links that exist have to be found.
        assert_eq!(base64url(good.as_bytes()), "2fks3NicpS5mVwo3XUIkoQ");
        for other in [
            key("app2", "https://a.example", "42", 1),
            key("app", "https://a.example4", "2", 1),
            key("app", "https://a.example", "042", 1),
            key("app", "https://a.example", "42 ", 1),
            key("app", "https://a.example", "42", 2),
        ] {
            assert_ne!(other, good);
        }
    }

    #[test]
    fn what_can_be_an_identity() {
        let longest = "x".repeat(LONGEST);
        for good in ["42", "ada@example.com", "Ada Lovelace", "\u{e9}", &longest] {
            assert!(UserIdentity::parse(good).is_some(), "{good}");
        }
        for bad in ["", "a\n", "a\u{85}", &format!("{longest}x")] {
            assert!(UserIdentity::parse(bad).is_none(), "{bad:?}");
        }
    }
}
