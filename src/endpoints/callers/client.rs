//! Client authentication (RFC 6749 section 2.3): one way for each client, the one that it registered.

use std::ops::Deref;
use std::rc::Rc;

use super::client_assertion;
use super::client_assertion::Unproven;
use crate::base::encoding::base64url;
use crate::base::{Secret, UnixTime};
use crate::endpoints::token::authorization_grant::AuthorizationGrant;
use crate::endpoints::{App, Failure, Refused};
use crate::http::authorization::Authorization;
use crate::http::{Parameters, Request};
use crate::lookup::client::{Freshness, find, may_ask_again};
use crate::oauth::client::assertion::ASSERTION_TYPE;
use crate::oauth::client::{AuthenticationMethod, Client, ClientId, SecretDigest};
use crate::oauth::token::error::TokenError;
use crate::platform::{Platform, random};

/// A client that has proved who it is in the way that it registered; a public one has only said so.
#[derive(Debug)]
pub struct AuthenticatedClient(Rc<Client>);

impl Deref for AuthenticatedClient {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.0
    }
}

/// What a request says about its client, and how.
struct Presented {
    id: ClientId,
    proof: Proof,
    in_header: bool,
}

/// How a client wants to prove who it is.
enum Proof {
    /// Not at all.
    None,
    SecretBasic(Secret<String>),
    SecretPost(Secret<String>),
    PrivateKeyJwt(Secret<String>),
}

impl Proof {
    const fn method(&self) -> AuthenticationMethod {
        match self {
            Self::None => AuthenticationMethod::None,
            Self::SecretBasic(_) => AuthenticationMethod::SecretBasic,
            Self::SecretPost(_) => AuthenticationMethod::SecretPost,
            Self::PrivateKeyJwt(_) => AuthenticationMethod::PrivateKeyJwt,
        }
    }

    const fn secret(&self) -> Option<&Secret<String>> {
        match self {
            Self::SecretBasic(secret) | Self::SecretPost(secret) => Some(secret),
            Self::None | Self::PrivateKeyJwt(_) => None,
        }
    }
}

/// Authenticates the client of a request to the token, revocation or introspection endpoint, by no older record of it than the one
/// to which `grant` was issued.
///
/// # Errors
/// `invalid_client`, alike for whatever is wrong with the client or its secret; `invalid_request` for credentials in the
/// query and for more than one way at once (RFC 6749 section 5.2).
pub async fn authenticate_client<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    parameters: &Parameters,
    grant: &AuthorizationGrant,
) -> Result<AuthenticatedClient, Failure> {
    let presented = presented(request, parameters)?;
    let freshness = grant.issued_to(&presented.id).map_or(Freshness::Cached, Freshness::AtLeast);
    let client = find(app.platform, app.config, &presented.id, freshness, app.now).await?;
    let decoy = random(app.platform);
    let prove = |client| proven(client, &presented.proof, &decoy, app.now);
    let outcome = match client {
        Some(client) if client.administers() => {
            // Its rights are those of this moment. Bad credentials, which anybody can send, may reach the registry only sometimes.
            let known = prove(Some(client));
            if known.is_ok() || may_ask_again(app.platform, app.now) {
                prove(find(app.platform, app.config, &presented.id, Freshness::Now, app.now).await?)
            } else {
                known
            }
        }
        client => prove(client),
    };
    let client = outcome.map_err(|cause| invalid_client(presented.in_header, cause))?;
    if let Proof::PrivateKeyJwt(assertion) = &presented.proof {
        client_assertion::spend(app, &client, assertion.expose()).await.map_err(|unproven| match unproven {
            Unproven::Assertion(cause) => invalid_client(false, cause),
            Unproven::Fault(fault) => fault.into(),
        })?;
    }
    Ok(AuthenticatedClient(client))
}

/// Takes the credentials from the one place where they may be.
fn presented(request: &Request, parameters: &Parameters) -> Result<Presented, Failure> {
    // RFC 6749 section 2.3.1: "[...] MUST NOT be included in the request URI."
    let query = Parameters::of_query(request).map_err(|malformed| invalid_request(malformed.to_string()))?;
    if ["client_id", "client_secret", "client_assertion"].iter().any(|name| query.get(name).is_some()) {
        return Err(invalid_request("credentials in the query"));
    }
    let header = Authorization::of(request).map_err(|error| invalid_client(true, error.to_string()))?;
    let in_body = parameters.get("client_secret").map(|secret| Secret::new(secret.to_owned()));
    let asserted = parameters.get("client_assertion").or(parameters.get("client_assertion_type")).is_some();
    if asserted && (header.is_some() || in_body.is_some()) {
        return Err(invalid_request("more than one way of authentication"));
    }
    let named = parameters.get("client_id");
    if asserted {
        return presented_assertion(parameters, named);
    }
    match (header, in_body) {
        (Some(_), Some(_)) => Err(invalid_request("more than one way of authentication")),
        (Some(Authorization::Basic { id, secret }), None) => {
            if named.is_some_and(|named| named != id) {
                return Err(invalid_request("one client in the header and another in the body"));
            }
            let id = identifier(Some(&id), true)?;
            Ok(Presented { id, proof: Proof::SecretBasic(secret), in_header: true })
        }
        (Some(Authorization::Bearer(_)), None) => Err(invalid_client(true, "a bearer token instead of credentials")),
        (None, secret) => {
            let proof = secret.map_or(Proof::None, Proof::SecretPost);
            Ok(Presented { id: identifier(named, false)?, proof, in_header: false })
        }
    }
}

/// RFC 7521 section 4.2: the assertion names the client, and `client_id`, which is not needed, must not name another.
fn presented_assertion(parameters: &Parameters, named: Option<&str>) -> Result<Presented, Failure> {
    if parameters.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(invalid_client(false, "no client_assertion_type, or an unknown one"));
    }
    let assertion = parameters.get("client_assertion").ok_or_else(|| invalid_client(false, "no client_assertion"))?;
    let id = client_assertion::claimed_client(assertion)
        .ok_or_else(|| invalid_client(false, "an assertion that names no client"))?;
    if named.is_some_and(|named| named != id.as_str()) {
        return Err(invalid_client(false, "an assertion of another client than client_id"));
    }
    Ok(Presented { id, proof: Proof::PrivateKeyJwt(Secret::new(assertion.to_owned())), in_header: false })
}

fn identifier(text: Option<&str>, in_header: bool) -> Result<ClientId, Failure> {
    let text = text.ok_or_else(|| invalid_client(in_header, "no client"))?;
    ClientId::parse(text).ok_or_else(|| invalid_client(in_header, "a malformed client identifier"))
}

/// The client, if it registered the way that was used and the secret, if that way has one, is one of its own. An unknown
/// client costs the same comparison as a known one; `decoy` is what its secret is compared with.
fn proven(
    client: Option<Rc<Client>>,
    proof: &Proof,
    decoy: &[u8; 32],
    now: UnixTime,
) -> Result<Rc<Client>, &'static str> {
    let nobody = [SecretDigest::of(&Secret::new(base64url(decoy)), None)];
    let secrets = client.as_ref().map_or(&nobody[..], |client| &client.secrets);
    let matching = proof.secret().filter(|secret| !secret.expose().is_empty()).map(|secret| {
        // All of them, whichever matches.
        secrets.iter().fold(false, |found, digest| digest.is_of(secret, now) | found)
    });
    let client = client.ok_or("an unknown client")?;
    if client.registration.authentication != proof.method() {
        return Err("another way of authentication than the registered one");
    }
    match (proof, matching) {
        (Proof::None | Proof::PrivateKeyJwt(_), _) | (_, Some(true)) => Ok(client),
        (_, Some(false)) => Err("a wrong or expired secret"),
        (_, None) => Err("an empty secret"),
    }
}

fn invalid_request(cause: impl ToString) -> Failure {
    Refused::token(TokenError::InvalidRequest, "The client must authenticate once, in one way, and never in the query.")
        .because(cause)
        .into()
}

/// RFC 6749 section 5.2: the challenge is for clients that sent the header; a browser would ask the user for a password.
fn invalid_client(in_header: bool, cause: impl ToString) -> Failure {
    let refused = Refused::token(
        TokenError::InvalidClient,
        "The client is unknown, or did not authenticate with its registered method.",
    );
    let refused = if in_header { refused.with("www-authenticate", "Basic realm=\"clients\"") } else { refused };
    refused.because(cause).into()
}
