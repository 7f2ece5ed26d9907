//! Secret values of fixed size.

/// Declares `$name`, 32 bytes that only an account may know: base64url in messages, a BLOB in tables, nothing in `Debug`.
macro_rules! secret_bytes {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Debug)]
        pub struct $name(crate::base::Secret<[u8; 32]>);

        impl $name {
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(crate::base::Secret::new(bytes))
            }

            /// From bytes that a table holds.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self::from_bytes)
            }

            /// Its bytes.
            #[must_use]
            pub const fn expose(&self) -> &[u8; 32] {
                self.0.expose()
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&crate::base::encoding::base64url(self.expose()))
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                crate::base::encoding::from_base64url_exact(&text)
                    .map(Self::from_bytes)
                    .ok_or_else(|| serde::de::Error::custom("not 32 bytes in base64url"))
            }
        }
    };
}
pub(super) use secret_bytes;
