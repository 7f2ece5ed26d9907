//! The Durable Objects: each parses a command, calls its store and responds. The logic is in `store`.

mod account;
mod database;
mod directory;
mod hasher;
mod registry;
mod replay;

use std::rc::Rc;
use std::time::Duration;

use js_sys::Promise;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::DurableObjectState;
use worker::{Env, State};

use self::database::Database;
use super::{now, task};
use crate::base::UnixTime;
use crate::store::sql::{Sql as _, SqlFault};
use crate::store::{Answered, Encoded};

/// One object.
trait Object: Sized + 'static {
    fn new(state: State, env: Env) -> Self;

    /// Carries out a command. All that it reads and writes is in here, so no other request comes between.
    fn step(&self, command: &str) -> worker::Result<Step>;

    /// Its alarm of every day is known to be set.
    fn is_armed(&self) {}

    fn state(&self) -> &State;

    /// What it does when the alarm goes off.
    async fn alarm(&self) -> worker::Result<()> {
        Ok(())
    }
}

/// What a command came to.
struct Step {
    database: Database,
    now: UnixTime,
    outcome: Result<Encoded, SqlFault>,
    /// What has to be waited for before it is answered, because it is written with what the step wrote.
    alarm: Option<Alarm>,
}

/// An alarm that a step needs.
enum Alarm {
    /// One so soon, whenever the one that is set would be.
    In(Duration),
    /// One so soon, unless one is set.
    UnlessSet(Duration),
}

/// The class that the platform knows of an [`Object`].
macro_rules! class {
    ($class:ident, $object:ty) => {
        #[doc = concat!("See [`", stringify!($object), "`].")]
        #[wasm_bindgen]
        pub struct $class(Rc<$object>);

        #[wasm_bindgen]
        impl $class {
            /// A new instance of the object.
            #[wasm_bindgen(constructor)]
            pub fn new(state: DurableObjectState, env: Env) -> Self {
                Self(Rc::new(Object::new(State::from(state), env)))
            }

            /// Answers a command with a text, or with the promise of one; with an empty one when there was a fault of ours.
            ///
            /// # Errors
            /// When the command is malformed, or the database fails before it.
            pub fn run(&self, command: &str) -> Result<JsValue, JsValue> {
                run(&self.0, command)
            }

            /// Does what is to be done from time to time.
            pub fn alarm(&self) -> Promise {
                alarm(&self.0)
            }
        }
    };
}
class!(Account, account::Account);
class!(Directory, directory::Directory);
class!(Hasher, hasher::Hasher);
class!(Registry, registry::Registry);
class!(Replay, replay::Replay);

fn run<O: Object>(object: &Rc<O>, command: &str) -> Result<JsValue, JsValue> {
    let mut step = object.step(command)?;
    let Some(alarm) = step.alarm.take() else {
        return Ok(step.answer());
    };
    let object = Rc::clone(object);
    Ok(task::promise(async move {
        let storage = object.state().storage();
        let pause = match alarm {
            Alarm::In(pause) => Some(pause),
            Alarm::UnlessSet(pause) => storage.get_alarm().await?.is_none().then_some(pause),
        };
        if let Some(pause) = pause {
            storage.set_alarm(pause).await?;
            step.database.count_alarm();
        }
        object.is_armed();
        Ok(step.answer())
    })
    .into())
}

fn alarm<O: Object>(object: &Rc<O>) -> Promise {
    let object = Rc::clone(object);
    task::promise(async move {
        object.alarm().await?;
        Ok(JsValue::UNDEFINED)
    })
}

impl Step {
    /// What is sent back.
    fn answer(self) -> JsValue {
        let answer = self.outcome.map_err(|fault| fault.to_string()).and_then(|reply| {
            let answered = Answered { now: self.now, rows_written: self.database.rows_written(), reply };
            serde_json::to_string(&answered).map_err(|error| error.to_string())
        });
        match answer {
            Ok(answer) => answer.into(),
            Err(cause) => {
                // The cause goes to the log; the Worker learns that there was one.
                log(&cause);
                JsValue::from_str("")
            }
        }
    }
}

fn read<C: DeserializeOwned>(command: &str) -> worker::Result<C> {
    serde_json::from_str(command).map_err(|error| worker::Error::RustError(error.to_string()))
}

fn migrated(outcome: Result<(), SqlFault>) -> worker::Result<()> {
    outcome.map_err(|fault| worker::Error::RustError(fault.to_string()))
}

/// How long after the first row that can expire an object cleans up, and how long after that again.
const DAY: Duration = Duration::from_hours(24);

/// Takes a clean-up batch by batch, at most `batches` of them; other requests get their turn in between. `batch` begins behind
/// what it is given, and answers where the next one begins, and whether rows are left. Says whether rows are left.
async fn in_batches<K>(
    batches: u32,
    batch: impl Fn(Option<K>) -> Result<(Option<K>, bool), String>,
) -> Result<bool, String> {
    let mut after = None;
    for _ in 0..batches {
        let (next, rows_left) = batch(after)?;
        if next.is_none() {
            return Ok(rows_left);
        }
        after = next;
        worker::Delay::from(Duration::ZERO).await;
    }
    Ok(true)
}

fn log(cause: &str) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        cause: &'a str,
    }
    let line = Line { event: "object_fault", at: now(), cause };
    worker::console_log!("{}", serde_json::to_string(&line).unwrap_or_default());
}
