//! Clients that describe themselves in a document at the address that is their identifier
//! (draft-ietf-oauth-client-id-metadata-document-02).

use crate::support::api::api;
use crate::support::clients_platform::{ISSUER, World, config, id, now_or_never};
use crate::support::registration::with;
use grantry::config::Config;
use grantry::http::Outbound;
use grantry::http::outbound::MAX_LENGTH;
use grantry::lookup::client::{Freshness, find};
use grantry::oauth::client::metadata_document::address;
use grantry::oauth::client::{
    AuthenticationMethod, Client, ClientId, ClientVersion, GrantType, MAX_CLIENT_ID, Voucher,
};
use grantry::platform::Fault;
use grantry::platform::outbound::FetchedDocument;
use serde_json::{Value, json};

const APP: &str = "https://app.example.com/oauth/client.json";
const OPEN_API: &str =
    r#"{"audience":"https://open.example","scopes":{"open.read":"See what is open"},"self_registered_clients":true}"#;
const CLOSED_API: &str = r#"{"audience":"https://closed.example","scopes":{"closed.read":"See what is closed"}}"#;

fn world() -> World {
    let mut world = World::new();
    let apis = [OPEN_API, CLOSED_API].map(api).to_vec();
    world.config = Config { apis, ..config() };
    world.config.registration.metadata_documents = true;
    world
}

/// The least that a document says.
fn metadata(more: Value) -> Value {
    let least = json!({"client_id": APP, "client_name": "App", "redirect_uris": ["http://127.0.0.1/callback"]});
    with(least, more)
}

fn document(body: &str) -> FetchedDocument {
    FetchedDocument {
        status: 200,
        content_type: Some("application/json".to_owned()),
        cache_control: None,
        body: body.as_bytes().to_vec(),
    }
}

fn publish(world: &World, address: &str, document: FetchedDocument) {
    world.elsewhere.borrow_mut().insert(address.to_owned(), document);
}

fn published(more: Value) -> (World, Option<Client>) {
    let world = world();
    publish(&world, APP, document(&metadata(more).to_string()));
    let client = world.found(&id(APP), Freshness::Cached);
    (world, client)
}

fn times(world: &World, address: &str) -> usize {
    world.asked.borrow().iter().filter(|asked| *asked == address).count()
}

// spec: OAuth Client ID Metadata Document section 5 - the client is what the document at its identifier says
#[test]
fn a_document_is_a_client() {
    let (world, client) = published(json!({
        "grant_types": ["authorization_code", "refresh_token"], "scope": "openid open.read", "logo_uri": "http://10.0.0.1/",
    }));
    let client = client.expect("a client");
    assert_eq!((client.registration.name.as_str(), client.voucher, client.is_unused), ("App", Voucher::Nobody, false));
    assert_eq!(client.registration.authentication, AuthenticationMethod::None);
    assert!(
        client.registration.require_pkce && client.registration.rotates_refresh_tokens && client.secrets.is_empty()
    );
    assert_eq!(client.registration.scopes.to_string(), "openid open.read");
    assert_eq!(client.registration.site.as_deref(), Some("https://app.example.com"));
    assert!(client.redirect_uri("http://127.0.0.1:51004/callback").is_some(), "any port on loopback");
    assert!(world.registry.is_unused() && world.usage.get().kv_reads == 0, "nothing is stored");
    assert_eq!(world.usage.get().object_calls, 0, "and no object is asked");
    assert_eq!(*world.asked.borrow(), [APP], "a logo elsewhere is not fetched");
}

// spec: RFC 8252 section 7.3 - any port on loopback, for localhost by name as well
#[test]
fn loopback_by_address_and_by_name() {
    let (_, client) =
        published(json!({"redirect_uris": ["http://127.0.0.1/cb", "http://localhost/cb", "http://[::1]/cb"]}));
    let client = client.expect("a client");
    for good in ["http://127.0.0.1:1/cb", "http://localhost:51004/cb", "http://[::1]:51004/cb", "http://localhost/cb"] {
        assert!(client.redirect_uri(good).is_some(), "{good}");
    }
    for bad in
        ["http://127.0.0.2:1/cb", "http://localhost:1/other", "https://localhost:1/cb", "http://localhost.x:1/cb"]
    {
        assert!(client.redirect_uri(bad).is_none(), "{bad}");
    }
}

#[test]
fn where_documents_are_off_nothing_is_asked() {
    let world = World::new();
    publish(&world, APP, document(&metadata(json!({})).to_string()));
    assert_eq!(world.found(&id(APP), Freshness::Cached), None);
    assert_eq!(world.found(&id(APP), Freshness::AtLeast(ClientVersion(0))), None);
    assert!(world.asked.borrow().is_empty() && world.usage.get().object_calls == 0);
}

// spec: OAuth Client ID Metadata Document section 3 - what is no client identifier URL
#[test]
fn a_client_id_that_is_no_document_address_is_not_fetched() {
    let outbound = Outbound::new(ISSUER, vec!["http://127.0.0.1:1234".to_owned()]);
    let is_one = |text: &str| ClientId::parse(text).and_then(|id| address(&id, &outbound)).is_some();
    for good in [
        APP,
        "https://app.example.com/c",
        "https://app.example.com/a/",
        "https://app.example.com/a/b%20c",
        "https://xn--bcher-kva.example/c",
        "http://127.0.0.1:1234/client.json",
    ] {
        assert!(is_one(good), "{good}");
    }
    let world = world();
    for bad in [
        "http://app.example.com/c",
        "ftp://app.example.com/c",
        "HTTPS://app.example.com/c",
        "x://app.example.com/c",
        "https://app.example.com",
        "https://app.example.com/",
        "https://app.example.com?c",
        "https://app.example.com/?c",
        "https://app.example.com/c#",
        "https://app.example.com/c#x",
        "https://app.example.com/c?",
        "https://app.example.com/c?v=1",
        "https://user@app.example.com/c",
        "https://user:x@app.example.com/c",
        "https://@app.example.com/c",
        "https://app.example.com/./c",
        "https://app.example.com/a/../c",
        "https://app.example.com/%2e%2e/c",
        "https://app.example.com/a/%2E/c",
        "https://app.example.com/..",
        "https://app.example.com\\c",
        "https://app.example.com:443/c",
        "https://app.example.com:8443/c",
        "https://app.example.com:/c",
        "https://APP.example.com/c",
        "https://app.example.com./c",
        "https://b%C3%BCcher.example/c",
        "https://localhost/c",
        "https://api.localhost/c",
        "https://127.0.0.1/c",
        "https://[::1]/c",
        "https://printer.local/c",
        "http://127.0.0.1:1234/",
        "http://127.0.0.1:1235/c",
        "https:///c",
        "://c/c",
        "https://",
        "https:/app.example.com/c://",
    ] {
        assert!(!is_one(bad), "{bad}");
        assert_eq!(world.found(&id(bad), Freshness::Cached), None, "{bad}");
    }
    assert!(world.asked.borrow().is_empty() && world.usage.get().object_calls == 0 && world.usage.get().kv_reads == 0);
    assert!(ClientId::parse("https://b\u{fc}cher.example/c").is_none());
    assert!(ClientId::parse(&format!("{APP}{}", "x".repeat(MAX_CLIENT_ID))).is_none());
    const { assert!(MAX_CLIENT_ID < MAX_LENGTH) };
}

#[test]
fn special_addresses_and_the_server_itself_are_not_fetched() {
    let world = world();
    for host in [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.1",
        "127.0.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.1",
        "192.168.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "8.8.8.8",
        "2130706433",
        "0x7f000001",
        "0177.0.0.1",
        "[::]",
        "[::1]",
        "[::ffff:10.0.0.1]",
        "[64:ff9b::a00:1]",
        "[2002:a00:1::]",
        "[fc00::1]",
        "[fe80::1]",
        "[ff02::1]",
        "intranet",
        "metadata.google.internal",
        "router.lan",
        "auth.example.com",
    ] {
        let id = id(&format!("https://{host}/client.json"));
        assert_eq!(world.found(&id, Freshness::Cached), None, "{host}");
    }
    assert!(world.asked.borrow().is_empty());
    // Nor by what a document names.
    for more in [
        json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://169.254.169.254/keys"}),
        json!({"backchannel_logout_uri": "https://10.0.0.1/"}),
        json!({"sector_identifier_uri": "https://app.example.com/sector"}),
    ] {
        let (world, client) = published(more.clone());
        assert_eq!(client, None, "{more}");
        assert_eq!(world.asked.borrow().len(), 1, "the document alone: {more}");
    }
}

// spec: OAuth Client ID Metadata Document section 4 - client_id is the address, byte for byte
#[test]
fn client_id_must_be_the_address() {
    for other in [
        json!(null),
        json!(7),
        json!([APP]),
        json!(""),
        json!("https://app.example.com/oauth/client.jsoN"),
        json!(format!("{APP}/")),
        json!(format!("{APP}?")),
        json!(format!(" {APP}")),
        json!("https://app.example.com:443/oauth/client.json"),
        json!("https://app.example.com/oauth/%63lient.json"),
        json!("https://other.example.com/oauth/client.json"),
    ] {
        assert_eq!(published(json!({"client_id": other})).1, None, "{other}");
    }
}

// spec: OAuth Client ID Metadata Document section 4.1 - no shared secrets and no private keys
#[test]
fn secrets_and_private_keys_are_refused() {
    let key = json!({"kty": "OKP", "crv": "Ed25519", "x": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"});
    let signs = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": {"keys": [key.clone()]}});
    let client = published(signs.clone()).1.expect("a client with a public key");
    assert_eq!(client.registration.authentication, AuthenticationMethod::PrivateKeyJwt);
    let private = with(key, json!({"d": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE"}));
    for more in [
        json!({"client_secret": "0123456789012345678901234567890123456789"}),
        json!({"client_secret": "0123456789012345678901234567890123456789", "token_endpoint_auth_method": "client_secret_basic"}),
        json!({"client_secret_expires_at": 0}),
        json!({"token_endpoint_auth_method": "client_secret_basic"}),
        json!({"token_endpoint_auth_method": "client_secret_post"}),
        json!({"token_endpoint_auth_method": "client_secret_jwt"}),
        json!({"token_endpoint_auth_method": "private_key_jwt"}),
        json!({"jwks": {"keys": [private.clone()]}}),
        with(signs.clone(), json!({"jwks": {"keys": [private]}})),
        json!({"jwks": {"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}}),
        with(signs, json!({"jwks_uri": "https://app.example.com/keys"})),
    ] {
        assert_eq!(published(more.clone()).1, None, "{more}");
    }
}

#[test]
fn addresses_of_plain_http_are_refused() {
    for more in [
        json!({"redirect_uris": ["http://app.example.com/callback"]}),
        json!({"redirect_uris": ["https://app.example.com/callback", "javascript:alert(1)"]}),
        json!({"redirect_uris": []}),
        json!({"redirect_uris": ["https://auth.example.com/account"]}),
        json!({"redirect_uris": "https://app.example.com/callback"}),
        json!({"client_uri": "http://app.example.com"}),
        json!({"policy_uri": "javascript:alert(1)"}),
        json!({"jwks_uri": "http://app.example.com/keys"}),
        json!({"logo": "https://app.example.com/logo.png"}),
        json!({"logo": "data:image/svg+xml;base64,PHN2Zy8+"}),
        json!({"client_name": "Ap\u{202e}p"}),
    ] {
        assert_eq!(published(more.clone()).1, None, "{more}");
    }
}

// spec: OAuth Client ID Metadata Document section 5 - only JSON with status 200 is a document
#[test]
fn other_answers_are_no_documents() {
    let good = metadata(json!({})).to_string();
    let twice = good.replacen('{', r#"{"client_name":"Other","#, 1);
    for answer in [
        FetchedDocument { status: 301, ..document(&good) },
        FetchedDocument { status: 302, ..document(&good) },
        FetchedDocument { status: 304, ..document("") },
        FetchedDocument { status: 201, ..document(&good) },
        FetchedDocument { status: 404, ..document(&good) },
        FetchedDocument { content_type: Some("text/html".to_owned()), ..document(&good) },
        FetchedDocument { content_type: Some("text/plain".to_owned()), ..document(&good) },
        FetchedDocument { content_type: None, ..document(&good) },
        document(""),
        document("[]"),
        document(&format!("[{good}]")),
        document(&format!("{good}{good}")),
        document(r#"{"error":"not_found"}"#),
        document(&twice),
    ] {
        let world = world();
        publish(&world, APP, answer.clone());
        assert_eq!(world.found(&id(APP), Freshness::Cached), None, "{answer:?}");
        let log = world.log.borrow().join("\n");
        assert!(log.contains(r#""event":"metadata_document""#) && log.contains(APP), "{log}");
        assert!(!log.contains("Other"), "nothing that the document says is in the log");
    }
    let world = world();
    let typed =
        FetchedDocument { content_type: Some("application/cimd+json; charset=utf-8".to_owned()), ..document(&good) };
    publish(&world, APP, typed);
    assert!(world.found(&id(APP), Freshness::Cached).is_some());
}

#[test]
fn a_document_gives_no_privileges() {
    for more in [
        json!({"require_pkce": false}),
        json!({"published": true}),
        json!({"access_token_lifetime": 86_400}),
        json!({"rotate_refresh_tokens": false}),
        json!({"grant_types": ["client_credentials"]}),
        json!({"grant_types": []}),
        json!({"response_types": ["token"]}),
        json!({"request_object_signing_alg": "ES256"}),
        json!({"scope": "open\"read"}),
    ] {
        assert_eq!(published(more.clone()).1, None, "{more}");
    }
    // Many servers read the same document. The client gets those of the listed values that every client may have here.
    let (_, client) = published(json!({
        "grant_types": ["authorization_code", "refresh_token", "client_credentials", "urn:ietf:params:oauth:grant-type:device_code"],
        "response_types": ["code", "token"],
        "scope": "openid open.read closed.read clients people:read other",
        "trusted": true, "skip_consent": true, "voucher": "administrator", "self_registered": false,
    }));
    let client = client.expect("a client");
    assert_eq!(client.registration.grant_types, [GrantType::AuthorizationCode, GrantType::RefreshToken]);
    assert_eq!(
        (client.registration.scopes.to_string().as_str(), client.voucher),
        ("openid open.read", Voucher::Nobody)
    );
    let client = published(json!({})).1.expect("a client");
    assert_eq!(client.registration.scopes.to_string(), "openid profile email address phone offline_access open.read");
}

// spec: OAuth Client ID Metadata Document section 8.5 - users are shown the host that is proven
#[test]
fn a_site_elsewhere_is_not_taken_over() {
    for (told, shown) in [
        (json!("https://app.example.com/about"), "https://app.example.com/about"),
        (json!("https://www.google.com"), "https://app.example.com"),
        (json!("https://app.example.com.evil.example"), "https://app.example.com"),
        (json!(null), "https://app.example.com"),
    ] {
        let client = published(json!({"client_uri": told, "client_name": "Google"})).1.expect("a client");
        assert_eq!(client.registration.site.as_deref(), Some(shown), "{told}");
    }
}

// spec: OpenID Connect Core section 8.1 - a document that can change has the sector of its own host alone
#[test]
fn a_document_has_the_sector_of_its_own_host() {
    let pairwise = |uris: &[&str]| published(json!({"subject_type": "pairwise", "redirect_uris": uris})).1;
    let own = ["https://app.example.com/callback", "https://app.example.com/other"];
    assert!(pairwise(&own).is_some());
    for uris in [
        &["https://victim.example/callback"][..],
        &["https://app.example.com/callback", "https://victim.example/callback"],
        &["http://localhost/callback"],
        &["https://example.com/callback"],
    ] {
        assert_eq!(pairwise(uris), None, "{uris:?}");
    }
}

// spec: OAuth Client ID Metadata Document section 5.2 - documents are kept as their headers say, errors are not
#[test]
fn documents_are_kept_as_their_headers_say_and_errors_are_not() {
    let named = |name: &str, cache_control: Option<&str>| FetchedDocument {
        cache_control: cache_control.map(ToOwned::to_owned),
        ..document(&metadata(json!({ "client_name": name })).to_string())
    };
    let name = |world: &World| world.found(&id(APP), Freshness::Cached).map(|client| client.registration.name);
    for (cache_control, life) in [
        (None, 300),
        (Some("max-age=600"), 600),
        (Some("no-store"), 60),
        (Some("private"), 300),
        (Some("max-age=0"), 60),
        (Some("max-age=31536000, immutable"), 3_600),
    ] {
        let world = world();
        publish(&world, APP, named("Old", cache_control));
        assert_eq!(name(&world).as_deref(), Some("Old"));
        publish(&world, APP, named("New", None));
        world.pass(life - 1);
        assert_eq!((name(&world).as_deref(), times(&world, APP)), (Some("Old"), 1), "{cache_control:?}");
        world.pass(1);
        assert_eq!((name(&world).as_deref(), times(&world, APP)), (Some("New"), 2), "{cache_control:?}");
    }
    let world = world();
    publish(&world, APP, document("{}"));
    assert_eq!(name(&world), None);
    publish(&world, APP, named("Mended", None));
    world.pass(11);
    assert_eq!(name(&world).as_deref(), Some("Mended"));
    publish(&world, APP, FetchedDocument { status: 404, ..document("") });
    world.pass(300);
    assert_eq!(name(&world), None, "what is gone is gone when its time is over");
}

#[test]
fn a_server_in_trouble_is_left_alone_and_takes_no_client_away() {
    let world = world();
    let look = || now_or_never(find(&world, &world.config, &id(APP), Freshness::Cached, world.at()));
    for number in 0..20 {
        assert!(matches!(look(), Err(Fault::Busy(_))), "it may be there in a moment: {number}");
    }
    assert_eq!(times(&world, APP), 1);
    publish(&world, APP, FetchedDocument { status: 503, ..document("") });
    world.pass(11);
    assert!(matches!(look(), Err(Fault::Busy(_))));
    publish(&world, APP, document(&metadata(json!({})).to_string()));
    world.pass(11);
    assert!(look().expect("it is there").is_some());
    publish(&world, APP, FetchedDocument { status: 500, ..document("") });
    assert!(look().expect("it is known").is_some());
    assert_eq!(times(&world, APP), 3);
}

#[test]
fn made_up_identifiers_ask_a_server_ten_times_in_ten_seconds() {
    let world = world();
    let look = |number: u32, freshness: Freshness| {
        let id = id(&format!("https://victim.example/{number}"));
        now_or_never(find(&world, &world.config, &id, freshness, world.at()))
    };
    for number in 0..200 {
        assert!(look(number, Freshness::Cached).is_err());
    }
    assert_eq!(world.asked.borrow().len(), 10);
    assert!(look(200, Freshness::AtLeast(ClientVersion(0))).is_err());
    assert_eq!(world.asked.borrow().len(), 11, "a client with a code of this server is not held up by them");
    world.pass(11);
    assert!(look(201, Freshness::Cached).is_err());
    assert_eq!(world.asked.borrow().len(), 12);
    for host in 0..100 {
        let id = id(&format!("https://h{host}.example/c"));
        assert!(now_or_never(find(&world, &world.config, &id, Freshness::Cached, world.at())).is_err());
    }
    assert_eq!(world.asked.borrow().len(), 12 + 39, "and forty times in all");
}
