//! A developer with a browser, at the portal.

use grantry::base::{AccountId, Seconds};
use grantry::config::Config;
use grantry::http::{Body, Method, Request};
use grantry::oauth::client::Client;
use grantry::oauth::person::profile::Profile;
use grantry::oauth::person::role::Role;
use grantry::seal::Life;
use grantry::seal::browser::{Browser, BrowserId, SessionRef};
use grantry::sign_in::device::DeviceKey;
use grantry::store::account::{Create, ReadProfile, ReplaceProfile};
use grantry::store::registry::{FoundClient, ListOwned, Read};
use serde_json::{Value, json};

use super::clients_platform::{ADMIN_TOKEN, ISSUER, config, id};
use super::person::credential;
use super::platform::{Answer, World, request, said};

pub const CALLBACK: &str = "https://tide.example.com/callback";

/// A good form.
pub const FORM: [(&str, &str); 6] = [
    ("client_name", "Tide"),
    ("redirect_uris", CALLBACK),
    ("token_endpoint_auth_method", "client_secret_basic"),
    ("scope:openid", "on"),
    ("scope:rooms.read", "on"),
    ("client_uri", "https://tide.example.com"),
];

pub struct Portal {
    pub world: World,
}

/// A user who is signed in.
pub struct Person<'a> {
    portal: &'a Portal,
    pub sub: String,
    pub account: AccountId,
    pub cookie: String,
}

impl Portal {
    pub fn new() -> Self {
        Self::with(|config| config)
    }

    pub fn with(change: impl FnOnce(Config) -> Config) -> Self {
        let mut world = World::new();
        world.config = Ok(change(config()));
        Self { world }
    }

    /// A user with this role.
    pub fn person(&self, name: &str, role: Option<Role>) -> Person<'_> {
        let world = &self.world;
        let account = AccountId::from_bytes(world.clients.random());
        let sub = format!("u-{name}");
        let create = Create {
            attempt: world.clients.attempt(),
            sub: sub.clone(),
            device_key: DeviceKey::from_bytes([1; 32]),
            profile: profile(name, role),
            active: true,
            credential: Some(credential()),
            lease: None,
        };
        world.account(account, create);
        let expires_at = world.at().plus(Seconds::DAY);
        let session = world.sign_in(account, expires_at);
        let browser = Browser::new(BrowserId(world.clients.random())).with_current(SessionRef { account, session });
        let life = Life { sealed_at: world.at(), expires_at };
        let sealed = world.clients.config.sealer.seal(&browser, life, world.clients.random()).expect("sealed");
        Person { portal: self, sub, account, cookie: ["__Host-grantry=", &sealed].concat() }
    }

    pub fn developer(&self, name: &str) -> Person<'_> {
        self.person(name, Some(Role::Developer))
    }

    /// A client as the registry has it.
    pub fn client(&self, name: &str) -> Option<Client> {
        match self.world.clients.ask(Read { id: id(name) }) {
            FoundClient::Registered(registered) => Some(registered.client),
            FoundClient::Deleted(_) | FoundClient::Never => None,
        }
    }
}

pub fn profile(name: &str, role: Option<Role>) -> Profile {
    let profile: Profile = serde_json::from_value(json!({"userName": name})).expect("a profile");
    profile.with_role(role)
}

impl Person<'_> {
    /// What the page at `path` says after an action.
    pub fn told(&self, answer: &Answer, path: &str) -> String {
        said(answer, path, |location| self.get(location))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.portal.world.send(request(Method::Get, path, &[("cookie", &self.cookie)], ""))
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_from(ISSUER, path, fields)
    }

    pub fn post_from(&self, origin: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("origin", origin),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        self.portal.world.send(request(Method::Post, path, &headers, &body))
    }

    /// Sends a file.
    pub fn send(&self, path: &str, parts: &[(&str, &[u8])]) -> Answer {
        let mut body = Vec::new();
        for (name, content) in parts {
            body.extend(format!("--b\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n").into_bytes());
            body.extend_from_slice(content);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        let headers =
            [("cookie", self.cookie.as_str()), ("origin", ISSUER), ("content-type", "multipart/form-data; boundary=b")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let body = Body::Complete(body);
        self.portal.world.send(Request::new(Method::Post, ISSUER.to_owned(), path.to_owned(), None, headers, body))
    }

    /// The developer's apps, as the registry has them.
    pub fn apps(&self) -> Vec<Client> {
        self.portal.world.clients.ask(ListOwned { owner: self.sub.clone() }).clients
    }

    /// The form of a new app: what it carries.
    pub fn ticket(&self) -> String {
        value(&self.get("/developer/new").body, "app")
    }

    /// Registers an app; what the answer shows.
    pub fn create(&self, more: &[(&str, &str)]) -> Answer {
        let ticket = self.ticket();
        self.post("/developer/new", &with(&[&FORM[..], &[("app", &ticket)]].concat(), more))
    }

    /// Registers an app that is good: its identifier and its secret.
    pub fn made(&self, more: &[(&str, &str)]) -> (String, String) {
        let answer = self.create(more);
        assert_eq!(answer.status, 200, "{}", answer.body);
        (element(&answer.body, "client-id"), element(&answer.body, "client-secret"))
    }

    /// Does something with an app, as its page would now.
    pub fn act(&self, app: &str, fields: &[(&str, &str)]) -> Answer {
        let path = ["/developer/apps/", app].concat();
        let version = value(&self.get(&path).body, "version");
        self.post(&path, &with(&[("version", &version)], fields))
    }

    pub fn save(&self, app: &str, more: &[(&str, &str)]) -> Answer {
        self.act(app, &with(&[&FORM[..], &[("action", "save")]].concat(), more))
    }

    /// Puts another profile in place of the user's.
    pub fn trusted_as(&self, profile: Profile) {
        let world = &self.portal.world;
        let ask = ReplaceProfile {
            attempt: world.clients.attempt(),
            version: world.account(self.account, ReadProfile {}).expect("a person").version,
            profile,
            active: true,
            credential: None,
            lease: None,
        };
        world.account(self.account, ask).expect("replaced");
    }
}

/// `fields`, with those of `more` in place or besides; an empty value takes a field away.
pub fn with<'a>(fields: &[(&'a str, &'a str)], more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let kept = fields.iter().filter(|(name, _)| more.iter().all(|(other, _)| name != other));
    kept.chain(more).copied().filter(|(_, value)| !value.is_empty()).collect()
}

/// The value of a hidden field.
pub fn value(html: &str, name: &str) -> String {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {html}"));
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// The text of an element without others inside.
pub fn element(html: &str, id: &str) -> String {
    let (_, rest) = html.split_once(&format!("id=\"{id}\">")).unwrap_or_default();
    rest.split('<').next().unwrap_or_default().to_owned()
}

/// The administrator's change of an app, made from what the administrator reads.
pub fn administer(portal: &Portal, app: &str, more: &Value) -> Value {
    let bearer = format!("Bearer {ADMIN_TOKEN}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    let path = format!("/register/{app}");
    let mut metadata = portal.world.send(request(Method::Get, &path, &headers, "")).json;
    let members = metadata.as_object_mut().expect("an object");
    for name in ["client_id_issued_at", "client_secret_expires_at", "registration_client_uri"] {
        members.remove(name);
    }
    members.remove("published");
    members.extend(more.as_object().expect("members").clone());
    let answer = portal.world.send(request(Method::Put, &path, &headers, &metadata.to_string()));
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.json
}
