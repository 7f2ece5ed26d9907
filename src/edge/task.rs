//! Runs futures on promises of JavaScript. [`executor`] says when which task runs; this is its connection with `glue.js`.

use std::future::Future;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::Delay;

use super::js::glue;
use crate::platform::executor::{self, Awaited, Begun, Executor};

/// The outcome of a task or a promise: a value, or what was thrown.
pub type Outcome = Result<JsValue, JsValue>;

thread_local! {
    static EXECUTOR: Executor<Outcome> = const { Executor::new(glue::later) };
}

/// Begins a task. Returns its value, or a promise if it has to wait.
pub fn begin(future: impl Future<Output = Outcome> + 'static) -> JsValue {
    match executor::begin(&EXECUTOR, future) {
        Begun::Ended(Ok(value)) => value,
        Begun::Ended(Err(thrown)) => Promise::reject(&thrown).into(),
        Begun::Waits(number) => glue::begun(number).into(),
    }
}

/// Continues a task if it has not ended.
#[wasm_bindgen]
pub fn run(number: u32) {
    if let Some(outcome) = executor::run(&EXECUTOR, number) {
        let good = outcome.is_ok();
        glue::ended(number, good, &outcome.unwrap_or_else(|thrown| thrown));
    }
}

/// Waits for a promise.
pub fn settled(promise: &Promise) -> Awaited<Outcome> {
    let awaited = Awaited::new(&EXECUTOR);
    glue::settle(promise, awaited.number());
    awaited
}

/// Receives the outcome of the promise with this number. Nothing happens if its future was dropped.
#[wasm_bindgen(js_name = settled)]
pub fn on_settled(number: u32, good: bool, value: JsValue) {
    let outcome = if good { Ok(value) } else { Err(value) };
    executor::settle(&EXECUTOR, number, outcome).into_iter().for_each(run);
}

/// The outcome of `work`, or none if it takes longer than `deadline`. Then it is dropped.
pub async fn within<T>(deadline: Duration, work: impl Future<Output = T>) -> Option<T> {
    match select(pin!(work), pin!(Delay::from(deadline))).await {
        Either::Left((outcome, _)) => Some(outcome),
        Either::Right(_) => None,
    }
}
