//! The account.

mod consents;
mod families;
mod families_laws;
mod logouts;
mod overview;
mod rotation_laws;
