//! Answers that all requests of SCIM share.

use serde::Serialize;

use crate::endpoints::failure::SCIM_JSON;
use crate::endpoints::{Failure, Refused};
use crate::http::Response;
use crate::platform::Fault;

/// A document of SCIM.
pub(super) fn document(status: u16, value: &impl Serialize) -> Result<Response, Failure> {
    Response::document(status, SCIM_JSON, value).map_err(|error| Fault::Malformed(error.to_string()).into())
}

/// `invalidValue` (RFC 7644 section 3.12) of an attribute.
pub(super) fn invalid_value(attribute: &'static str, description: &'static str) -> Refused {
    Refused::scim(400, "invalidValue", description).about(attribute)
}

pub(super) fn not_found() -> Refused {
    Refused::scim(404, "", "The resource does not exist.")
}

pub(super) fn not_allowed(allow: &str) -> Failure {
    Refused::scim(405, "", "This address does not accept the request method.").with("allow", allow).into()
}

/// `invalidPath` (RFC 7644 section 3.12) of a path.
pub(super) fn invalid_path(description: &'static str) -> Refused {
    Refused::scim(400, "invalidPath", description)
}
