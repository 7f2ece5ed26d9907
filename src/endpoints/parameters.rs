//! The parameters of a request, or the refusal in the form that its sender understands.

use crate::endpoints::{Failure, Refused};
use crate::http::{Parameters, Request};
use crate::oauth::token::error::TokenError;

const MALFORMED: &str = "The request's parameters are malformed.";

/// The query of a GET and the body of a POST, at an endpoint that answers with pages.
///
/// # Errors
/// A page.
pub fn of_person(request: &Request) -> Result<Parameters, Failure> {
    Parameters::of(request)
        .map_err(|malformed| Refused::page(400, "invalid_request", MALFORMED).because(malformed).into())
}

/// The body, at an endpoint that programs call (RFC 6749 section 5.2).
///
/// # Errors
/// `invalid_request`.
pub fn of_program(request: &Request) -> Result<Parameters, Failure> {
    Parameters::of_body(request)
        .map_err(|malformed| Refused::token(TokenError::InvalidRequest, MALFORMED).because(malformed).into())
}

/// A required parameter of a program's request.
///
/// # Errors
/// `invalid_request`, with `description`.
pub fn required<'a>(parameters: &'a Parameters, name: &str, description: &'static str) -> Result<&'a str, Failure> {
    parameters.get(name).ok_or_else(|| lacking(description))
}

/// The refusal of a program's request that lacks a parameter.
pub fn lacking(description: &'static str) -> Failure {
    Refused::token(TokenError::InvalidRequest, description).into()
}
