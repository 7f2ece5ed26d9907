//! Bindings that the `worker` crate lacks or has without `catch`.

use js_sys::{Array, Object, Promise};
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

    /// Sends a request elsewhere.
    #[wasm_bindgen(catch, js_namespace = globalThis)]
    pub fn fetch(address: &str, init: &Object) -> Result<Promise, JsValue>;

    /// Ends a request that is under way.
    pub type AbortController;

    #[wasm_bindgen(constructor, catch)]
    pub fn new() -> Result<AbortController, JsValue>;

    /// What a request listens to.
    #[wasm_bindgen(method, getter)]
    pub fn signal(this: &AbortController) -> JsValue;

    /// Ends it.
    #[wasm_bindgen(method, catch)]
    pub fn abort(this: &AbortController) -> Result<(), JsValue>;

    /// An answer from elsewhere.
    pub type Fetched;

    #[wasm_bindgen(method, getter)]
    pub fn status(this: &Fetched) -> u16;

    #[wasm_bindgen(method, getter)]
    pub fn headers(this: &Fetched) -> FetchedHeaders;

    /// Its body; none when it is empty.
    #[wasm_bindgen(method, getter)]
    pub fn body(this: &Fetched) -> Option<ByteStream>;

    /// The headers of an answer.
    pub type FetchedHeaders;

    /// The value of one, all of its lines together.
    #[wasm_bindgen(method, catch)]
    pub fn get(this: &FetchedHeaders, name: &str) -> Result<Option<String>, JsValue>;

    /// A body that arrives piece by piece.
    pub type ByteStream;

    /// Begins to read it.
    #[wasm_bindgen(method, catch, js_name = getReader)]
    pub fn reader(this: &ByteStream) -> Result<StreamReader, JsValue>;

    /// Who reads a body.
    pub type StreamReader;

    /// The next piece.
    #[wasm_bindgen(method, catch)]
    pub fn read(this: &StreamReader) -> Result<Promise, JsValue>;
}

/// The functions of glue.js.
pub mod glue {
    use js_sys::Promise;
    use wasm_bindgen::prelude::*;
    use worker::Env;

    // What may throw is an async function there, or has `catch` here.
    #[wasm_bindgen(raw_module = "glue")]
    extern "C" {
        pub fn begun(task: u32) -> Promise;

        pub fn ended(task: u32, good: bool, value: &JsValue);

        pub fn later(task: u32);

        pub fn settle(promise: &Promise, number: u32);

        pub fn ask(
            env: &Env,
            binding: &str,
            id: Option<&str>,
            name: Option<&str>,
            command: &str,
            milliseconds: u32,
        ) -> Promise;

        #[wasm_bindgen(js_name = newId, catch)]
        pub fn new_id(env: &Env, binding: &str) -> Result<String, JsValue>;

        #[wasm_bindgen(catch)]
        pub fn response(
            status: u16,
            common: &str,
            own: &str,
            text: Option<&str>,
            bytes: Option<&[u8]>,
        ) -> Result<JsValue, JsValue>;

        pub fn place(request: &JsValue) -> Vec<JsValue>;

        #[wasm_bindgen(js_name = importKey)]
        pub fn import_key(algorithm: &str, jwk: &str, usage: &str) -> Promise;

        pub fn sign(algorithm: &str, key: &JsValue, data: &[u8]) -> Promise;

        pub fn verify(algorithm: &str, key: &JsValue, signature: &[u8], data: &[u8]) -> Promise;
    }
}

/// What a thrown value says, for the log.
pub fn message(thrown: &JsValue) -> String {
    thrown
        .dyn_ref::<js_sys::Error>()
        .map_or_else(|| "a value that is no Error was thrown".to_owned(), |error| error.message().into())
}
