//! The endpoints that issue, describe and revoke tokens.

mod attacks;
mod clocks;
mod contents;
mod facade;
mod facade_families;
mod instructions;
mod introspect;
mod lost_scopes;
mod pairwise;
mod rights_and_losses;
