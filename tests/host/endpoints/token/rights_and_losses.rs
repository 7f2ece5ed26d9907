//! What each request gives after each loss: rights, secrets, grants, sessions, clients and users that are gone. Every cell of the
//! table is asserted, also where nothing is lost.

use std::mem;

use super::facade;
use crate::support::browser::Browser;
use crate::support::clients_platform::{ISSUER, SECRET};
use crate::support::connected::{A, App, Connected, VERIFIER, basic_with, claims, scopes, text};
use crate::support::platform::Answer;
use grantry::base::{GrantId, Seconds, Secret};
use grantry::http::Method;
use grantry::lookup::client::Freshness;
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{Client, GrantType, SecretDigest, Voucher, rotated};
use grantry::seal::Life;
use grantry::seal::browser::{Browser as Cookie, BrowserId, SessionRef};
use grantry::store::account::{Delete, Disconnect, EndSession, RaiseEpoch};
use grantry::store::registry;
use serde_json::json;

/// Declares an enumeration with the list of all its values.
macro_rules! listed {
    ($(#[$about:meta])* enum $name:ident { $($(#[$about_value:meta])* $value:ident,)+ }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Eq, PartialEq)]
        enum $name { $($(#[$about_value])* $value,)+ }

        impl $name {
            const ALL: [Self; [$(stringify!($value)),+].len()] = [$(Self::$value),+];
        }
    };
}

listed! {
    enum Request {
        Code,
        /// Each use of the refresh token issues another one.
        RotatingRefresh,
        /// The refresh token stays the same.
        KeptRefresh,
        Facade,
        ClientCredentials,
        /// Of a token without `offline_access`.
        IntrospectionInSession,
        /// Of a token with `offline_access`.
        IntrospectionOffline,
        /// Of a token that the client got in its own name.
        IntrospectionOfMachine,
        UserinfoInSession,
        UserinfoOffline,
        /// An authorization request with `prompt=none`, where consent is remembered; and the redemption of its code.
        Silent,
    }
}

listed! {
    enum Loss {
        /// The client is left without `email` and `a.write`.
        ScopeLost,
        /// For a client that nobody vouches for.
        ApiClosed,
        ClientDeleted,
        /// The client was deleted, and another one has its identifier, secret and scopes.
        ClientRegisteredAnew,
        SecretRotated,
        GrantGone,
        SessionEnded,
        EpochRaised,
        PersonDisabled,
        PersonDeleted,
    }
}

const NEW_SECRET: &str = "another secret of at least 32 characters";
/// How long the old secret stays valid, in seconds; less than a code lives.
const OVERLAP: u32 = 30;

const ASKED: &str = "openid email offline_access a.read a.write";
const IN_SESSION: &str = "openid email a.read a.write";
const LEFT: &str = "openid offline_access a.read";

/// What the request gives as long as nothing is lost.
const fn complete(request: Request) -> &'static str {
    match request {
        Request::Code | Request::RotatingRefresh | Request::KeptRefresh | Request::Facade | Request::Silent => {
            "a+issuer: openid email offline_access a.read a.write"
        }
        Request::ClientCredentials => "a: a.read a.write",
        Request::IntrospectionInSession | Request::IntrospectionOffline | Request::IntrospectionOfMachine => {
            "active a: a.read a.write"
        }
        Request::UserinfoInSession | Request::UserinfoOffline => "email email_verified sub",
    }
}

/// The table. Neither `match` has a wildcard, so a cell that is missing does not compile.
const fn expected(request: Request, loss: Loss) -> &'static str {
    use Request::{
        ClientCredentials, Code, Facade, IntrospectionInSession, IntrospectionOfMachine, IntrospectionOffline,
        KeptRefresh, RotatingRefresh, Silent, UserinfoInSession, UserinfoOffline,
    };
    match loss {
        Loss::ScopeLost => match request {
            Code | RotatingRefresh | KeptRefresh | Facade => "a+issuer: openid offline_access a.read",
            // It names what the client may not have.
            Silent => "invalid_scope",
            ClientCredentials => "a: a.read",
            IntrospectionInSession | IntrospectionOffline | IntrospectionOfMachine => "active a: a.read",
            UserinfoInSession | UserinfoOffline => "sub",
        },
        Loss::ApiClosed => match request {
            Code | RotatingRefresh | KeptRefresh => "issuer: openid email offline_access",
            // It is for this API alone.
            Facade => "400 invalid_target",
            ClientCredentials => "400 invalid_scope",
            IntrospectionInSession | IntrospectionOffline | IntrospectionOfMachine => "inactive",
            // Userinfo is no API; and a client that gets answers in silence is one that the administrator vouches for.
            UserinfoInSession | UserinfoOffline | Silent => complete(request),
        },
        Loss::ClientDeleted => match request {
            Code | RotatingRefresh | KeptRefresh | Facade | ClientCredentials => "401 invalid_client",
            IntrospectionInSession | IntrospectionOffline | IntrospectionOfMachine => "inactive",
            UserinfoInSession | UserinfoOffline => "401 invalid_token",
            Silent => "page 400",
        },
        Loss::ClientRegisteredAnew => match request {
            Code | RotatingRefresh | KeptRefresh | Facade => "400 invalid_grant",
            ClientCredentials => complete(request),
            IntrospectionInSession | IntrospectionOffline | IntrospectionOfMachine => "inactive",
            UserinfoInSession | UserinfoOffline => "401 invalid_token",
            Silent => "login_required",
        },
        Loss::SecretRotated => match request {
            Code
            | RotatingRefresh
            | KeptRefresh
            | Facade
            | ClientCredentials
            | IntrospectionInSession
            | IntrospectionOffline
            | IntrospectionOfMachine
            | UserinfoInSession
            | UserinfoOffline
            | Silent => complete(request),
        },
        Loss::SessionEnded => match request {
            // A code is bound to its session, what it founded with `offline_access` is not.
            Code => "400 invalid_grant",
            RotatingRefresh
            | KeptRefresh
            | Facade
            | IntrospectionOffline
            | UserinfoOffline
            | ClientCredentials
            | IntrospectionOfMachine => complete(request),
            IntrospectionInSession => "inactive",
            UserinfoInSession => "401 invalid_token",
            Silent => "login_required",
        },
        Loss::GrantGone | Loss::EpochRaised | Loss::PersonDisabled | Loss::PersonDeleted => match request {
            Code | RotatingRefresh | KeptRefresh | Facade => "400 invalid_grant",
            // No user is behind these.
            ClientCredentials | IntrospectionOfMachine => complete(request),
            IntrospectionInSession | IntrospectionOffline => "inactive",
            UserinfoInSession | UserinfoOffline => "401 invalid_token",
            Silent => "login_required",
        },
    }
}

/// What the old secret gives once its overlap is over.
const fn with_the_old_secret(request: Request) -> &'static str {
    match request {
        Request::Code
        | Request::RotatingRefresh
        | Request::KeptRefresh
        | Request::Facade
        | Request::ClientCredentials
        // The code is made as before, and cannot be redeemed.
        | Request::Silent => "401 invalid_client",
        // These do not take the secret of the client.
        Request::IntrospectionInSession
        | Request::IntrospectionOffline
        | Request::IntrospectionOfMachine
        | Request::UserinfoInSession
        | Request::UserinfoOffline => complete(request),
    }
}

/// A user who allowed a client everything, and what the client holds that the request takes.
struct Setting {
    request: Request,
    home: Connected,
    client: Client,
    grant: GrantId,
    secret: &'static str,
    /// The code or the token.
    held: String,
}

impl Setting {
    fn new(request: Request, voucher: Voucher) -> Self {
        let mut home = Connected::new();
        for api in &mut home.world.config.as_mut().expect("a configuration").apis {
            api.is_open = true;
        }
        let change = |client: Client| Client {
            voucher,
            registration: Registration {
                scopes: scopes(ASKED),
                grant_types: vec![GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::ClientCredentials],
                rotates_refresh_tokens: request == Request::RotatingRefresh,
                ..client.registration
            },
            ..client
        };
        let App { client, .. } = home.app("app", change);
        let grant = home.allowed(&client, client.face());
        let mut setting = Self { request, home, client, grant, secret: SECRET, held: String::new() };
        setting.held = setting.first();
        setting
    }

    /// What the client gets before anything is lost.
    fn first(&self) -> String {
        let app = self.app();
        let token = |answer: &Answer, member: &str| text(&answer.json, member).to_owned();
        match self.request {
            Request::Code => app.code_for(&[A], ASKED),
            Request::RotatingRefresh | Request::KeptRefresh => {
                token(&app.redeem(&app.code_for(&[A], ASKED), &[]), "refresh_token")
            }
            Request::Facade => {
                assert_eq!(facade::redeem(&app, "ada", ASKED).status, 200);
                String::new()
            }
            Request::IntrospectionInSession | Request::UserinfoInSession => {
                token(&app.redeem(&app.code_for(&[A], IN_SESSION), &[]), "access_token")
            }
            Request::IntrospectionOffline | Request::UserinfoOffline => {
                token(&app.redeem(&app.code_for(&[A], ASKED), &[]), "access_token")
            }
            Request::IntrospectionOfMachine => {
                token(&app.post("/token", &[("grant_type", "client_credentials")]), "access_token")
            }
            Request::ClientCredentials | Request::Silent => String::new(),
        }
    }

    fn app(&self) -> App<'_> {
        App { home: &self.home, client: self.client.clone(), grant: self.grant }
    }

    fn basic(&self) -> String {
        basic_with(self.client.id.as_str(), self.secret)
    }

    /// Sends the request. A code or a rotating refresh token is replaced by one that can be used the next time.
    fn ask(&mut self) -> String {
        match self.request {
            Request::Code => {
                let next = self.first();
                let code = mem::replace(&mut self.held, next);
                tokens(&self.redeem(&code))
            }
            Request::RotatingRefresh | Request::KeptRefresh => {
                let answer = self.token(&[("grant_type", "refresh_token"), ("refresh_token", &self.held)]);
                if let Some(next) = answer.json["refresh_token"].as_str() {
                    assert_eq!(next != self.held, self.request == Request::RotatingRefresh);
                    next.clone_into(&mut self.held);
                }
                tokens(&answer)
            }
            Request::Facade => {
                let identity = facade::identity(&self.app(), "ada");
                let asked = facade::of(Method::Post, facade::TOKEN, Some(&self.basic()), &identity);
                tokens(&self.home.world.send(asked))
            }
            Request::ClientCredentials => tokens(&self.token(&[("grant_type", "client_credentials")])),
            Request::IntrospectionInSession | Request::IntrospectionOffline | Request::IntrospectionOfMachine => {
                let told = self.home.introspect("server-a", &self.held);
                if told["active"] == true {
                    format!("active {}: {}", audiences(&told["aud"]), text(&told, "scope"))
                } else {
                    assert_eq!(told, json!({"active": false}));
                    "inactive".to_owned()
                }
            }
            Request::UserinfoInSession | Request::UserinfoOffline => {
                let answer = self.home.userinfo(&self.held);
                match answer.json.as_object() {
                    Some(told) if answer.status == 200 => told.keys().map(String::as_str).collect::<Vec<_>>().join(" "),
                    _ => refusal(&answer),
                }
            }
            Request::Silent => self.silently(ASKED),
        }
    }

    fn token(&self, fields: &[(&str, &str)]) -> Answer {
        self.home.form("/token", &[("authorization", &self.basic())], fields)
    }

    fn redeem(&self, code: &str) -> Answer {
        self.token(&[("grant_type", "authorization_code"), ("code", code), ("code_verifier", VERIFIER)])
    }

    /// The browser of the session asks with `prompt=none`; a code is redeemed.
    fn silently(&self, asked: &str) -> String {
        let world = &self.home.world;
        let sealer = &world.clients.config.sealer;
        let session = SessionRef { account: self.home.account, session: self.home.session };
        let cookie = Cookie::new(BrowserId([3; 16])).with_current(session);
        let life = Life { sealed_at: world.at(), expires_at: world.at().plus(Seconds::new(60)) };
        let value = sealer.seal(&cookie, life, world.clients.random()).expect("sealed");
        let browser = Browser::default();
        browser.0.borrow_mut().insert("__Host-grantry".to_owned(), value);
        let scope = asked.replace(' ', "+");
        let path = format!(
            "/authorize?response_type=code&client_id=app&redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&prompt=none\
             &scope={scope}&code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256"
        );
        let answer = browser.send(world, Method::Get, &path, "192.0.2.1", "");
        let Some(location) = answer.header("location") else {
            return format!("page {}", answer.status);
        };
        let location = url::Url::parse(location).unwrap_or_else(|_| panic!("not to the client: {location}"));
        let told = |name: &str| location.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value);
        match told("code") {
            Some(code) => tokens(&self.redeem(&code)),
            None => told("error").expect("a code or an error").into_owned(),
        }
    }

    fn lose(&mut self, loss: Loss) {
        let (account, session) = (self.home.account, self.home.session);
        match loss {
            Loss::ScopeLost => self.change(|client| client.registration.scopes = scopes(LEFT)),
            Loss::ApiClosed => {
                for api in &mut self.home.world.config.as_mut().expect("a configuration").apis {
                    api.is_open = false;
                }
            }
            Loss::ClientDeleted => self.delete(),
            Loss::ClientRegisteredAnew => {
                self.home.world.pass(1);
                self.delete();
                self.home.world.pass(1);
                self.home.register(self.client.clone());
            }
            Loss::SecretRotated => {
                let new = SecretDigest::of(&Secret::new(NEW_SECRET.to_owned()), None);
                let now = self.home.world.at();
                self.change(|client| client.secrets = rotated(&client.secrets, new, Some(Seconds::new(OVERLAP)), now));
                self.secret = NEW_SECRET;
            }
            Loss::GrantGone => {
                let ask = Disconnect { client: self.client.id.clone() };
                self.home.world.account(account, ask).expect("disconnected");
            }
            Loss::SessionEnded => self.home.world.account(account, EndSession { session }).expect("ended"),
            Loss::EpochRaised => {
                self.home.world.account(account, RaiseEpoch { attempt: self.home.attempt() }).expect("raised");
            }
            Loss::PersonDisabled => self.home.world.disable(account),
            Loss::PersonDeleted => {
                self.home.world.account(account, Delete { attempt: self.home.attempt() }).expect("deleted");
            }
        }
    }

    /// The administrator changes the client, and the isolate knows.
    fn change(&self, change: impl FnOnce(&mut Client)) {
        let clients = &self.home.world.clients;
        let mut client = self.client.clone();
        change(&mut client);
        clients.ask(clients.update(client)).expect("changed");
        clients.found(&self.client.id, Freshness::Now).expect("registered");
    }

    fn delete(&self) {
        let clients = &self.home.world.clients;
        clients.ask(registry::Delete { attempt: clients.attempt(), id: self.client.id.clone() }).expect("deleted");
        assert_eq!(clients.found(&self.client.id, Freshness::Now), None);
    }
}

/// `aud` and `scope` of what was issued, or why nothing was.
fn tokens(answer: &Answer) -> String {
    if answer.status != 200 {
        return refusal(answer);
    }
    let token = claims(&answer.json["access_token"]);
    assert_eq!(token["scope"], answer.json["scope"]);
    format!("{}: {}", audiences(&token["aud"]), text(&token, "scope"))
}

fn refusal(answer: &Answer) -> String {
    format!("{} {}", answer.status, text(&answer.json, "error"))
}

fn audiences(aud: &serde_json::Value) -> String {
    let several = aud.as_array().map_or(std::slice::from_ref(aud), Vec::as_slice);
    let names = several.iter().map(|audience| match audience.as_str() {
        Some(A) => "a",
        Some(ISSUER) => "issuer",
        other => panic!("{other:?}"),
    });
    names.collect::<Vec<_>>().join("+")
}

/// A setting in which the request has just given everything.
fn working(request: Request, voucher: Voucher) -> Setting {
    let mut setting = Setting::new(request, voucher);
    assert_eq!(setting.ask(), complete(request), "{request:?} before the loss");
    setting
}

// spec: RFC 6749 section 5.2 - a code or refresh token of a client, a user or a grant that is gone is invalid_grant
// spec: RFC 7662 section 2.2 - an access token of a client, a user or a grant that is gone is inactive
// spec: RFC 6750 section 3.1 - an access token of a client, a user or a grant that is gone is invalid_token
#[test]
fn each_request_gives_what_is_left_after_each_loss() {
    for request in Request::ALL {
        for loss in Loss::ALL {
            // Of a client that nobody vouches for the user is asked each time: nothing is answered in silence.
            let is_stranger = loss == Loss::ApiClosed && request != Request::Silent;
            let voucher = if is_stranger { Voucher::Nobody } else { Voucher::Administrator };
            let mut setting = working(request, voucher);
            setting.lose(loss);
            assert_eq!(setting.ask(), expected(request, loss), "{request:?} after {loss:?}");
        }
    }
}

#[test]
fn a_silent_request_for_what_the_client_kept_is_answered() {
    let mut setting = working(Request::Silent, Voucher::Administrator);
    setting.lose(Loss::ScopeLost);
    assert_eq!(setting.silently(LEFT), "a+issuer: openid offline_access a.read");
}

#[test]
fn an_api_that_is_closed_to_self_registered_clients_stays_open_to_all_others() {
    for request in Request::ALL {
        for voucher in [Voucher::Administrator, Voucher::Developer] {
            // Only what the administrator vouches for gets a code without asking the user.
            if request == Request::Silent && voucher == Voucher::Developer {
                continue;
            }
            let mut setting = working(request, voucher);
            setting.lose(Loss::ApiClosed);
            assert_eq!(setting.ask(), complete(request), "{request:?} {voucher:?}");
        }
    }
    let mut stranger = Setting::new(Request::Silent, Voucher::Nobody);
    assert_eq!(stranger.ask(), "consent_required");
    stranger.lose(Loss::ApiClosed);
    assert_eq!(stranger.ask(), "consent_required");
}

// spec: RFC 6749 section 5.2 - a secret that is replaced is invalid_client, once its overlap is over
#[test]
fn a_rotated_secret_ends_nothing_that_the_new_one_can_present() {
    for request in Request::ALL {
        for (secret, waits, gives) in [
            (SECRET, false, complete(request)),
            (SECRET, true, with_the_old_secret(request)),
            (NEW_SECRET, false, complete(request)),
            (NEW_SECRET, true, complete(request)),
        ] {
            let mut setting = working(request, Voucher::Administrator);
            setting.lose(Loss::SecretRotated);
            if waits {
                setting.home.world.pass(i64::from(OVERLAP));
            }
            setting.secret = secret;
            assert_eq!(setting.ask(), gives, "{request:?} with {secret}, overlap over: {waits}");
        }
    }
}
