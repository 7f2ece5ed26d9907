//! What is shared by all implementations of the ports.

mod executor;
