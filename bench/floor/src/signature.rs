//! A signature by WebCrypto, with a key that was made for the first one.

use std::cell::RefCell;

use js_sys::{Array, JsString, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen_futures::JsFuture;
use worker::Result;

#[wasm_bindgen]
extern "C" {
    type Subtle;

    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    static SUBTLE: Subtle;

    #[wasm_bindgen(method, js_name = generateKey)]
    fn generate_key(this: &Subtle, algorithm: &JsValue, extractable: bool, uses: &Array) -> Promise;

    #[wasm_bindgen(method)]
    fn sign(this: &Subtle, algorithm: &JsValue, key: &JsValue, data: &[u8]) -> Promise;
}

thread_local! {
    static KEYS: RefCell<Vec<(String, JsValue, JsValue)>> = const { RefCell::new(Vec::new()) };
}

/// The bytes of the signature of `data` by `RS256`, or by `ES256`.
pub async fn of(name: &str, data: &[u8]) -> Result<u32> {
    let (algorithm, key) = key(name).await?;
    let signature = JsFuture::from(SUBTLE.with(|subtle| subtle.sign(&algorithm, &key, data))).await?;
    Ok(Uint8Array::new(&signature).length())
}

async fn key(name: &str) -> Result<(JsValue, JsValue)> {
    let known = KEYS.with_borrow(|keys| {
        keys.iter().find(|(known, ..)| known == name).map(|(_, algorithm, key)| (algorithm.clone(), key.clone()))
    });
    if let Some(known) = known {
        return Ok(known);
    }
    let algorithm = JsValue::from(Object::new());
    let set = |member: &str, value: JsValue| Reflect::set(&algorithm, &JsString::from(member), &value);
    set("hash", "SHA-256".into())?;
    if name == "ES256" {
        set("name", "ECDSA".into())?;
        set("namedCurve", "P-256".into())?;
    } else {
        set("name", "RSASSA-PKCS1-v1_5".into())?;
        set("modulusLength", 2048.into())?;
        set("publicExponent", Uint8Array::from(&[1, 0, 1][..]).into())?;
    }
    let uses = Array::of2(&"sign".into(), &"verify".into());
    let pair = JsFuture::from(SUBTLE.with(|subtle| subtle.generate_key(&algorithm, false, &uses))).await?;
    let key = Reflect::get(&pair, &"privateKey".into())?;
    KEYS.with_borrow_mut(|keys| keys.push((name.to_owned(), algorithm.clone(), key.clone())));
    Ok((algorithm, key))
}
