//! What a client presents for tokens (RFC 6749 sections 1.3 and 1.5).

use crate::endpoints::App;
use crate::http::Parameters;
use crate::oauth::client::{ClientId, ClientVersion};
use crate::seal::code::Code;
use crate::seal::refresh_token::RefreshToken;
use crate::seal::{Opened, Purpose, Unopened};

/// A code or a refresh token. It is opened once, before the client is known: who authenticates the client asks to whom it was
/// issued, and who redeems it what it says. Why it cannot be opened is for the client to hear that has authenticated.
#[derive(Debug, Default)]
pub struct AuthorizationGrant {
    /// The code, if there is one.
    pub code: Option<Result<Opened<Code>, Unopened>>,
    /// The refresh token, if there is one.
    pub refresh_token: Option<Result<Opened<RefreshToken>, Unopened>>,
}

impl AuthorizationGrant {
    /// From the parameters of a request for tokens.
    #[must_use]
    pub fn of<P>(app: &App<'_, P>, parameters: &Parameters) -> Self {
        Self { code: opened(app, parameters.get("code")), refresh_token: opened(app, parameters.get("refresh_token")) }
    }

    /// From what is to be revoked.
    #[must_use]
    pub fn to_revoke<P>(app: &App<'_, P>, token: Option<&str>) -> Self {
        Self { code: None, refresh_token: opened(app, token) }
    }

    /// The latest version of `client` that any of it was issued to; none if none was. Garbage was issued to nobody.
    #[must_use]
    pub fn issued_to(&self, client: &ClientId) -> Option<ClientVersion> {
        let codes = self.code.iter().flatten().map(|code| (&code.value.client, code.value.client_version));
        let tokens = self.refresh_token.iter().flatten().map(|token| (&token.value.client, token.value.client_version));
        codes.chain(tokens).filter(|(issued_to, _)| *issued_to == client).map(|(_, version)| version).max()
    }
}

fn opened<P, T: Purpose>(app: &App<'_, P>, sealed: Option<&str>) -> Option<Result<Opened<T>, Unopened>> {
    sealed.map(|sealed| app.config.sealer.open(sealed, app.now))
}
