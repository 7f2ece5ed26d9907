//! What a client may ask for at the token endpoint, whatever the grant type.

use super::issue::invalid_target;
use crate::endpoints::{Failure, Refused};
use crate::http::Parameters;
use crate::oauth::api;
use crate::oauth::client::{Client, GrantType};
use crate::oauth::token::error::TokenError;

/// The client must be registered for the grant type (RFC 7591 section 2).
pub(super) fn permitted(client: &Client, grant_type: GrantType) -> Result<(), Failure> {
    if client.may_use(grant_type) {
        Ok(())
    } else {
        Err(Refused::token(TokenError::UnauthorizedClient, "The client is not allowed to use this grant type.").into())
    }
}

/// The resources of a request, each of which must be among the `granted` audiences: at the token endpoint a client may ask
/// for fewer than it was granted, never for more (RFC 8707 section 2.2). Empty where the request names none.
pub(super) fn narrowed_resources(granted: &[&str], parameters: &Parameters) -> Result<Vec<String>, Failure> {
    api::named(granted, parameters.all("resource"))
        .ok_or_else(|| invalid_target("a resource is not one of those granted"))
}
