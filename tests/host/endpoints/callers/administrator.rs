//! Administration does not depend on KV: the registry and the accounts say who may administer.

use crate::support::clients_platform::{Crash, Puts, client, id};
use crate::support::connected::{Connected, scopes};
use crate::support::developer::{Portal, profile};
use grantry::base::Secret;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{Client, GrantType, SecretDigest};
use grantry::store::registry::{Delete, Update};

/// A client that may read users, which KV and the isolate know; and a KV that refuses every write from now on.
fn administrator(home: &Connected) -> Client {
    let service = client("service", "Service");
    let registration = Registration {
        grant_types: vec![GrantType::ClientCredentials],
        scopes: scopes("people:read a.read"),
        ..service.registration
    };
    let service = home.register(Client { registration, ..service });
    home.world.clients.ring(Crash::Never);
    home.world.clients.kv_puts.set(Puts::Refused);
    service
}

fn token(home: &Connected) -> (u16, String) {
    let answer = home.post("/token", "service", &[("grant_type", "client_credentials"), ("scope", "people:read")]);
    (answer.status, answer.json["access_token"].as_str().unwrap_or_default().to_owned())
}

fn list(home: &Connected, token: &str) -> u16 {
    home.get("/scim/v2/Users", &[("authorization", &format!("Bearer {token}"))]).status
}

// spec: Invariant 6 - KV has no say about administration
#[test]
fn attack_a_deleted_administrator_goes_on_while_kv_refuses_writes() {
    for isolate in [0, 1] {
        let home = Connected::new();
        administrator(&home);
        home.world.clients.isolate.set(isolate);
        let (status, good) = token(&home);
        assert_eq!((status, list(&home, &good)), (200, 200));
        let delete = Delete { attempt: home.attempt(), id: id("service") };
        home.world.clients.ask(delete).expect("deleted");
        home.world.clients.ring(Crash::Never);
        assert_eq!(list(&home, &good), 401, "at the next request");
        assert_eq!(token(&home).0, 401);
        home.world.pass(31);
        assert_eq!((list(&home, &good), token(&home).0), (401, 401), "and when the memory is old");
    }
}

/// What the client's earlier token and its credentials are answered with after a change.
fn after(change: impl FnOnce(Client) -> Client) -> (u16, u16) {
    let home = Connected::new();
    let service = administrator(&home);
    let (_, good) = token(&home);
    let update = Update { attempt: home.attempt(), client: change(service), access: None, expected_version: None };
    home.world.clients.ask(update).expect("updated");
    (token(&home).0, list(&home, &good))
}

#[test]
fn attack_an_administrator_keeps_a_scope_or_a_secret_while_kv_refuses_writes() {
    let less = |client: Client| {
        let registration = Registration { scopes: scopes("a.read"), ..client.registration };
        Client { registration, ..client }
    };
    assert_eq!(after(less), (400, 401), "the scope was taken");
    let secret = Secret::new("another secret of 32 characters!".to_owned());
    let rotated = |client: Client| Client { secrets: vec![SecretDigest::of(&secret, None)], ..client };
    assert_eq!(after(rotated).0, 401, "the earlier secret");
}

#[test]
fn a_user_whose_role_was_taken_is_refused_while_kv_refuses_writes() {
    let portal = Portal::new();
    let ada = portal.developer("ada");
    let app = ada.made(&[]).0;
    portal.world.clients.ring(Crash::Never);
    portal.world.clients.kv_puts.set(Puts::Refused);
    assert_eq!(ada.get("/developer").status, 200);
    ada.trusted_as(profile("ada", None));
    for path in ["/developer".to_owned(), format!("/developer/apps/{app}")] {
        assert_ne!(ada.get(&path).status, 200, "{path}");
    }
}
