//! One try to tell a client of a logout (`OpenID` Connect Back-Channel Logout 1.0): what is sent, and what counts as told.

use crate::support::clients_platform::{ISSUER, client, config, now_or_never};
use crate::support::platform::World;
use grantry::base::SessionId;
use grantry::base::encoding::from_base64url;
use grantry::config::Config;
use grantry::oauth::client::ClientId;
use grantry::oauth::client::settings::LogoutSettings;
use grantry::oauth::token::sid::Sid;
use grantry::store::account::{Logout, Told};
use grantry::store::registry::Delete;
use grantry::tasks::logout::tell;
use serde_json::{Value, json};

const ADDRESS: &str = "https://app.example.com/back-channel";
const SESSION: SessionId = SessionId::from_bytes([7; 20]);

/// A world with one client that is told at `address`.
fn world_with(address: Option<&str>) -> (World, ClientId) {
    let world = World::new();
    let logout = LogoutSettings { backchannel_uri: address.map(ToOwned::to_owned), ..LogoutSettings::default() };
    let id = world
        .clients
        .register({
            let mut client = client("app", "App");
            client.registration.logout = logout;
            client
        })
        .id;
    (world, id)
}

fn tried(world: &World, id: &ClientId) -> Told {
    let logout = Logout { client: id.clone(), session: SESSION, tries: 2, due_at: world.at() };
    let config: Config = config();
    now_or_never(tell(&config, world, "u-somebody", &logout, world.at()))
}

/// What the log says about tries.
fn lines(world: &World) -> Vec<Value> {
    let lines =
        world.clients.log.borrow().iter().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<Value>>();
    lines.into_iter().filter(|line| line["event"] == "logout_told").collect()
}

fn part(token: &str, index: usize) -> Value {
    let text = token.split('.').nth(index).expect("a JWS has three parts");
    serde_json::from_slice(&from_base64url(text).expect("base64url")).expect("JSON")
}

// spec: OpenID Connect Back-Channel Logout section 2.4 - the claims of a logout token
// spec: OpenID Connect Back-Channel Logout section 2.5 - one form parameter carries it
#[test]
fn the_logout_token_names_the_user_and_the_session_and_nothing_else() {
    let (world, id) = world_with(Some(ADDRESS));
    world.clients.receivers.borrow_mut().insert(ADDRESS.to_owned(), 200);
    assert_eq!(tried(&world, &id), Told::Done);
    let posted = world.clients.posted.borrow();
    let [(address, form)] = &posted[..] else { panic!("one form is sent: {posted:?}") };
    assert_eq!(address, ADDRESS);
    let token = form.strip_prefix("logout_token=").expect("a logout token");
    let header = part(token, 0);
    assert_eq!((&header["typ"], &header["alg"]), (&json!("logout+jwt"), &json!("RS256")));
    let mut claims = part(token, 1);
    let jti = claims["jti"].take();
    assert_eq!(jti.as_str().map(str::len), Some(22), "128 random bits");
    let now = world.at().as_secs();
    let expected = json!({
        "iss": ISSUER, "sub": "u-somebody", "aud": "app", "iat": now, "exp": now + 120, "jti": null,
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        "sid": Sid::of(SESSION, &id),
    });
    assert_eq!(claims, expected);
    drop(posted);
    assert_eq!(tried(&world, &id), Told::Done);
    let (_, again) = world.clients.posted.borrow()[1].clone();
    assert_ne!(
        part(again.strip_prefix("logout_token=").expect("a logout token"), 1)["jti"],
        jti,
        "each try has its own"
    );
}

// spec: OpenID Connect Back-Channel Logout section 2.8 - 200 says that it was done; every status of success counts
#[test]
fn what_counts_as_told_and_what_the_log_says_of_it() {
    for (status, told) in
        [(200, Told::Done), (204, Told::Done), (302, Told::Failed), (400, Told::Failed), (500, Told::Failed)]
    {
        let (world, id) = world_with(Some(ADDRESS));
        world.clients.receivers.borrow_mut().insert(ADDRESS.to_owned(), status);
        assert_eq!(tried(&world, &id), told, "{status}");
        let at = world.at();
        let line = json!({"event": "logout_told", "at": at, "client_id": "app", "failed_before": 2, "status": status});
        assert_eq!(lines(&world), [line], "{status}");
    }
}

#[test]
fn a_client_that_cannot_be_reached_is_not_told_and_the_log_has_the_cause() {
    let (world, id) = world_with(Some(ADDRESS));
    assert_eq!(tried(&world, &id), Told::Failed);
    let lines = lines(&world);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0].get("status"), None);
    assert_eq!(lines[0]["cause"], "the server was not reached: nobody is there");
}

/// The rules for addresses can change after an address was registered.
// spec: Invariant 13 - an address that is not a public server's is not asked, even when a client registered it
#[test]
fn an_address_that_is_not_admitted_is_not_asked() {
    let inside = "https://10.0.0.7/back-channel";
    let (world, id) = world_with(Some(inside));
    world.clients.receivers.borrow_mut().insert(inside.to_owned(), 200);
    assert_eq!(tried(&world, &id), Told::Failed);
    assert!(world.clients.posted.borrow().is_empty());
    assert_eq!(lines(&world)[0]["cause"], "the host must be the name of a public server, not an IP address");
}

#[test]
fn a_client_without_an_address_and_a_deleted_client_are_not_told() {
    let (world, id) = world_with(None);
    assert_eq!(tried(&world, &id), Told::Done);
    let (gone, deleted) = world_with(Some(ADDRESS));
    gone.clients.ask(Delete { attempt: gone.clients.attempt(), id: deleted.clone() }).expect("deleted");
    assert_eq!(tried(&gone, &deleted), Told::Done);
    for world in [world, gone] {
        assert!(world.clients.posted.borrow().is_empty());
        assert!(lines(&world).is_empty(), "nothing was tried");
    }
}
