//! Bindings that the `worker` crate lacks or has without `catch`.

use js_sys::{Array, Object, Promise, Uint8Array};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A Durable Object's storage.
    pub type Storage;

    /// Runs `step` in a transaction; a throw of `step` undoes its writes.
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub fn transaction_sync(
        this: &Storage,
        step: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;

    /// Its database.
    #[wasm_bindgen(method, getter)]
    pub fn sql(this: &Storage) -> SqlStorage;

    /// The database of a storage.
    pub type SqlStorage;

    /// Runs a statement up to its first row.
    #[wasm_bindgen(method, catch, variadic)]
    pub fn exec(this: &SqlStorage, statement: &str, parameters: &Array) -> Result<Cursor, JsValue>;

    /// The rows of a statement.
    pub type Cursor;

    /// The rows as arrays.
    #[wasm_bindgen(method, catch)]
    pub fn raw(this: &Cursor) -> Result<RawCursor, JsValue>;

    /// Rows written so far, as they are billed.
    #[wasm_bindgen(method, getter, js_name = rowsWritten)]
    pub fn rows_written(this: &Cursor) -> f64;

    /// The rows as arrays.
    pub type RawCursor;

    /// Takes all rows.
    #[wasm_bindgen(method, catch, js_name = toArray)]
    pub fn to_array(this: &RawCursor) -> Result<Array, JsValue>;

    /// `crypto.subtle`.
    pub type SubtleCrypto;

    #[wasm_bindgen(thread_local_v2, js_namespace = crypto, js_name = subtle)]
    pub static SUBTLE: SubtleCrypto;

    /// Makes a key of a JWK.
    #[wasm_bindgen(method, catch, js_name = importKey)]
    pub fn import_key(
        this: &SubtleCrypto,
        format: &str,
        jwk: &Object,
        algorithm: &Object,
        extractable: bool,
        usages: &Array,
    ) -> Result<Promise, JsValue>;

    /// Signs.
    #[wasm_bindgen(method, catch)]
    pub fn sign(this: &SubtleCrypto, algorithm: &Object, key: &JsValue, data: &Uint8Array) -> Result<Promise, JsValue>;

    /// Verifies.
    #[wasm_bindgen(method, catch)]
    pub fn verify(
        this: &SubtleCrypto,
        algorithm: &Object,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
}

/// What a thrown value says, for the log.
pub fn message(thrown: &JsValue) -> String {
    thrown
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| "a value that is no Error was thrown".to_owned(), |error| error.message().into())
}
