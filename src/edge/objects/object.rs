//! What all objects have in common: a command is read, carried out as one step, and answered.

use std::rc::Rc;
use std::time::Duration;

use js_sys::Promise;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::JsValue;
use worker::{Env, State};

use super::database::Database;
use crate::base::UnixTime;
use crate::base::encoding::{base64url, from_base64url};
use crate::edge::environment::now;
use crate::edge::task;
use crate::lifetimes;
use crate::store::sql::{Sql as _, SqlFault};
use crate::store::wire::{self, Encoded, WireFault};

pub trait Object: Sized + 'static {
    fn new(state: State, env: Env) -> Self;

    /// Carries out a command. All that it reads and writes is in here, so no other request comes between.
    fn step(&self, command: &str) -> Result<Step, Unread>;

    /// Notes that the daily alarm is set.
    fn is_armed(&self) {}

    fn state(&self) -> &State;

    /// Handles the alarm.
    async fn alarm(&self) -> worker::Result<()> {
        Ok(())
    }
}

/// The outcome of a command.
pub struct Step {
    pub database: Database,
    pub now: UnixTime,
    pub outcome: Result<Encoded, SqlFault>,
    /// The alarm is set before the command is answered, so that both are written together.
    pub alarm: Option<Alarm>,
}

/// Why a command was not carried out.
pub enum Unread {
    /// The command is of another release.
    OtherProtocol(WireFault),
    /// The command is malformed, or the object could not be made ready.
    Failed(String),
}

/// An alarm that a step needs.
pub enum Alarm {
    /// Sets an alarm after this delay, in place of one that is set.
    In(Duration),
    /// Sets an alarm after this delay unless one is already set.
    UnlessSet(Duration),
}

pub fn run<O: Object>(object: &Rc<O>, command: &str) -> JsValue {
    let mut step = match object.step(command) {
        Ok(step) => step,
        Err(Unread::OtherProtocol(fault)) => {
            log(&fault.to_string());
            return base64url(&wire::other_protocol()).into();
        }
        Err(Unread::Failed(cause)) => return Promise::reject(&js_sys::Error::new(&cause)).into(),
    };
    let Some(alarm) = step.alarm.take() else {
        return step.answer();
    };
    let object = Rc::clone(object);
    task::begin(async move {
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
}

pub fn alarm<O: Object>(object: &Rc<O>) -> JsValue {
    let object = Rc::clone(object);
    task::begin(async move {
        object.alarm().await?;
        Ok(JsValue::UNDEFINED)
    })
}

impl Step {
    /// What is sent back.
    fn answer(self) -> JsValue {
        let answer = self.outcome.map_err(|fault| fault.to_string()).and_then(|reply| {
            wire::encode_answer(self.now, self.database.rows_written(), &reply).map_err(|fault| fault.to_string())
        });
        match answer {
            Ok(answer) => base64url(&answer).into(),
            Err(cause) => {
                // The cause goes to the log. The Worker learns only that there was a fault.
                log(&cause);
                JsValue::from_str("")
            }
        }
    }
}

pub fn read<C: DeserializeOwned>(command: &str) -> Result<C, Unread> {
    let command = from_base64url(command).ok_or_else(|| Unread::Failed("the command is no base64url".to_owned()))?;
    wire::decode_command(&command).map_err(|fault| match fault {
        WireFault::OtherProtocol { .. } => Unread::OtherProtocol(fault),
        WireFault::Malformed(_) => Unread::Failed(fault.to_string()),
    })
}

impl From<SqlFault> for Unread {
    fn from(fault: SqlFault) -> Self {
        Self::Failed(fault.to_string())
    }
}

/// How long after the first row that can expire an object cleans up, and the pause between clean-ups.
pub const DAY: Duration = Duration::from_secs(lifetimes::BETWEEN_SWEEPS.get() as u64);

/// Takes a clean-up batch by batch, at most `batches` of them; other requests get their turn in between. `batch` begins behind
/// what it is given, and answers where the next one begins, and whether rows are left. Says whether rows are left.
pub async fn in_batches<K>(
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

pub fn log(cause: &str) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        cause: &'a str,
    }
    let line = Line { event: "object_fault", at: now(), cause };
    worker::console_log!("{}", serde_json::to_string(&line).unwrap_or_default());
}
