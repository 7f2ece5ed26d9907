//! The pages as a browser gets them.

mod contract;
mod states;
