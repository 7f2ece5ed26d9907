//! The pages as a browser gets them.

mod contract;
mod developer_states;
mod states;
mod values;
