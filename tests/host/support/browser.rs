//! Users who sign in with a browser: its cookies and forms.

use std::cell::RefCell;
use std::collections::BTreeMap;

use grantry::http::Method;
use serde_json::json;

use super::clients_platform::{Crash, ISSUER, client};
use super::platform::{Answer, World, administration, request};

/// A browser as far as cookies go.
#[derive(Default)]
pub struct Browser(pub RefCell<BTreeMap<String, String>>);

impl Browser {
    pub fn send(&self, world: &World, method: Method, path: &str, address: &str, body: &str) -> Answer {
        let cookies: Vec<_> = self.0.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let cookies = cookies.join("; ");
        let form = "application/x-www-form-urlencoded";
        let headers =
            [("cookie", cookies.as_str()), ("origin", ISSUER), ("content-type", form), ("cf-connecting-ip", address)];
        let answer = world.send(request(method, path, &headers, body));
        for (_, cookie) in answer.headers.iter().filter(|(name, _)| *name == "set-cookie") {
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            self.0.borrow_mut().insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    /// Types a name and a password, on the way of a new authorization request.
    pub fn signs_in(&self, world: &World, login: &str, password: &str, address: &str) -> Answer {
        let query = "response_type=code&client_id=portal&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&scope=openid\
                     &prompt=login&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";
        let answer = self.send(world, Method::Get, &format!("/authorize?{query}"), address, "");
        let location = answer.header("location").unwrap_or_else(|| panic!("{}", answer.body));
        let interaction = location.split_once("interaction=").expect("an interaction").1;
        let form = format!("interaction={interaction}&username={login}&password={password}");
        self.send(world, Method::Post, "/login", address, &form)
    }
}

/// A tenant with Ada, who has a password and two names, and an app.
pub fn world() -> World {
    let world = World::new();
    world.clients.register(client("portal", "Portal"));
    world.clients.ring(Crash::Never);
    let ada = json!({
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "Ada", "password": "correct horse",
        "emails": ["ada@example.com"], "urn:grantry:params:scim:schemas:1.0:Person": {"emailVerified": true},
    });
    assert_eq!(world.send(administration(Method::Post, "/scim/v2/Users", &ada.to_string())).status, 201);
    world
}

/// Object calls and rows of the last request.
pub fn cost(world: &World) -> (u32, u64) {
    use grantry::platform::Platform as _;
    let usage = world.usage();
    (usage.object_calls, usage.rows_written)
}
