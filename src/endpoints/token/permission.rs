//! What a client may ask for at the token endpoint, whatever the grant type.

use crate::endpoints::{Failure, Refused};
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
