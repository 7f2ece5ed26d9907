//! Signatures by WebCrypto: in wasm, one ES256 signature costs twenty-five times as much.

use std::cell::RefCell;
use std::collections::BTreeMap;

use js_sys::{Array, JSON, Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;

use super::js::{SUBTLE, message};
use crate::jose::{Algorithm, PublicKey, SigningKey};
use crate::platform::Fault;

thread_local! {
    /// Imported keys by their use, algorithm and `kid`, which is a digest of the key: values, not I/O, so requests may share
    /// them.
    static KEYS: RefCell<BTreeMap<(Use, Algorithm, String), JsValue>> = const { RefCell::new(BTreeMap::new()) };
}

/// What a key was imported for.
#[derive(Clone, Copy, Eq, Ord, PartialEq, PartialOrd)]
enum Use {
    Sign,
    Verify,
}

impl Use {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Sign => "sign",
            Self::Verify => "verify",
        }
    }
}

/// The most keys that are kept; public keys of clients come and go.
const MOST_KEYS: usize = 64;

pub async fn sign(key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, Fault> {
    let algorithm = parameters(key.algorithm())?;
    let name = (Use::Sign, key.algorithm(), key.kid().to_owned());
    let imported = import(name, key.private_jwk().expose(), &algorithm).await?;
    let data = Uint8Array::from(input);
    let promise = SUBTLE.with(|subtle| subtle.sign(&algorithm, &imported, &data)).map_err(thrown)?;
    let signature = JsFuture::from(promise).await.map_err(thrown)?;
    Ok(Uint8Array::new(&signature).to_vec())
}

pub async fn verify(key: &PublicKey, input: &[u8], signature: &[u8]) -> Result<bool, Fault> {
    let algorithm = parameters(key.algorithm())?;
    let name = (Use::Verify, key.algorithm(), key.kid().to_owned());
    let imported = import(name, &key.bare_jwk(), &algorithm).await?;
    let (data, signature) = (Uint8Array::from(input), Uint8Array::from(signature));
    let promise = SUBTLE.with(|subtle| subtle.verify(&algorithm, &imported, &signature, &data)).map_err(thrown)?;
    let good = JsFuture::from(promise).await.map_err(thrown)?;
    Ok(good.is_truthy())
}

/// One object that serves importing, signing and verifying alike.
fn parameters(algorithm: Algorithm) -> Result<Object, Fault> {
    let members: &[(&str, JsValue)] = match algorithm {
        Algorithm::Es256 => &[("name", "ECDSA".into()), ("namedCurve", "P-256".into()), ("hash", "SHA-256".into())],
        Algorithm::EdDsa => &[("name", "Ed25519".into())],
        Algorithm::Ps256 => &[("name", "RSA-PSS".into()), ("hash", "SHA-256".into()), ("saltLength", 32.into())],
        Algorithm::Rs256 => &[("name", "RSASSA-PKCS1-v1_5".into()), ("hash", "SHA-256".into())],
    };
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).map_err(thrown)?;
    }
    Ok(object)
}

async fn import(name: (Use, Algorithm, String), jwk: &str, algorithm: &Object) -> Result<JsValue, Fault> {
    if let Some(key) = KEYS.with_borrow(|keys| keys.get(&name).cloned()) {
        return Ok(key);
    }
    let jwk: Object = JSON::parse(jwk).map_err(thrown)?.dyn_into().map_err(thrown)?;
    let usages = Array::of1(&name.0.as_str().into());
    let promise = SUBTLE.with(|subtle| subtle.import_key("jwk", &jwk, algorithm, false, &usages)).map_err(thrown)?;
    let key = JsFuture::from(promise).await.map_err(thrown)?;
    KEYS.with_borrow_mut(|keys| {
        if keys.len() >= MOST_KEYS {
            keys.clear();
        }
        keys.insert(name, key.clone());
    });
    Ok(key)
}

fn thrown(thrown: JsValue) -> Fault {
    Fault::Crypto(message(&thrown))
}
