//! A client proves itself with an assertion (`private_key_jwt`, RFC 7523 section 2.2).

use crate::endpoints::{App, Route};
use crate::jose::jws::UnverifiedJws;
use crate::jose::{NotVerified, PublicKey};
use crate::lookup::document::Occasion;
use crate::lookup::key_set;
use crate::lookup::key_set::PublishedKeys;
use crate::oauth::client::assertion::{Assertion, AssertionClaims, judge, may_be_of_type};
use crate::oauth::client::settings::ClientKeys;
use crate::oauth::client::{Client, ClientId, Voucher};
use crate::platform::{Fault, Platform, attempt};
use crate::store::replay::{Spend, Use};

/// Why an assertion proves nothing.
#[derive(Debug, thiserror::Error)]
pub enum Unproven {
    /// Something about it, for the log.
    #[error("{0}")]
    Assertion(String),
    /// The platform failed before that was known.
    #[error(transparent)]
    Fault(#[from] Fault),
}

fn unproven(cause: impl ToString) -> Unproven {
    Unproven::Assertion(cause.to_string())
}

/// The client that an assertion says it is of, so that its keys can be found.
#[must_use]
pub fn claimed_client(assertion: &str) -> Option<ClientId> {
    ClientId::parse(&UnverifiedJws::parse(assertion).ok()?.unproven_subject()?)
}

/// Verifies an assertion of `client` and uses it up. The replay object comes last: what proves nothing writes nothing.
///
/// # Errors
/// [`Unproven`].
pub async fn spend<P: Platform>(app: &App<'_, P>, client: &Client, assertion: &str) -> Result<(), Unproven> {
    let Assertion { key, expires_at } = verified(app, client, assertion).await?;
    let ask = Spend { attempt: attempt(app.platform), key, expires_at };
    match app.platform.ask_replay(client.id.key(), ask).await? {
        Use::First => Ok(()),
        Use::Repeated => Err(unproven("the assertion was used before")),
    }
}

async fn verified<P: Platform>(app: &App<'_, P>, client: &Client, assertion: &str) -> Result<Assertion, Unproven> {
    let jws = UnverifiedJws::parse(assertion).map_err(unproven)?;
    if !may_be_of_type(jws.typ()) {
        return Err(unproven(NotVerified::Type));
    }
    let key = key(app, client, jws.kid()).await?;
    jws.agrees_with_key(key.algorithm()).map_err(unproven)?;
    // A key that the platform cannot use is the client's fault, not ours.
    let good = app.platform.verify(&key, jws.signing_input(), jws.signature()).await.map_err(unproven)?;
    let jws = jws.verified::<AssertionClaims>(good).map_err(unproven)?;
    let issuer = &app.config.issuer;
    let token_endpoints = [issuer.at(Route::Token.path()), issuer.at(&app.config.aliases.token)];
    judge(&jws, client, issuer.as_str(), &token_endpoints, app.now).map_err(unproven)
}

/// The key decides the algorithm; the registration may bind the client to one.
async fn key<P: Platform>(app: &App<'_, P>, client: &Client, kid: Option<&str>) -> Result<PublicKey, Unproven> {
    let registered = client.registration.assertions.algorithm;
    match &client.registration.assertions.keys {
        None => Err(unproven("the client has no keys")),
        Some(ClientKeys::Registered(keys)) => keys.find(kid, registered).map_err(unproven),
        Some(ClientKeys::Published(address)) => {
            let occasion = match client.voucher {
                Voucher::Administrator | Voucher::Developer => Occasion::Ours,
                Voucher::Nobody => Occasion::Strangers,
            };
            let place = PublishedKeys { address, occasion };
            key_set::find(app.platform, &app.config.outbound, place, kid, registered, app.now).await.map_err(unproven)
        }
    }
}
