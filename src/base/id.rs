//! Identifiers of fixed size: bytes inside sealed values and tables, base64url in JSON.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use super::encoding::{base64url, from_base64url_exact};
use super::time::UnixTime;

macro_rules! identifier {
    ($(#[$meta:meta])* $name:ident, $length:literal) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name([u8; $length]);

        impl $name {
            pub const LENGTH: usize = $length;

            #[must_use]
            pub const fn from_bytes(bytes: [u8; $length]) -> Self {
                Self(bytes)
            }

            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $length] {
                &self.0
            }

            /// From bytes of a table or a message, whose length is not known.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() {
                    serializer.serialize_str(&base64url(&self.0))
                } else {
                    self.0.serialize(serializer)
                }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    let text = String::deserialize(deserializer)?;
                    from_base64url_exact(&text).map(Self).ok_or_else(|| de::Error::custom("malformed identifier"))
                } else {
                    <[u8; $length]>::deserialize(deserializer).map(Self)
                }
            }
        }
    };
}

identifier! {
    /// The id of an `Account` object, as `newUniqueId` made it. It travels inside sealed values because finding an
    /// object by name costs a check around the world the first time.
    AccountId, 32
}
identifier! {
    /// Names one assertion of one client: a digest of the client and the assertion's `jti`.
    AssertionKey, 16
}
identifier! {
    /// Names one attempt of a changing call. The same attempt gets the same answer, so the Worker may ask again when an
    /// object was reset between its write and its reply.
    AttemptId, 16
}
identifier! {
    /// Names one authorization code. With the family's id it tells which of two presentations came second.
    CodeId, 16
}
identifier! {
    /// Names one browser in which a user has signed in before: 16 random bytes, and 16 by which the account recognises its
    /// own (`sign_in::device`).
    DeviceId, 32
}
identifier! {
    /// Names one token family; allocated when the code is made. See [`FamilyId::allocate`].
    FamilyId, 20
}
identifier! {
    /// Names one consent. It is new each time the user consents, so nothing of an older consent becomes valid again.
    GrantId, 16
}
identifier! {
    /// Names one user as a client knows them: a MAC over the client, an API and the user's identity there.
    LinkKey, 16
}
identifier! {
    /// The id of an organization: 16 random bytes.
    OrganizationId, 16
}
identifier! {
    /// The id in a registration access token (RFC 7592). A new one ends all tokens that have the old one.
    RegistrationAccessId, 16
}
identifier! {
    /// Names one session: a browser in which a user is signed in. See [`SessionId::allocate`].
    SessionId, 20
}

/// An id whose first four bytes are the minute of its end, so that the table's own order is the order in which rows
/// expire: clean-up looks at the first rows of a table and needs no index. The other 16 bytes are random.
const fn ending(ends_at: UnixTime, random: [u8; 16]) -> [u8; 20] {
    let minutes = ends_at.as_secs() / 60;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the range of u32")]
    let minutes = if minutes < 0 {
        0
    } else if minutes > u32::MAX as i64 {
        u32::MAX
    } else {
        minutes as u32
    };
    let [m0, m1, m2, m3] = minutes.to_be_bytes();
    let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, ra, rb, rc, rd, re, rf] = random;
    [m0, m1, m2, m3, r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, ra, rb, rc, rd, re, rf]
}

impl FamilyId {
    /// A new id for a family that ends at `ends_at` at the latest.
    #[must_use]
    pub const fn allocate(ends_at: UnixTime, random: [u8; 16]) -> Self {
        Self(ending(ends_at, random))
    }
}

impl SessionId {
    /// A new id for a session that ends at `ends_at` at the latest.
    #[must_use]
    pub const fn allocate(ends_at: UnixTime, random: [u8; 16]) -> Self {
        Self(ending(ends_at, random))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_their_end() {
        let early = FamilyId::allocate(UnixTime::from_secs(1_700_000_000), [0xff; 16]);
        let late = FamilyId::allocate(UnixTime::from_secs(1_700_000_060), [0; 16]);
        assert!(early < late);
        assert_eq!(FamilyId::allocate(UnixTime::from_secs(-1), [1; 16]).as_bytes()[..4], [0; 4]);
        assert_eq!(SessionId::allocate(UnixTime::from_secs(i64::MAX), [1; 16]).as_bytes()[..4], [0xff; 4]);
    }

    #[test]
    fn text_in_json() {
        let id = CodeId::from_bytes([7; 16]);
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, "\"BwcHBwcHBwcHBwcHBwcHBw\"");
        assert_eq!(serde_json::from_str::<CodeId>(&json).unwrap(), id);
        assert!(serde_json::from_str::<CodeId>("\"BwcHBwcHBwcHBwcHBwcHBwc\"").is_err());
    }
}
