//! The configuration and the clock, for requests and objects.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use wasm_bindgen::{JsCast as _, JsValue};
use worker::Env;

use crate::base::UnixTime;
use crate::config::{Config, ConfigProblem};

thread_local! {
    /// Parsed once per isolate: vars and secrets cannot change while it lives.
    static CONFIG: OnceCell<Rc<Result<Config, Vec<ConfigProblem>>>> = const { OnceCell::new() };
}

/// The configuration, in the Worker and in its objects alike.
pub fn config(env: &Env, now: UnixTime) -> Rc<Result<Config, Vec<ConfigProblem>>> {
    CONFIG.with(|cell| {
        Rc::clone(cell.get_or_init(|| {
            let config = Config::parse(&vars(env), now);
            for ConfigProblem { name, what } in config.iter().flat_map(|config| &config.warnings) {
                worker::console_warn!("{}", serde_json::json!({"event": "setting", "name": name, "problem": what}));
            }
            Rc::new(config)
        }))
    })
}

/// The platform's clock. It stands still while a request computes.
pub fn now() -> UnixTime {
    UnixTime::from_secs(i64::try_from(worker::Date::now().as_millis() / 1_000).unwrap_or(i64::MAX))
}

/// All vars and secrets, which the platform does not tell apart. Bindings of other kinds are not texts.
fn vars(env: &Env) -> BTreeMap<String, String> {
    let names = js_sys::Object::keys(env.unchecked_ref::<js_sys::Object>());
    let text = |name: &JsValue| js_sys::Reflect::get(env.as_ref(), name).ok()?.as_string();
    names.iter().filter_map(|name| Some((name.as_string()?, text(&name)?))).collect()
}
