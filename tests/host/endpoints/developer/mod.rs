//! The developer portal.

mod apps;
mod docs;
mod limits;
mod ownership;
mod publication;
mod rights;
