//! ID tokens of ours that come back as hints (OpenID Connect Core section 3.1.2.1, RP-Initiated Logout section 2).

use serde::Deserialize;

use super::own_jws;
use crate::endpoints::App;
use crate::oauth::client::ClientId;
use crate::platform::{Fault, Platform};

/// What a genuine ID token says of its session. It may have expired: it is a hint, and proves nothing about who sends it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct IdTokenHint {
    /// The client that it was issued to.
    pub client: ClientId,
    /// The subject identifier that the client knows the user by.
    pub sub: String,
    /// The session, as that client knows it.
    pub sid: Option<String>,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: String,
    sid: Option<String>,
}

/// Reads and verifies a hint.
///
/// # Errors
/// [`Fault`] when the platform fails; inside, why it is not one.
pub async fn verified<P: Platform>(app: &App<'_, P>, token: &str) -> Result<Result<IdTokenHint, String>, Fault> {
    Ok(own_jws::verified::<Claims, P>(app, token, "JWT").await?.and_then(|token| {
        let claims = token.claims;
        let client = ClientId::parse(&claims.aud).filter(|_| claims.iss == app.config.issuer.as_str());
        let client = client.ok_or("the hint is of another issuer or for nobody")?;
        Ok(IdTokenHint { client, sub: claims.sub, sid: claims.sid })
    }))
}
