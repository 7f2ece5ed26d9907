//! /developer: a user with the developer role registers apps, changes them, and asks for their publication. The records
//! are those of /register, read and judged by the same rules.

mod app;
mod apps;
mod docs;
mod form;
mod new;
mod portal;

pub(in crate::endpoints) use app::{app, logo};
pub(in crate::endpoints) use apps::apps;
pub(in crate::endpoints) use docs::docs;
pub(in crate::endpoints) use new::new;
