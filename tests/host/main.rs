//! The host tests: everything that needs no runtime, in folders named as those of `src`.

mod architecture;
mod config;
mod endpoints;
mod hostile_input;
mod lookup;
mod oauth;
mod pages;
mod platform;
mod seal;
mod secret_ids;
mod store;
mod support;
mod tasks;
