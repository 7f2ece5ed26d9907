//! Requests to register a client, read for each who may send one.

use crate::support::clients_platform::client as registered;
use crate::support::connected::scopes;
use grantry::http::Outbound;
use grantry::jose::Algorithm;
use grantry::oauth::client::registration::{Authority, Metadata, Registration, RegistrationOffer, Unregistrable};
use grantry::oauth::client::{AuthenticationMethod, Client, GrantType};
use grantry::oauth::person::claims::ClaimCatalogue;
use serde_json::{Value, json};

/// The result of registering a client with a name and a redirect URI, and with `more` in place or besides.
fn parsed(authority: Authority<'_>, more: Value) -> Result<Registration, Unregistrable> {
    let mut request = json!({"client_name": "App", "redirect_uris": ["https://app.example.com/callback"]});
    let (Some(members), Value::Object(more)) = (request.as_object_mut(), more) else { panic!("not an object") };
    members.extend(more);
    let offer = RegistrationOffer {
        apis: &[],
        claims: &ClaimCatalogue::default(),
        algorithms: &[Algorithm::Rs256],
        outbound: &Outbound::new("https://auth.example.com", Vec::new()),
    };
    Metadata::parse(members, offer, authority).map(|metadata| metadata.registration)
}

/// Why it is refused.
fn refused(authority: Authority<'_>, more: Value) -> String {
    parsed(authority, more.clone()).expect_err(&more.to_string()).reason()
}

fn client(change: impl FnOnce(&mut Registration)) -> Client {
    let mut client = registered("c_app", "App");
    change(&mut client.registration);
    client
}

#[test]
fn a_client_changes_how_its_secret_is_sent_and_not_whether_it_has_one() {
    let methods = [AuthenticationMethod::SecretBasic, AuthenticationMethod::SecretPost, AuthenticationMethod::None];
    for before in methods {
        let client = client(|registration| {
            registration.authentication = before;
            registration.rotates_refresh_tokens = !before.has_secret();
        });
        for (name, now) in
            [("client_secret_basic", methods[0]), ("client_secret_post", methods[1]), ("none", methods[2])]
        {
            for authority in [Authority::Client(&client), Authority::Developer(Some(&client))] {
                let more = json!({"token_endpoint_auth_method": name});
                if before.has_secret() == now.has_secret() {
                    assert_eq!(parsed(authority, more).expect(name).authentication, now);
                } else {
                    let reason = refused(authority, more);
                    assert!(
                        reason.contains(": only an administrator can change whether"),
                        "{before:?} {name}: {reason}"
                    );
                }
            }
        }
    }
}

// spec: OAuth Client ID Metadata Document section 4.1 - a document names its client by its address, and has no shared secret
#[test]
fn a_document_names_its_client_and_has_no_secret_and_no_privilege() {
    let address = json!({"client_id": "https://app.example.com/client.json"});
    let registration = parsed(Authority::Document, address.clone()).expect("registered");
    assert_eq!(registration.authentication, AuthenticationMethod::None);
    for secret in ["client_secret_basic", "client_secret_post"] {
        assert_eq!(
            refused(Authority::Document, json!({"token_endpoint_auth_method": secret})),
            "token_endpoint_auth_method in a metadata document must be none or private_key_jwt"
        );
    }
    let privileged = "a client that registers itself must not send this member";
    assert_eq!(refused(Authority::Nobody, address), format!("client_id: {privileged}"));
    for authority in [Authority::Document, Authority::Nobody] {
        assert_eq!(refused(authority, json!({"verified": false})), format!("verified: {privileged}"));
        assert_eq!(refused(authority, json!({"published": false})), format!("published: {privileged}"));
    }
}

/// Many servers read a document: what this one does not have is left out of the client, and refused elsewhere.
#[test]
fn a_document_may_offer_more_than_the_server_takes() {
    for (more, of_a_request) in [
        (json!({"grant_types": ["authorization_code", "client_credentials"]}), "grant_types: "),
        (json!({"grant_types": ["authorization_code", "urn:example:grant"]}), "grant_types can only have"),
        (json!({"response_types": ["code", "code token"]}), "response_types must be code"),
        (json!({"scope": "openid of.another.server"}), "scope can only have"),
        (json!({"scope": "openid", "optional_scope": "of.another.server"}), "optional_scope can only have"),
    ] {
        let registration = parsed(Authority::Document, more.clone()).expect("registered");
        assert_eq!(registration.grant_types, [GrantType::AuthorizationCode]);
        assert!(!registration.scopes.contains("of.another.server"), "{}", registration.scopes);
        assert!(registration.optional_scopes.is_empty(), "{}", registration.optional_scopes);
        let reason = refused(Authority::Nobody, more.clone());
        assert!(reason.starts_with(of_a_request), "{more}: {reason}");
    }
    let other_flow = json!({"response_types": ["code token"]});
    assert!(refused(Authority::Document, other_flow).starts_with("response_types must be code"));
}

#[test]
fn a_developer_makes_no_app_that_acts_in_its_own_name_or_asserts_with_a_key() {
    let with_a_key =
        json!({"token_endpoint_auth_method": "private_key_jwt", "jwks_uri": "https://app.example.com/jwks"});
    let reason = refused(Authority::Developer(None), with_a_key.clone());
    assert!(reason.starts_with("token_endpoint_auth_method of a developer's app"), "{reason}");
    assert!(parsed(Authority::Administrator, with_a_key).is_ok());
    let machine = json!({"grant_types": ["authorization_code", "client_credentials"]});
    assert_eq!(
        refused(Authority::Developer(None), machine.clone()),
        "grant_types: only an administrator can add grant types"
    );
    assert!(parsed(Authority::Administrator, machine).is_ok());
    let sign_in = json!({"grant_types": ["authorization_code", "refresh_token"]});
    assert!(parsed(Authority::Developer(None), sign_in).is_ok());
}

// spec: RFC 7591 section 2.1 - response types and grant types fit each other
#[test]
fn a_client_without_sign_in_has_no_response_type_and_asks_users_for_nothing() {
    let machine = |more: Value| {
        let mut members = json!({"redirect_uris": [], "grant_types": ["client_credentials"]});
        members.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        members
    };
    let registration = parsed(Authority::Administrator, machine(json!({"response_types": []}))).expect("registered");
    assert!(registration.scopes.is_empty(), "{}", registration.scopes);
    let signs_in = parsed(Authority::Administrator, json!({"response_types": ["code"]})).expect("registered");
    assert_eq!(signs_in.scopes, scopes("openid profile email offline_access"));
    for wrong in [machine(json!({"response_types": ["code"]})), json!({"response_types": []})] {
        assert!(refused(Authority::Administrator, wrong).starts_with("response_types must be code"));
    }
}

#[test]
fn a_developer_keeps_the_scopes_of_administration_that_an_app_has_and_adds_none() {
    let client = client(|registration| {
        registration.grant_types = vec![GrantType::AuthorizationCode, GrantType::ClientCredentials];
        registration.scopes = scopes("openid people:read");
    });
    let asking = |scope: &str| json!({"grant_types": ["authorization_code", "client_credentials"], "scope": scope});
    for kept in ["openid people:read", "openid email people:read", "openid"] {
        let registration = parsed(Authority::Developer(Some(&client)), asking(kept)).expect(kept);
        assert_eq!(registration.scopes, scopes(kept));
    }
    for added in ["openid people:write", "openid people:read people:write"] {
        let reason = refused(Authority::Developer(Some(&client)), asking(added));
        assert_eq!(reason, "scope: only an administrator can add scopes of administration");
    }
}

#[test]
fn what_is_published_has_a_site_and_signs_users_in() {
    let machine = json!({"published": true, "client_uri": "https://app.example.com", "redirect_uris": [], "grant_types": ["client_credentials"]});
    for lacking in [machine, json!({"published": true})] {
        let reason = refused(Authority::Administrator, lacking);
        assert_eq!(reason, "published requires client_uri and the grant type authorization_code");
    }
    let whole = json!({"published": true, "client_uri": "https://app.example.com"});
    assert!(parsed(Authority::Administrator, whole).expect("registered").presentation.published);
}

// spec: RFC 7591 section 3.2.2 - a refusal has a code, and a description for the registrant
#[test]
fn a_refusal_names_the_member_once() {
    let refused = |more| parsed(Authority::Administrator, more).expect_err("refused");
    let by_member = refused(json!({"require_pkce": "yes"}));
    assert_eq!(by_member.reason(), "require_pkce: must be true or false");
    assert_eq!(by_member.to_string(), "invalid_client_metadata: require_pkce: must be true or false");
    let by_description = refused(json!({"default_max_age": -1}));
    assert_eq!(by_description.reason(), "default_max_age must be a number of seconds");
}
