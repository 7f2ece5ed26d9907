//! No client has the identifier of an API or of the issuer: a token for the one could be taken for a token from the other.

use crate::support::api::api;
use crate::support::clients_platform::{ISSUER, World, config, id};
use crate::support::registration::refused;
use grantry::config::Config;
use grantry::lookup::client::Freshness;
use grantry::platform::outbound::FetchedDocument;
use serde_json::json;

const AUDIENCE: &str = "https://api.example.com/mcp";

fn world() -> World {
    let mut world = World::new();
    let apis = vec![api(&format!(r#"{{"audience":"{AUDIENCE}","scopes":{{"notes.read":"See notes"}}}}"#))];
    world.config = Config { apis, ..config() };
    world.config.registration.metadata_documents = true;
    world
}

// spec: RFC 9700 section 4.15.1 - a document at an API's audience describes no client
#[test]
fn a_document_at_an_apis_audience_is_no_client() {
    let world = world();
    for (address, is_client) in [(AUDIENCE, false), ("https://api.example.com/mcp/client.json", true)] {
        let body = json!({"client_id": address, "client_name": "App", "redirect_uris": ["http://127.0.0.1/callback"]});
        let document = FetchedDocument {
            status: 200,
            content_type: Some("application/json".to_owned()),
            cache_control: None,
            body: body.to_string().into_bytes(),
        };
        world.elsewhere.borrow_mut().insert(address.to_owned(), document);
        for freshness in [Freshness::Cached, Freshness::Now] {
            assert_eq!(world.found(&id(address), freshness).is_some(), is_client, "{address}");
        }
    }
    assert!(!world.asked.borrow().iter().any(|asked| asked == AUDIENCE), "the document is not even fetched");
    assert!(world.found(&id(ISSUER), Freshness::Now).is_none());
}

// spec: RFC 9700 section 4.15.1 - nor does an administrator give such an identifier
#[test]
fn no_client_is_registered_with_the_identifier_of_an_api_or_of_the_issuer() {
    let world = world();
    refused(&world, [AUDIENCE, ISSUER].map(|name| ("invalid_client_metadata", json!({"client_id": name}))));
}
