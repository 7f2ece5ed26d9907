//! APIs: resource servers that tokens of ours are for (RFC 8707), and the scopes that belong to them.

mod description;
mod members;
mod model;
mod problem;
mod resource;

pub use description::Description;
pub use model::{Api, ApiScope, OWN_SEGMENTS};
pub use problem::ApiProblem;
pub use resource::{is_same, named};
