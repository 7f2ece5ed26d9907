//! The host tests: everything that needs no runtime, in folders named as those of `src`.

mod architecture;
mod attacks;
mod config;
mod endpoints;
mod lookup;
mod oauth;
mod pages;
mod seal;
mod store;
mod support;
mod tasks;
