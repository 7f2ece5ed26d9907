//! A password is hashed.

use serde::{Deserialize, Serialize};

use crate::base::{Secret, UnixTime};
use crate::sign_in::password::{BadParameters, PasswordParameters, Verifier};
use crate::store::ask::Ask;
use crate::store::sql::{Sql, SqlFault};

/// Computes the verifier of a password.
#[derive(Debug, Deserialize, Serialize)]
pub struct Hash {
    #[serde(with = "plain")]
    pub password: Secret<String>,
    /// How it is hashed.
    pub parameters: PasswordParameters,
}

impl Ask for Hash {
    type Reply = Result<Verifier, BadParameters>;

    const ONLY_READS: bool = true;

    fn step(self, _: &dyn Sql, _: UnixTime) -> Result<Self::Reply, SqlFault> {
        Ok(Verifier::of(&self.password, &self.parameters))
    }
}

/// The one place where a secret text is written out: the message that stays between a Worker and its own object.
mod plain {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use crate::base::Secret;

    pub fn serialize<S: Serializer>(secret: &Secret<String>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Secret<String>, D::Error> {
        String::deserialize(deserializer).map(Secret::new)
    }
}
