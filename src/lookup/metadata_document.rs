//! Clients that describe themselves in a document at the address that is their identifier, as the isolate remembers them
//! (draft-ietf-oauth-client-id-metadata-document-02).
//!
//! Nothing of them is stored: the document is the registration, and it is fetched again when it is too old.

use serde_json::json;

use super::document::{DocumentMemory, Occasion, recall};
use crate::base::{Seconds, UnixTime};
use crate::config::Config;
use crate::http::OutboundUrl;
use crate::jose::{Algorithm, SigningKey};
use crate::oauth::client::metadata_document;
use crate::oauth::client::metadata_document::NoClient;
use crate::oauth::client::registration::RegistrationOffer;
use crate::oauth::client::{Client, ClientId};
use crate::platform::outbound::OutboundFault;
use crate::platform::{Fault, Platform};

/// What an isolate remembers of the documents of clients.
type MetadataMemory = DocumentMemory<Client>;

/// Why there is no client.
#[derive(Debug, thiserror::Error)]
enum NoDocument {
    /// The document says something that is not good.
    #[error("the metadata document: {0}")]
    Client(#[from] NoClient),
    /// The address did not answer with a document.
    #[error("the metadata document: {0}")]
    Fetch(#[from] OutboundFault),
    /// Its server has trouble.
    #[error("the metadata document's server answered with status {0}")]
    Trouble(u16),
}

impl NoDocument {
    /// Whether it may be there in a moment.
    const fn passes(&self) -> bool {
        match self {
            Self::Fetch(OutboundFault::Late | OutboundFault::Unreachable(_)) | Self::Trouble(_) => true,
            Self::Client(_) | Self::Fetch(OutboundFault::Unexpected(_) | OutboundFault::TooLarge) => false,
        }
    }
}

/// Finds the client whose document is at `id`; `None` when that is no address of a document, or the document is not good.
///
/// # Errors
/// [`Fault::Busy`] when the document cannot be had just now. That a client is gone is not concluded from it.
pub async fn find<P: Platform>(
    platform: &P,
    config: &Config,
    id: &ClientId,
    occasion: Occasion,
    now: UnixTime,
) -> Result<Option<Client>, Fault> {
    let Some(address) = metadata_document::address(id, &config.outbound) else {
        return Ok(None);
    };
    let key = address.as_str();
    let look = |lacking| platform.memory(|memory: &mut MetadataMemory| memory.plan(key, lacking, occasion, now));
    match recall(platform, false, look).await {
        Ok(Some(client)) => return Ok(Some(client)),
        Ok(None) => {}
        Err(_) => return Err(Fault::Busy("the client's metadata document was asked for a moment ago")),
    }
    let fetched = fetch(platform, config, id, &address).await;
    let learned = fetched.as_ref().ok().map(|(client, life)| (client, *life));
    platform.memory(|memory: &mut MetadataMemory| memory.learn(key, learned, now));
    match fetched {
        Ok((client, _)) => Ok(Some(client)),
        Err(cause) => {
            let line = json!({ "event": "metadata_document", "client": id.as_str(), "cause": cause.to_string() });
            platform.log(&line.to_string());
            if cause.passes() {
                Err(Fault::Busy("the client's metadata document cannot be had just now"))
            } else {
                Ok(None)
            }
        }
    }
}

async fn fetch<P: Platform>(
    platform: &P,
    config: &Config,
    id: &ClientId,
    address: &OutboundUrl,
) -> Result<(Client, Seconds), NoDocument> {
    let document = platform.fetch_document(address).await?;
    if document.status >= 500 || document.status == 429 {
        return Err(NoDocument::Trouble(document.status));
    }
    let members = document.object()?;
    let Config { apis, claims, outbound, keyring, .. } = config;
    let algorithms: Vec<Algorithm> = keyring.current().iter().map(SigningKey::algorithm).collect();
    let offer = RegistrationOffer { apis, claims, algorithms: &algorithms, outbound };
    Ok((metadata_document::client(id, &members, offer)?, document.life()))
}
