//! Client authentication, attack by attack.

use crate::support::authentication::{answer, invalid_client, invalid_request};
use crate::support::clients_platform::{Crash, SECRET, World, client, id};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use grantry::base::{AccountId, CodeId, FamilyId, GrantId, Seconds, Secret, SessionId};
use grantry::oauth::client::registration::Registration;
use grantry::oauth::client::{AuthenticationMethod, Client, ClientVersion, SecretDigest};
use grantry::oauth::request::pkce::CodeChallenge;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::entitlement::Granted;
use grantry::seal::code::Code;
use grantry::seal::refresh_token::RefreshToken;
use grantry::seal::{FamilyHolder, Life, Purpose};
use grantry::store::registry::{Delete, Update};

/// A world with a client of each kind.
fn world() -> World {
    let world = World::new();
    world.register(client("basic", "Basic"));
    world.register({
        let mut client = client("post", "Post");
        client.registration.authentication = AuthenticationMethod::SecretPost;
        client
    });
    let public = client("public", "Public");
    world.register(Client {
        secrets: Vec::new(),
        registration: Registration { authentication: AuthenticationMethod::None, ..public.registration },
        ..public
    });
    world
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{id}:{}", secret.replace(' ', "+"))))
}

fn form(secret: &str) -> String {
    secret.replace(' ', "+")
}

// spec: RFC 6749 section 2.3.1 - a client with a secret authenticates by HTTP Basic or in the body
// spec: RFC 6749 section 3.2 - a parameter without a value counts as not sent
#[test]
fn each_client_authenticates_in_the_way_it_registered() {
    let world = world();
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), None, ""), Ok("Basic".to_owned()));
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), None, "client_id=basic"), Ok("Basic".to_owned()));
    let post = format!("client_id=post&client_secret={}", form(SECRET));
    assert_eq!(answer(&world, None, None, &post), Ok("Post".to_owned()));
    assert_eq!(answer(&world, None, None, "client_id=public"), Ok("Public".to_owned()));
    // RFC 6749 section 3.2: a parameter without a value counts as not sent.
    assert_eq!(answer(&world, None, None, "client_id=public&client_secret="), Ok("Public".to_owned()));
}

// spec: RFC 6749 section 2.3 - more than one authentication method in a request is invalid_request
#[test]
fn more_than_one_method_at_once_is_refused() {
    let world = world();
    let header = basic("basic", SECRET);
    for body in [
        &format!("client_secret={}", form(SECRET)),
        &format!("client_id=basic&client_secret={}", form(SECRET)),
        "client_assertion=e30.e30.e30",
        "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer",
        "client_id=post",
    ] {
        assert_eq!(answer(&world, Some(&header), None, body), invalid_request(), "{body}");
    }
    let both = format!("client_id=post&client_secret={}&client_assertion=e30.e30.e30", form(SECRET));
    assert_eq!(answer(&world, None, None, &both), invalid_request());
}

// spec: RFC 6749 section 2.3.1 - credentials are not accepted in the request URI
#[test]
fn credentials_in_the_query_are_refused() {
    let world = world();
    let in_query = format!("client_id=post&client_secret={}", form(SECRET));
    assert_eq!(answer(&world, None, Some(&in_query), ""), invalid_request());
    assert_eq!(answer(&world, None, Some("client_secret=x"), "client_id=public"), invalid_request());
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), Some("client_secret=x"), ""), invalid_request());
    assert_eq!(answer(&world, None, Some("client_secret=%"), "client_id=public"), invalid_request());
}

// spec: RFC 6749 section 3.2.1 - a confidential client must authenticate
// spec: RFC 6749 section 5.2 - a client that tried the Authorization header is answered with 401 and a challenge
#[test]
fn a_secret_for_a_public_client_and_none_for_a_confidential_one_are_refused() {
    let world = world();
    assert_eq!(answer(&world, None, None, "client_id=public&client_secret=x"), invalid_client(false));
    assert_eq!(answer(&world, Some(&basic("public", "x")), None, ""), invalid_client(true));
    assert_eq!(answer(&world, Some(&basic("public", "")), None, ""), invalid_client(true));
    assert_eq!(answer(&world, None, None, "client_id=basic"), invalid_client(false));
    assert_eq!(answer(&world, None, None, "client_id=post"), invalid_client(false));
    assert_eq!(answer(&world, None, None, ""), invalid_client(false));
}

// spec: RFC 7591 section 2 - a client authenticates by its token_endpoint_auth_method and no other
#[test]
fn another_method_than_the_registered_one_is_refused() {
    let world = world();
    let post = format!("client_id=basic&client_secret={}", form(SECRET));
    assert_eq!(answer(&world, None, None, &post), invalid_client(false));
    assert_eq!(answer(&world, Some(&basic("post", SECRET)), None, ""), invalid_client(true));
    let bearer = format!("Bearer {}", "x".repeat(40));
    assert_eq!(answer(&world, Some(&bearer), None, "client_id=public"), invalid_client(true));
    assert_eq!(answer(&world, None, None, "client_id=post&client_assertion=e30.e30.e30"), invalid_client(false));
}

// spec: RFC 6749 section 3.2 - parameters must not be included more than once
// spec: RFC 6749 section 5.2 - empty credentials are invalid_client
#[test]
fn empty_and_repeated_credentials_are_refused() {
    let world = world();
    assert_eq!(answer(&world, Some(&basic("basic", "")), None, ""), invalid_client(true));
    assert_eq!(answer(&world, Some(&basic("", SECRET)), None, ""), invalid_client(true));
    assert_eq!(answer(&world, None, None, "client_id=post&client_secret="), invalid_client(false));
    assert_eq!(answer(&world, None, None, "client_id=public&client_id=public"), invalid_request());
    let twice = format!("client_id=post&client_secret={0}&client_secret={0}", form(SECRET));
    assert_eq!(answer(&world, None, None, &twice), invalid_request());
}

// spec: RFC 6749 section 3.2.1 - a confidential client for which no secret is stored never passes
#[test]
fn a_confidential_client_never_passes_without_its_secret() {
    let world = world();
    world.register(Client { secrets: Vec::new(), ..client("bare", "Bare") });
    for secret in ["", " ", SECRET, "null", "undefined"] {
        assert_eq!(answer(&world, Some(&basic("bare", secret)), None, ""), invalid_client(true), "{secret:?}");
    }
    assert_eq!(answer(&world, None, None, "grant_type=refresh_token&client_id=basic"), invalid_client(false));
}

// spec: RFC 7617 section 2 - the scheme is not case sensitive, and credentials need a colon
// spec: RFC 6749 section 5.2 - a malformed Authorization header is a failed authentication, not none
#[test]
fn the_authorization_header_is_read_strictly() {
    let world = world();
    let good = basic("basic", SECRET);
    assert_eq!(answer(&world, Some(&good.replace("Basic", "bASIC")), None, ""), Ok("Basic".to_owned()));
    let unpadded = good.trim_end_matches('=');
    for header in [
        format!("{good}="),
        format!("{good} "),
        good.replace("Basic ", "Basic  "),
        good.replace(' ', "\t"),
        good.replace("Basic ", "Basic"),
        good.replace("Basic ", "Basic !"),
        format!("Basic {}", STANDARD.encode("basic")),
        format!("Basic {}", STANDARD.encode(format!("basic:{}%", form(SECRET)))),
        format!("Basic {}", STANDARD.encode(format!("basic:{}%00", form(SECRET)))),
        format!("{good}, {good}"),
        "Basic".to_owned(),
        String::new(),
    ] {
        assert_eq!(answer(&world, Some(&header), None, ""), invalid_client(true), "{header:?}");
        assert_eq!(answer(&world, Some(&header), None, "client_id=public"), invalid_client(true), "never as if none");
    }
    if unpadded != good {
        assert_eq!(answer(&world, Some(unpadded), None, ""), invalid_client(true));
    }
}

// spec: RFC 6749 section 2.3.1 - client identifier and secret are form-encoded inside the Basic credentials
#[test]
fn both_halves_of_basic_credentials_are_form_encoded() {
    let world = World::new();
    let (name, secret) = ("a:b%c", "a secret: 100% of 32 characters +");
    let digest = SecretDigest::of(&Secret::new(secret.to_owned()), None);
    world.register(Client { secrets: vec![digest], ..client(name, "Odd") });
    let encoded = format!("Basic {}", STANDARD.encode("a%3Ab%25c:a+secret%3A+100%25+of+32+characters+%2B"));
    assert_eq!(answer(&world, Some(&encoded), None, ""), Ok("Odd".to_owned()));
    let raw = format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")));
    assert_eq!(answer(&world, Some(&raw), None, ""), invalid_client(true));
}

// spec: RFC 6749 section 5.2 - an unknown client and a failed authentication are the same invalid_client
#[test]
fn unknown_clients_and_wrong_secrets_are_answered_alike() {
    let world = world();
    let wrong = SECRET.replace('a', "b");
    let cut = SECRET.get(..31).expect("longer");
    let unknown = answer(&world, Some(&basic("nobody", SECRET)), None, "");
    assert_eq!(unknown, invalid_client(true));
    for secret in [wrong.as_str(), cut, &format!("{SECRET}x"), &SECRET.to_uppercase(), &"x".repeat(10_000)] {
        assert_eq!(answer(&world, Some(&basic("basic", secret)), None, ""), unknown, "{secret}");
    }
    let unknown = answer(&world, None, None, "client_id=nobody");
    assert_eq!(answer(&world, None, None, "client_id=basic"), unknown);
}

// spec: RFC 7591 section 3.2.1 - an expired secret does not authenticate
// spec: RFC 7592 section 2.3 - a deleted client can no longer authenticate
#[test]
fn deleted_clients_and_expired_secrets_are_refused() {
    let world = World::new();
    let overlap = world.at().plus(Seconds::new(60));
    let older = SecretDigest::of(&Secret::new("the older secret with 32 characters".to_owned()), Some(overlap));
    let newer = client("basic", "Basic").secrets;
    let secrets = newer.into_iter().chain([older]).collect();
    world.register(Client { secrets, ..client("basic", "Basic") });
    let older = basic("basic", "the older secret with 32 characters");
    assert_eq!(answer(&world, Some(&older), None, ""), Ok("Basic".to_owned()));
    world.pass(59);
    assert_eq!(answer(&world, Some(&older), None, ""), Ok("Basic".to_owned()));
    world.pass(1);
    assert_eq!(answer(&world, Some(&older), None, ""), invalid_client(true));
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), None, ""), Ok("Basic".to_owned()));

    world.ask(Delete { attempt: world.attempt(), id: id("basic") }).expect("deleted");
    world.ring(Crash::Never);
    world.pass(30);
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), None, ""), invalid_client(true));
}

/// What this isolate and KV still say of `basic` is older than what the registry says.
fn behind() -> World {
    let world = world();
    world.ring(Crash::Never);
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), None, ""), Ok("Basic".to_owned()));
    let changed =
        Update { attempt: world.attempt(), client: client("basic", "Newer"), access: None, expected_version: None };
    world.ask(changed).expect("updated");
    world
}

/// A parameter with a sealed value.
fn sealed<P: Purpose>(world: &World, name: &str, value: &P) -> String {
    let life = Life { sealed_at: world.at(), expires_at: world.at().plus(Seconds::new(60)) };
    format!("{name}={}", world.config.sealer.seal(value, life, [7; 24]).expect("sealed"))
}

/// A code that was issued to the newer version of a client.
fn code(world: &World, client: &str) -> String {
    let code = Code {
        holder: FamilyHolder::Account(AccountId::from_bytes([1; 32])),
        session: SessionId::from_bytes([2; 20]),
        grant: GrantId::from_bytes([3; 16]),
        epoch: 0,
        family: FamilyId::from_bytes([5; 20]),
        code: CodeId::from_bytes([6; 16]),
        client: id(client),
        client_version: ClientVersion(2),
        redirect_uri: "https://app.example.com/callback".to_owned(),
        challenge: CodeChallenge::parse("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
        granted: Granted { scopes: Scopes::default(), apis: Vec::new() },
        nonce: None,
        auth_time: world.at(),
        authentication: None,
        dpop_jkt: None,
        authorization_details: None,
        claims: None,
        link: None,
    };
    sealed(world, "code", &code)
}

/// A code of a newer version of the client is not judged by what KV still says of the older one.
#[test]
fn a_code_demands_the_version_it_was_issued_under() {
    let world = behind();
    let header = basic("basic", SECRET);
    assert_eq!(answer(&world, Some(&header), None, "code=gr_code_garbage"), Ok("Basic".to_owned()));
    assert_eq!(answer(&world, Some(&header), None, &code(&world, "post")), Ok("Basic".to_owned()), "another's code");
    assert_eq!(answer(&world, Some(&header), None, &code(&world, "basic")), Ok("Newer".to_owned()));
}

/// Nor is a refresh token, whatever else the request has: a stranger's code must not make an older secret valid again.
#[test]
fn a_refresh_token_demands_its_version_beside_any_code() {
    let world = behind();
    let token = RefreshToken {
        holder: FamilyHolder::Account(AccountId::from_bytes([1; 32])),
        family: FamilyId::from_bytes([5; 20]),
        number: 1,
        client: id("basic"),
        client_version: ClientVersion(2),
        resources: Vec::new(),
        dpop_jkt: None,
    };
    let both = format!("{}&{}", code(&world, "post"), sealed(&world, "refresh_token", &token));
    assert_eq!(answer(&world, Some(&basic("basic", SECRET)), None, &both), Ok("Newer".to_owned()));
}
