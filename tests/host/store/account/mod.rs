//! The account.

mod families;
mod families_laws;
mod logouts;
mod overview;
