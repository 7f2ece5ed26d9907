//! Plain requests and responses. Their parts are read strictly, each in one way only.

pub mod authorization;
pub mod cookies;
pub mod document;
pub mod json_object;
pub mod multipart;
pub mod outbound;
pub mod parameters;
pub mod percent;
pub mod request;
pub mod response;

pub use document::Document;
pub use outbound::{Outbound, OutboundUrl};
pub use parameters::{Malformed, Parameters};
pub use request::{Body, Location, Method, Request};
pub use response::{HeaderLines, Response};
