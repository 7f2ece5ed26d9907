//! The developer portal.

mod apps;
mod docs;
mod limits;
mod publication;
