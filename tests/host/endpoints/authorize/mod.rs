//! The way from an authorization request to its answer.

mod consent_choices;
mod freshness;
mod refusals;
