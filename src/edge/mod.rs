//! The only layer that knows the platform. It receives events, implements the ports, and wraps the stores in objects.
//!
//! The platform calls entry.js, which calls the exports of this layer. This layer calls glue.js.
//!
//! No imported JavaScript call may throw uncaught here, because that ends every request of the isolate. A function that
//! can throw is bound with `catch` in [`js`].

mod convert;
mod environment;
mod fetch;
mod js;
mod objects;
mod outbound;
mod platform;
mod task;
mod webcrypto;
