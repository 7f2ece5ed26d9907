//! Runs futures on promises of JavaScript.
//!
//! A task runs at once until it has to wait, and continues in the event that settles the promise it waits for. The executor of
//! `wasm-bindgen-futures` adds a microtask before each step, and makes and registers two closures for each promise. A token
//! request has about a dozen steps, so both would cost it time.
//!
//! Other wakers, such as a timer of the `worker` crate, may wake a task before they have finished themselves. Then the task
//! continues in a microtask of its own.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use super::js::glue;

/// The outcome of a task or a promise: a value, or what was thrown.
pub type Outcome = Result<JsValue, JsValue>;

thread_local! {
    static TASKS: RefCell<Numbered<Task>> = RefCell::default();
    static AWAITED: RefCell<Numbered<Awaited>> = RefCell::default();
    /// The tasks that a promise has woken while it is being settled.
    static WOKEN: RefCell<Option<Vec<u32>>> = const { RefCell::new(None) };
}

/// Things by number: JavaScript can hold a number.
struct Numbered<T> {
    next: u32,
    things: BTreeMap<u32, T>,
}

impl<T> Default for Numbered<T> {
    fn default() -> Self {
        Self { next: 0, things: BTreeMap::new() }
    }
}

impl<T> Numbered<T> {
    fn add(&mut self, thing: T) -> u32 {
        let number = self.next;
        self.next = number.wrapping_add(1);
        self.things.insert(number, thing);
        number
    }
}

enum Task {
    Waiting(Pin<Box<dyn Future<Output = Outcome>>>),
    /// It is being polled; `woken` if it was woken meanwhile.
    Running {
        woken: bool,
    },
}

/// Wakes the task of its number. It holds no future, because a [`Waker`] is `Send` and our futures are not.
struct Number(u32);

impl Wake for Number {
    fn wake(self: Arc<Self>) {
        let settling = WOKEN.with_borrow_mut(|woken| woken.as_mut().map(|woken| woken.push(self.0)).is_some());
        if !settling {
            glue::later(self.0);
        }
    }
}

/// Begins a task. Returns its value, or a promise if it has to wait.
pub fn begin(future: impl Future<Output = Outcome> + 'static) -> JsValue {
    let number = TASKS.with_borrow_mut(|tasks| tasks.add(Task::Running { woken: false }));
    match go_on(number, Box::pin(future)) {
        Some(Ok(value)) => value,
        Some(Err(thrown)) => Promise::reject(&thrown).into(),
        None => glue::begun(number).into(),
    }
}

/// Continues a task if it has not ended.
#[wasm_bindgen]
pub fn run(number: u32) {
    let Some(future) = TASKS.with_borrow_mut(|tasks| take(tasks, number)) else {
        return;
    };
    if let Some(outcome) = go_on(number, future) {
        let good = outcome.is_ok();
        glue::ended(number, good, &outcome.unwrap_or_else(|thrown| thrown));
    }
}

/// The future of a waiting task; none if it has ended. None too if it is running, and it will be polled again.
fn take(tasks: &mut Numbered<Task>, number: u32) -> Option<Pin<Box<dyn Future<Output = Outcome>>>> {
    let task = tasks.things.get_mut(&number)?;
    match std::mem::replace(task, Task::Running { woken: false }) {
        Task::Waiting(future) => Some(future),
        Task::Running { .. } => {
            *task = Task::Running { woken: true };
            None
        }
    }
}

/// Polls a task. Returns its outcome, or none if it waits again.
fn go_on(number: u32, mut future: Pin<Box<dyn Future<Output = Outcome>>>) -> Option<Outcome> {
    let waker = Waker::from(Arc::new(Number(number)));
    loop {
        if let Poll::Ready(outcome) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            TASKS.with_borrow_mut(|tasks| tasks.things.remove(&number));
            return Some(outcome);
        }
        future = TASKS.with_borrow_mut(|tasks| {
            let task = tasks.things.get_mut(&number)?;
            if let Task::Running { woken: woken @ true } = task {
                *woken = false;
                return Some(future);
            }
            *task = Task::Waiting(future);
            None
        })?;
    }
}

/// The outcome of a promise, as a future.
pub struct Settled {
    number: u32,
}

enum Awaited {
    Pending(Option<Waker>),
    Done(Outcome),
}

/// Waits for a promise.
pub fn settled(promise: &Promise) -> Settled {
    let number = AWAITED.with_borrow_mut(|awaited| awaited.add(Awaited::Pending(None)));
    glue::settle(promise, number);
    Settled { number }
}

impl Future for Settled {
    type Output = Outcome;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Outcome> {
        AWAITED.with_borrow_mut(|awaited| {
            if let Some(Awaited::Done(outcome)) = awaited.things.remove(&self.number) {
                return Poll::Ready(outcome);
            }
            awaited.things.insert(self.number, Awaited::Pending(Some(context.waker().clone())));
            Poll::Pending
        })
    }
}

impl Drop for Settled {
    fn drop(&mut self) {
        AWAITED.with_borrow_mut(|awaited| awaited.things.remove(&self.number));
    }
}

/// Receives the outcome of the promise with this number. Nothing happens if its future was dropped.
#[wasm_bindgen(js_name = settled)]
pub fn on_settled(number: u32, good: bool, value: JsValue) {
    let outcome = if good { Ok(value) } else { Err(value) };
    let waiting = AWAITED.with_borrow_mut(|awaited| {
        let place = awaited.things.get_mut(&number)?;
        match std::mem::replace(place, Awaited::Done(outcome)) {
            Awaited::Pending(waker) => waker,
            Awaited::Done(_) => None,
        }
    });
    WOKEN.set(Some(Vec::new()));
    if let Some(waker) = waiting {
        waker.wake();
    }
    WOKEN.take().unwrap_or_default().into_iter().for_each(run);
}
