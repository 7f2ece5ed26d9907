//! Signatures by WebCrypto: in wasm, one ES256 signature costs twenty-five times as much.

use std::cell::RefCell;

use js_sys::Uint8Array;
use wasm_bindgen::JsValue;

use super::js::{glue, message};
use super::task::settled;
use crate::base::Cache;
use crate::jose::{Algorithm, PublicKey, SigningKey};
use crate::platform::Fault;

thread_local! {
    /// Imported keys by their use, algorithm and `kid`, which is a digest of the key. Requests may share them: they are values,
    /// not I/O.
    static KEYS: RefCell<Cache<(Use, Algorithm, String), JsValue, MOST_KEYS>> = const { RefCell::new(Cache::new()) };
    /// Digests of valid signatures: an API checks the same access token many times. Nothing else is remembered, so the signed text is
    /// read and judged each time.
    static GOOD: RefCell<Cache<[u8; 32], (), MOST_GOOD>> = const { RefCell::new(Cache::new()) };
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

/// The most keys that are kept: clients replace their public keys.
const MOST_KEYS: usize = 64;

/// The most signatures that are remembered.
const MOST_GOOD: usize = 1_000;

pub async fn sign(key: &SigningKey, input: &[u8]) -> Result<Vec<u8>, Fault> {
    let algorithm = key.algorithm();
    let name = (Use::Sign, algorithm, key.kid().to_owned());
    let imported = import(name, key.private_jwk().expose()).await?;
    let signature = settled(&glue::sign(algorithm.as_str(), &imported, input)).await.map_err(thrown)?;
    Ok(Uint8Array::new(&signature).to_vec())
}

pub async fn verify(key: &PublicKey, input: &[u8], signature: &[u8]) -> Result<bool, Fault> {
    let algorithm = key.algorithm();
    let digest = key.signature_digest(input, signature);
    if GOOD.with_borrow(|known| known.contains(&digest)) {
        return Ok(true);
    }
    let name = (Use::Verify, algorithm, key.kid().to_owned());
    let imported = import(name, &key.bare_jwk()).await?;
    let outcome = settled(&glue::verify(algorithm.as_str(), &imported, signature, input)).await.map_err(thrown)?;
    let is_good = outcome.is_truthy();
    if is_good {
        GOOD.with_borrow_mut(|known| known.put(digest, ()));
    }
    Ok(is_good)
}

async fn import(name: (Use, Algorithm, String), jwk: &str) -> Result<JsValue, Fault> {
    if let Some(key) = KEYS.with_borrow(|keys| keys.get(&name).cloned()) {
        return Ok(key);
    }
    let key = settled(&glue::import_key(name.1.as_str(), jwk, name.0.as_str())).await.map_err(thrown)?;
    KEYS.with_borrow_mut(|keys| keys.put(name, key.clone()));
    Ok(key)
}

fn thrown(thrown: JsValue) -> Fault {
    Fault::Crypto(message(&thrown))
}
