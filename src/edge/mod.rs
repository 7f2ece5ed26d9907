//! The only part that knows the platform: events in, the ports implemented, objects around their stores.
//!
//! No imported JavaScript call may throw uncaught here, because that ends every request of the isolate: what can throw is
//! bound with `catch` in [`js`].

mod convert;
mod js;
mod objects;
mod outbound;
mod platform;
mod webcrypto;

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use worker::{Context, Env, event};

use crate::base::UnixTime;
use crate::config::{Config, Problem};
use crate::endpoints;

thread_local! {
    /// Parsed once per isolate: vars and secrets cannot change while it lives.
    static CONFIG: OnceCell<Rc<Result<Config, Vec<Problem>>>> = const { OnceCell::new() };
}

/// Answers every request; what fails inside is a response, never an `Err`.
#[event(fetch)]
async fn fetch(request: worker::Request, env: Env, _context: Context) -> worker::Result<worker::Response> {
    let now = now();
    let config = config(&env, now);
    let request = convert::request(request).await;
    let platform = platform::Workers::new(&env);
    convert::response(endpoints::respond(&config, &platform, now, &request).await)
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
