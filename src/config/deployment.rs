//! Everything that a deployment decides.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::accounts::AccountSettings;
use super::developers::DeveloperSettings;
use super::endpoint_aliases::EndpointAliases;
use super::keys::Keys;
use super::reader::{ConfigProblem, Reader};
use super::registration::RegistrationSettings;
use super::{apis, brand, claims, outbound};
use crate::base::{Secret, UnixTime};
use crate::http::Document;
use crate::http::outbound::Outbound;
use crate::jose::keyring::Keyring;
use crate::oauth::api::Api;
use crate::oauth::client::id::ClientIdKey;
use crate::oauth::issuer::Issuer;
use crate::oauth::person::claims::ClaimCatalogue;
use crate::pages::Brand;
use crate::seal::Sealer;

/// The tenant whose data this Worker serves. One today; every object's name, key and sealed value begins with it.
pub const TENANT: &str = "t0";

/// Everything that a deployment decides.
#[derive(Debug)]
pub struct Config {
    pub issuer: Issuer,
    /// Seals and opens values.
    pub sealer: Sealer,
    /// Signs tokens.
    pub keyring: Keyring,
    /// Makes pairwise subjects; never rotates.
    pub subject_key: Secret<[u8; 32]>,
    /// Tells identifiers of clients that we made from those that a stranger makes up.
    pub client_id_key: ClientIdKey,
    /// The break-glass credential.
    pub admin_token: Secret<String>,
    /// How pages look.
    pub brand: Brand,
    /// Second addresses of endpoints.
    pub aliases: EndpointAliases,
    /// The APIs that tokens can be for.
    pub apis: Vec<Api>,
    /// The claims about a user that can be asked for.
    pub claims: ClaimCatalogue,
    /// What people may do with accounts of their own.
    pub accounts: AccountSettings,
    /// What developers may do by themselves.
    pub developers: DeveloperSettings,
    /// Which clients there can be besides those that somebody vouches for.
    pub registration: RegistrationSettings,
    /// Where requests of our own may go.
    pub outbound: Outbound,
    pub published: PublishedDocuments,
    /// Settings that have no effect. They are logged once for each isolate.
    pub warnings: Vec<ConfigProblem>,
}

/// The documents that say what clients may rely on. They are written when they are first asked for.
#[derive(Debug, Default)]
pub struct PublishedDocuments {
    /// The metadata of the server (RFC 8414).
    pub discovery: OnceCell<Document>,
    /// Its keys (RFC 7517 section 5).
    pub jwks: OnceCell<Document>,
}

impl Config {
    /// Parses vars and secrets, by their names, as they are at `now`.
    ///
    /// # Errors
    /// All problems.
    pub fn parse(vars: &BTreeMap<String, String>, now: UnixTime) -> Result<Self, Vec<ConfigProblem>> {
        let mut reader = Reader::new(vars);
        let issuer = reader.required("ISSUER", |text| Issuer::parse(text).map_err(|problem| problem.to_string()));
        let keys = Keys::read(&mut reader, now);
        let brand = brand::read(&mut reader);
        let aliases = EndpointAliases::read(&mut reader);
        let apis = apis::read(&mut reader, &aliases, issuer.as_ref().map(Issuer::as_str));
        let claims = claims::read(&mut reader, &apis);
        let accounts = AccountSettings::read(&mut reader);
        let developers = DeveloperSettings::read(&mut reader);
        let registration = RegistrationSettings::read(&mut reader);
        let exceptions = outbound::read_exceptions(&mut reader);
        let ((issuer, keys), warnings) = reader.finish(issuer.zip(keys))?;
        Ok(Self {
            outbound: Outbound::new(issuer.as_str(), exceptions),
            sealer: Sealer::new(keys.ring, TENANT.to_owned(), issuer.as_str().to_owned()),
            issuer,
            keyring: keys.keyring,
            client_id_key: ClientIdKey::derive(&keys.subject_key),
            subject_key: keys.subject_key,
            admin_token: keys.admin_token,
            brand,
            aliases,
            apis,
            claims,
            accounts,
            developers,
            registration,
            published: PublishedDocuments::default(),
            warnings,
        })
    }

    /// Whether `name` is this server or one of its APIs in tokens. No client has such an identifier: a token for the one could be
    /// taken for a token from the other.
    #[must_use]
    pub fn is_an_audience(&self, name: &str) -> bool {
        name == self.issuer.as_str() || self.apis.iter().any(|api| api.audience == name)
    }
}
