//! Who administers: proven by a bearer token at every call.

use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use crate::base::Secret;
use crate::endpoints::{App, Failure, Refused};
use crate::http::Request;
use crate::http::authorization::Authorization;
use crate::platform::Platform;

/// Who was proven to administer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Administrator {
    /// Whoever holds `ADMIN_TOKEN`.
    BreakGlass,
}

impl Administrator {
    /// For the log.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::BreakGlass => "break-glass",
        }
    }
}

/// Proves that the request is the administrator's: by the break-glass token, which may do everything, whatever `scope`
/// the call needs.
///
/// # Errors
/// 401 for any other credential and for none: nothing here is open to strangers.
pub async fn administrator<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    _scope: &str,
) -> Result<Administrator, Failure> {
    match Authorization::of(request).map_err(|error| unauthorized().because(error))? {
        Some(Authorization::Bearer(token)) if is_same(&token, &app.config.admin_token) => Ok(Administrator::BreakGlass),
        Some(_) => Err(unauthorized().into()),
        None => Err(Refused::json(401, "invalid_token", "This needs the administrator's token.")
            .with("www-authenticate", "Bearer")
            .into()),
    }
}

/// RFC 6750 section 3.1.
pub fn unauthorized() -> Refused {
    Refused::json(401, "invalid_token", "The token is not the administrator's.")
        .with("www-authenticate", "Bearer error=\"invalid_token\"")
}

/// Compares digests, so that neither the time nor the length of the comparison tells anything.
fn is_same(presented: &Secret<String>, expected: &Secret<String>) -> bool {
    let digest = |secret: &Secret<String>| Sha256::digest(secret.expose().as_bytes());
    digest(presented).ct_eq(&digest(expected)).into()
}
