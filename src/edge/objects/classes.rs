//! The classes that the platform makes instances of, one for each kind of object.

use std::rc::Rc;

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::DurableObjectState;
use worker::{Env, State};

use super::object::{Object, alarm, run};
use super::{account, directory, hasher, registry, replay};

/// The class of an [`Object`] for the platform.
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

            /// Answers a command with a text, or with the promise of one: base64url of a message of [`crate::store::wire`], empty when the
            /// step failed. The promise fails when the command is malformed. `docs/decisions/0061` says why it is text.
            pub fn run(&self, command: &str) -> JsValue {
                run(&self.0, command)
            }

            /// Handles the alarm.
            pub fn alarm(&self) -> JsValue {
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
