//! Grantry: an OAuth 2.1 authorization server and `OpenID` Connect provider that is one Cloudflare Worker.
//!
//! A request goes through six steps, and each has its place:
//!
//! | step | where |
//! | --- | --- |
//! | it arrives | [`http`]; on Workers, `edge` turns the platform's request into ours |
//! | parse, validate | [`oauth`], [`jose`], [`seal`]: types whose existence is the proof |
//! | decide | [`oauth`], [`sign_in`]: pure functions of the request, the facts and the time |
//! | store | [`store`]: one synchronous step inside a Durable Object |
//! | respond | [`endpoints`]: the spine that names all steps of each endpoint in order; [`pages`] and [`messages`] for users |
//! | it leaves | [`platform`]: the ports; [`lookup`] finds clients and keys through them; `edge` implements them on Workers |
//!
//! A subject's folder has the same name in every layer: `client`, `sign_in`, `account`, `developer` and so on. [`tasks`] holds
//! what objects do when their alarm goes off, [`config`] the settings of a deployment.
//!
//! Dependencies point one way, and `tests/host/architecture.rs` holds them to it: `base < lifetimes < http < jose < oauth <
//! {sign_in, messages} < seal < {store, pages} < config < platform < lookup < {endpoints, tasks} < edge`. Only `edge` knows
//! the platform.

// A panic ends every request of the isolate, so nothing on the way of input may be able to panic.
#![cfg_attr(
    not(test),
    deny(
        clippy::allow_attributes,
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::string_slice,
        clippy::todo,
        clippy::unimplemented,
        clippy::unreachable,
        clippy::unwrap_used
    )
)]

pub mod base;
pub mod config;
pub mod endpoints;
pub mod http;
pub mod jose;
pub mod lifetimes;
pub mod lookup;
pub mod messages;
pub mod oauth;
pub mod pages;
pub mod platform;
pub mod seal;
pub mod sign_in;
pub mod store;
pub mod tasks;

#[cfg(target_arch = "wasm32")]
mod edge;
