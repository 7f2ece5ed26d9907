//! Registering and managing clients over HTTP.

use grantry::base::Secret;
use grantry::http::Method;
use grantry::oauth::client::Client;
use grantry::store::registry::{FoundClient, Read};
use serde_json::{Value, json};

use super::clients_platform::{ADMIN_TOKEN, Answer, ISSUER, World, id};

pub const CALLBACK: &str = "https://app.example.com/callback";

/// The header of the administrator.
pub fn admin() -> String {
    format!("Bearer {ADMIN_TOKEN}")
}

/// A registration by the administrator.
pub fn post(world: &World, body: &Value) -> Answer {
    world.send(Method::Post, "/register", Some(&admin()), Some(&body.to_string()))
}

/// The least that is needed, with `more` in place or besides.
pub fn metadata(more: Value) -> Value {
    with(json!({"client_name": "App", "redirect_uris": [CALLBACK]}), more)
}

/// A registration that succeeds.
pub fn registered(world: &World, more: Value) -> Answer {
    let answer = post(world, &metadata(more));
    assert_eq!(answer.status, 201, "{}", answer.json);
    answer
}

/// Where a client is managed.
pub fn path(answer: &Answer) -> String {
    answer.text("registration_client_uri").strip_prefix(ISSUER).expect("ours").to_owned()
}

/// The header of the client itself.
pub fn own(answer: &Answer) -> String {
    format!("Bearer {}", answer.text("registration_access_token"))
}

/// A change of a client.
pub fn put(world: &World, path: &str, authorization: &str, body: &Value) -> Answer {
    world.send(Method::Put, path, Some(authorization), Some(&body.to_string()))
}

/// A client as the registry has it.
pub fn stored(world: &World, name: &str) -> Client {
    match world.ask(Read { id: id(name) }) {
        FoundClient::Registered(registered) => registered.client,
        found => panic!("{found:?}"),
    }
}

/// Whether a client has this secret.
pub fn is_secret(world: &World, name: &str, secret: &str) -> bool {
    let secret = Secret::new(secret.to_owned());
    stored(world, name).secrets.iter().any(|digest| digest.is_of(&secret, world.at()))
}

/// `value` with the members of `more`.
pub fn with(mut value: Value, more: Value) -> Value {
    if let (Some(value), Value::Object(more)) = (value.as_object_mut(), more) {
        value.extend(more);
    }
    value
}

/// Each of these registrations is refused with the code beside it, and none writes anything.
pub fn refused(world: &World, cases: impl IntoIterator<Item = (&'static str, Value)>) {
    for (code, more) in cases {
        let answer = post(world, &metadata(more.clone()));
        assert_eq!((answer.status, answer.text("error")), (400, code), "{more} was answered with {}", answer.json);
        assert!(!answer.text("error_description").is_empty());
    }
    assert!(world.registry.is_unused(), "what is refused writes nothing");
}
