//! The only part that knows the platform: events in, the ports implemented, objects around their stores.
//!
//! The platform calls entry.js, which calls what is exported here; glue.js is what is called from here.
//!
//! No imported JavaScript call may throw uncaught here, because that ends every request of the isolate: what can throw is
//! bound with `catch` in [`js`].

mod convert;
mod environment;
mod fetch;
mod js;
mod objects;
mod outbound;
mod platform;
mod task;
mod webcrypto;
