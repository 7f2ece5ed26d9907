//! The fetch event: one request, one response.

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Env;

use super::environment::{config, now};
use super::{convert, platform, task};
use crate::endpoints;

/// Answers a request with a response, or with the promise of one. An internal failure is a response too.
#[wasm_bindgen]
pub fn respond(head: &str, body: JsValue, request: JsValue, env: Env) -> JsValue {
    let parts = convert::request(head, body);
    task::begin(async move {
        let now = now();
        let config = config(&env, now);
        let platform = platform::Workers::new(&env, Some(request));
        convert::response(endpoints::respond(&config, &platform, now, &parts).await)
    })
}
