//! JSON Web Key Sets of clients (RFC 7517 section 5): the public keys that verify their signatures.

use serde::{Deserialize, Deserializer, Serialize, de};
use serde_json::{Map, Value};

use super::algorithm::Algorithm;
use super::jwk::{Bare, PublicKey};
use super::key_problem::KeyProblem;
use super::material::{KeyKind, Material, description};

/// The most keys that a set may have.
const MOST_KEYS: usize = 20;

/// Members that only private and symmetric keys have (RFC 7518 section 6).
const PRIVATE: [&str; 8] = ["d", "dp", "dq", "k", "oth", "p", "q", "qi"];

/// The public keys of a client.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct KeySet {
    keys: Vec<Member>,
}

/// One key as its owner describes it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
struct Member {
    #[serde(flatten)]
    key: Bare,
    #[serde(skip)]
    thumbprint: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    /// What the key alone decides or its owner says; RSA keys without it serve the algorithm that their owner registered.
    #[serde(rename = "alg", skip_serializing_if = "Option::is_none")]
    named: Option<Algorithm>,
    #[serde(skip)]
    decided: Option<Algorithm>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none")]
    usage: Option<&'static str>,
}

/// What is wrong with a key set.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum KeySetProblem {
    /// Two keys have one `kid`.
    #[error("two keys have the same kid")]
    Ambiguous,
    /// It has no key, or more than 20.
    #[error("a key set must have 1 to 20 keys")]
    Count,
    /// A private or symmetric key: anybody who has seen it can sign as its owner.
    #[error("a key set must have public keys only")]
    Private,
    /// Not a JWK Set.
    #[error("not a JWK Set")]
    Syntax,
    /// A key of another kind, for another use or of another size than can be used here.
    #[error("each key must be an RSA key of 2048 to 8192 bits, a P-256 or an Ed25519 key, for signatures")]
    Unusable,
}

/// Why there is no one key for a signature.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoKey {
    /// No key has the name, or none is for the algorithm.
    #[error("no key fits")]
    None,
    /// More than one could be meant.
    #[error("more than one key fits, and none is named")]
    Several,
}

impl KeySet {
    /// A set that its owner registers: each key must be usable, so that the owner learns at once of one that is not.
    ///
    /// # Errors
    /// [`KeySetProblem`].
    pub fn registered(members: &Map<String, Value>) -> Result<Self, KeySetProblem> {
        Self::read(members, |key| key.map(Some))
    }

    /// A set that its owner publishes. It is not for this server alone, so keys that cannot be used here are left out (RFC 7517
    /// section 5).
    ///
    /// # Errors
    /// [`KeySetProblem`].
    pub fn published(members: &Map<String, Value>) -> Result<Self, KeySetProblem> {
        Self::read(members, |key| match key {
            Err(KeySetProblem::Unusable) => Ok(None),
            key => key.map(Some),
        })
    }

    fn read(
        members: &Map<String, Value>,
        judge: impl Fn(Result<Member, KeySetProblem>) -> Result<Option<Member>, KeySetProblem>,
    ) -> Result<Self, KeySetProblem> {
        let values = members.get("keys").and_then(Value::as_array).ok_or(KeySetProblem::Syntax)?;
        if values.len() > MOST_KEYS {
            return Err(KeySetProblem::Count);
        }
        let mut keys: Vec<Member> = Vec::new();
        for value in values {
            let Some(key) = judge(Member::read(value))? else {
                continue;
            };
            if key.kid.is_some() && keys.iter().any(|other| other.kid == key.kid) {
                return Err(KeySetProblem::Ambiguous);
            }
            keys.push(key);
        }
        if keys.is_empty() { Err(KeySetProblem::Count) } else { Ok(Self { keys }) }
    }

    /// The keys that can verify; with `registered`, only those for that algorithm.
    #[must_use]
    pub fn usable(&self, registered: Option<Algorithm>) -> Vec<PublicKey> {
        self.keys.iter().filter_map(|key| key.public(registered)).collect()
    }

    /// The one key that a signature by the key named `kid` can be checked with. The key decides the algorithm: `registered`
    /// is the one that its owner is bound to.
    ///
    /// # Errors
    /// [`NoKey`].
    pub fn find(&self, kid: Option<&str>, registered: Option<Algorithm>) -> Result<PublicKey, NoKey> {
        let named = self.keys.iter().filter(|key| kid.is_none() || key.kid.as_deref() == kid);
        let mut fitting = named.filter_map(|key| key.public(registered));
        match (fitting.next(), fitting.next()) {
            (Some(key), None) => Ok(key),
            (None, _) => Err(NoKey::None),
            (Some(_), Some(_)) => Err(NoKey::Several),
        }
    }
}

impl Member {
    fn read(value: &Value) -> Result<Self, KeySetProblem> {
        let members = value.as_object().ok_or(KeySetProblem::Syntax)?;
        if PRIVATE.iter().any(|name| members.contains_key(*name)) {
            return Err(KeySetProblem::Private);
        }
        Self::described(members).ok_or(KeySetProblem::Unusable)
    }

    /// `None` when it cannot be used.
    fn described(members: &Map<String, Value>) -> Option<Self> {
        let key = Material::read(members)?;
        let read = |name| description(members, name).ok();
        let (kid, alg, usage) = (read("kid")?, read("alg")?, read("use")?);
        if !key.kind().is_cheap_to_verify() || usage.is_some_and(|usage| usage != "sig") {
            return None;
        }
        let decided = decided(&key, alg).ok()?;
        Some(Self {
            thumbprint: key.thumbprint(),
            key: Bare(key.public()),
            kid: kid.map(ToOwned::to_owned),
            named: decided.filter(|_| alg.is_some()),
            decided,
            usage: usage.map(|_| "sig"),
        })
    }

    /// The key, for the algorithm that it is for; `None` when that is not `registered`, or unknown.
    fn public(&self, registered: Option<Algorithm>) -> Option<PublicKey> {
        let algorithm = match (self.decided, registered) {
            (Some(decided), None) => decided,
            (Some(decided), Some(registered)) if decided == registered => decided,
            (None, Some(registered @ (Algorithm::Ps256 | Algorithm::Rs256))) => registered,
            _ => return None,
        };
        Some(PublicKey::new(self.key.clone(), self.thumbprint.clone(), algorithm))
    }
}

/// The algorithm that the key and its `alg` decide; an RSA key without `alg` leaves it open.
fn decided(key: &Material<'_>, alg: Option<&str>) -> Result<Option<Algorithm>, KeyProblem> {
    match (key.kind(), alg) {
        (KeyKind::Rsa { .. }, None) => key.algorithm(Some(Algorithm::Rs256.as_str())).map(|_| None),
        _ => key.algorithm(alg).map(Some),
    }
}

impl<'de> Deserialize<'de> for KeySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::registered(&Map::deserialize(deserializer)?).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::base::encoding::base64url;

    fn read(keys: &Value) -> Result<KeySet, KeySetProblem> {
        KeySet::registered(json!({ "keys": keys }).as_object().unwrap())
    }

    fn ec(kid: &str) -> Value {
        json!({"kty": "EC", "crv": "P-256", "x": base64url(&[1; 32]), "y": base64url(&[2; 32]), "kid": kid})
    }

    fn rsa(bytes: usize) -> Value {
        json!({"kty": "RSA", "n": base64url(&vec![0xc1; bytes]), "e": "AQAB"})
    }

    fn with(mut key: Value, name: &str, value: &str) -> Value {
        key.as_object_mut().unwrap().insert(name.to_owned(), json!(value));
        key
    }

    #[test]
    fn a_set_is_told_as_it_was_registered() {
        let keys = json!([ec("a"), with(with(rsa(256), "alg", "PS256"), "use", "sig"), rsa(512)]);
        let set = read(&keys).unwrap();
        assert_eq!(serde_json::to_value(&set).unwrap(), json!({ "keys": keys }));
        assert_eq!(serde_json::from_value::<KeySet>(json!({ "keys": keys })).unwrap(), set);
    }

    // spec: RFC 7518 section 6 - private and symmetric keys are refused
    // spec: RFC 7518 section 3.3 - RSA keys have at least 2048 bits
    #[test]
    fn keys_that_cannot_be_registered() {
        use KeySetProblem as P;
        let keys: Vec<Value> = (0..21).map(|number| ec(&number.to_string())).collect();
        for (keys, problem) in [
            (json!({}), P::Syntax),
            (json!(["key"]), P::Syntax),
            (json!([]), P::Count),
            (json!(keys), P::Count),
            (json!([ec("a"), ec("a")]), P::Ambiguous),
            (json!([with(ec("a"), "d", &base64url(&[3; 32]))]), P::Private),
            (json!([with(ec("a"), "d", "")]), P::Private),
            (json!([with(rsa(256), "d", "AQAB")]), P::Private),
            (json!([with(rsa(256), "p", "AQAB")]), P::Private),
            (json!([{"kty": "oct", "k": "AAAA"}]), P::Private),
            (json!([{"kty": "oct"}]), P::Unusable),
            (json!([with(ec("a"), "crv", "P-384")]), P::Unusable),
            (json!([with(ec("a"), "crv", "secp256k1")]), P::Unusable),
            (json!([with(ec("a"), "alg", "ES384")]), P::Unusable),
            (json!([with(ec("a"), "alg", "HS256")]), P::Unusable),
            (json!([with(ec("a"), "alg", "none")]), P::Unusable),
            (json!([with(ec("a"), "use", "enc")]), P::Unusable),
            (json!([with(ec("a"), "x", &base64url(&[1; 31]))]), P::Unusable),
            (json!([with(ec("a"), "x", "=")]), P::Unusable),
            (json!([rsa(255)]), P::Unusable),
            (json!([rsa(1_025)]), P::Unusable),
            (json!([with(rsa(256), "e", &base64url(&[1; 9]))]), P::Unusable),
            (json!([with(rsa(256), "alg", "ES256")]), P::Unusable),
            (json!([{"kty": "OKP", "crv": "X25519", "x": base64url(&[1; 32])}]), P::Unusable),
            (json!([{"kty": "OKP", "crv": "Ed25519", "x": base64url(&[1; 33])}]), P::Unusable),
        ] {
            assert_eq!(read(&keys), Err(problem), "{keys}");
        }
    }

    // spec: RFC 7517 section 5 - keys of other kinds in a set are ignored
    #[test]
    fn of_a_published_set_what_is_usable_is_taken_and_private_keys_spoil_it() {
        let published = |keys: Value| KeySet::published(json!({ "keys": keys }).as_object().unwrap());
        let set = published(json!([with(ec("b"), "crv", "P-521"), with(ec("c"), "use", "enc"), ec("a")])).unwrap();
        assert_eq!(set, read(&json!([ec("a")])).unwrap());
        assert_eq!(published(json!([with(ec("c"), "use", "enc")])), Err(KeySetProblem::Count));
        assert_eq!(published(json!([ec("a"), {"kty": "oct", "k": "AAAA"}])), Err(KeySetProblem::Private));
    }

    // spec: RFC 8725 section 3.1 - a key is for one algorithm
    // spec: Invariant 4 - the key decides the algorithm
    #[test]
    fn the_key_decides_the_algorithm() {
        let set = read(&json!([ec("a"), with(with(rsa(256), "alg", "PS256"), "kid", "b"), with(rsa(512), "kid", "c")]))
            .unwrap();
        let found = |kid, registered| set.find(kid, registered).map(|key| key.algorithm());
        assert_eq!(found(Some("a"), None), Ok(Algorithm::Es256));
        assert_eq!(found(Some("a"), Some(Algorithm::Rs256)), Err(NoKey::None));
        assert_eq!(found(Some("b"), None), Ok(Algorithm::Ps256));
        assert_eq!(found(Some("b"), Some(Algorithm::Rs256)), Err(NoKey::None));
        assert_eq!(found(Some("c"), None), Err(NoKey::None), "nothing says what the key is for");
        assert_eq!(found(Some("c"), Some(Algorithm::Rs256)), Ok(Algorithm::Rs256));
        assert_eq!(found(Some("c"), Some(Algorithm::Es256)), Err(NoKey::None));
        assert_eq!(found(Some("d"), None), Err(NoKey::None));
        assert_eq!(found(None, None), Err(NoKey::Several));
        assert_eq!(found(None, Some(Algorithm::Es256)), Ok(Algorithm::Es256), "one candidate");
    }

    /// The name of a key is unique within its set only: two owners may use the same one.
    // spec: RFC 7638 section 3 - a key is named by its thumbprint
    #[test]
    fn a_key_is_named_by_its_thumbprint() {
        let one = read(&json!([ec("same")])).unwrap().find(Some("same"), None).unwrap();
        let other = read(&json!([with(ec("same"), "x", &base64url(&[9; 32]))])).unwrap().find(None, None).unwrap();
        assert_ne!(one.kid(), other.kid());
        assert_eq!(one.kid().len(), 43);
    }
}
