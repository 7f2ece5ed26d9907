//! The only part that knows the platform: events in, the ports implemented, objects around their stores.
//!
//! The platform calls entry.js, which calls what is exported here; glue.js is what is called from here.
//!
//! No imported JavaScript call may throw uncaught here, because that ends every request of the isolate: what can throw is
//! bound with `catch` in [`js`].

mod convert;
mod js;
mod objects;
mod outbound;
mod platform;
mod task;
mod webcrypto;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast as _, JsValue};
use worker::Env;

use crate::base::UnixTime;
use crate::config::{Config, Problem};
use crate::endpoints;

thread_local! {
    /// Parsed once per isolate: vars and secrets cannot change while it lives.
    static CONFIG: OnceCell<Rc<Result<Config, Vec<Problem>>>> = const { OnceCell::new() };
}

/// Answers every request with a response, or with the promise of one; what fails inside is a response.
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

/// The configuration, in the Worker and in its objects alike.
fn config(env: &Env, now: UnixTime) -> Rc<Result<Config, Vec<Problem>>> {
    CONFIG.with(|cell| Rc::clone(cell.get_or_init(|| Rc::new(Config::parse(&vars(env), now)))))
}

/// The platform's clock. It stands still while a request computes.
fn now() -> UnixTime {
    UnixTime::from_secs(i64::try_from(worker::Date::now().as_millis() / 1_000).unwrap_or(i64::MAX))
}

/// All vars and secrets; to the platform they are the same. Other bindings are no texts.
fn vars(env: &Env) -> BTreeMap<String, String> {
    let names = js_sys::Object::keys(env.unchecked_ref::<js_sys::Object>());
    let text = |name: &JsValue| js_sys::Reflect::get(env.as_ref(), name).ok()?.as_string();
    names.iter().filter_map(|name| Some((name.as_string()?, text(&name)?))).collect()
}
