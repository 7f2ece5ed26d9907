//! Configuration: vars and secrets, parsed once per isolate. Whatever is missing, short or malformed is found at once and
//! told by its name, never by its value; until all of it is right, nothing is served.

mod deployment;

pub use deployment::{Aliases, Config, Problem, Publication, Published, Readers, SelfRegistration, SignUp, TENANT};
