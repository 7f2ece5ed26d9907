//! Client ID Metadata Documents (draft-ietf-oauth-client-id-metadata-document-02): a client whose identifier is the address
//! of the document that describes it. Publishing there proves that one is the client; nobody vouches for more.

use serde_json::{Map, Value};

use super::id::ClientId;
use super::model::{Client, Voucher};
use super::registration::{Authority, Metadata, RegistrationOffer, Unregistrable};
use super::settings::SubjectType;
use crate::base::{Address, UnixTime};
use crate::http::{Outbound, OutboundUrl};
use crate::oauth::person::pairwise;

/// Why a document describes no client.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum NoClient {
    /// Its `client_id` is not its address.
    #[error("client_id is not the address of the document")]
    Another,
    /// It asks for the subjects of another host, and could ask for another's tomorrow.
    #[error("pairwise subjects need redirect URIs on the host of the document")]
    Sector,
    /// What it says cannot be registered.
    #[error(transparent)]
    Unregistrable(#[from] Unregistrable),
}

/// Whether an identifier is an address. No registered client has one like that.
#[must_use]
pub fn is_address(id: &ClientId) -> bool {
    id.as_str().contains("://")
}

/// The address of the document that an identifier is, if it may be one (section 3): where requests may go, with a path and
/// without a query, because what a site says in answer to a query is not always said by the site.
#[must_use]
pub fn address(id: &ClientId, outbound: &Outbound) -> Option<OutboundUrl> {
    let admitted = outbound.admit(id.as_str()).ok()?;
    let address = Address::parse(admitted.as_str())?;
    (address.path() != "/" && address.query().is_none()).then_some(admitted)
}

/// The client that the document at `id` describes (section 4).
///
/// # Errors
/// [`NoClient`].
pub fn client(id: &ClientId, members: &Map<String, Value>, offer: RegistrationOffer<'_>) -> Result<Client, NoClient> {
    // "[...] comparisons MUST be made using simple string comparison"
    if members.get("client_id").and_then(Value::as_str) != Some(id.as_str()) {
        return Err(NoClient::Another);
    }
    let mut registration = Metadata::parse(members, offer, Authority::Document)?.registration;
    // Nobody is there to refuse a document that moves to another's sector, which would tell it how users are known there.
    let sector = pairwise::sector(&registration.subjects, &registration.redirect_uris);
    if registration.subjects.kind == SubjectType::Pairwise && sector != host(id.as_str()) {
        return Err(NoClient::Sector);
    }
    // Users are shown the site that is proven, which is the one that the document is on.
    let origin = origin(id.as_str());
    registration.site = registration.site.filter(|site| self::origin(site) == origin).or(origin);
    // Nothing here was registered at any time.
    let client = Client::new(id.clone(), UnixTime::from_secs(0), Voucher::Nobody, Vec::new(), registration);
    Ok(Client { is_unused: false, ..client })
}

fn host(address: &str) -> Option<String> {
    Address::parse(address)?.host().map(ToOwned::to_owned)
}

fn origin(address: &str) -> Option<String> {
    Address::parse(address)?.origin()
}
