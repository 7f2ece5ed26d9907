//! The members of a registration: each is read, answered, kept, and described in the documentation.

use crate::support::clients_platform::{Crash, START, World, id};
use crate::support::registration::{CALLBACK, registered};
use grantry::oauth::client::Client;
use grantry::oauth::client::registration::{DecidedBy, JsonType, MEMBERS, RegistrationMember};
use serde_json::{Value, json};

#[test]
fn the_largest_registration_fits_into_kv() {
    let world = World::new();
    let uris: Vec<String> =
        (10..30).map(|number| format!("https://app.example.com/{number}{}", "x".repeat(1_974))).collect();
    let answer = registered(
        &world,
        json!({"client_id": "x".repeat(200), "redirect_uris": uris, "client_name": "é".repeat(100),
            "client_uri": format!("https://app.example.com/{}", "x".repeat(1_976))}),
    );
    world.ring(Crash::Never);
    assert_eq!(world.puts.get(), 1);
    assert!(world.newest_in_kv(&id(answer.text("client_id"))).is_some());
}

// The table of docs/connect.md, from which files of apps are read too, says of each member what the server does.
#[test]
fn the_documentation_has_the_table_of_members() {
    let rows = MEMBERS.map(|RegistrationMember { name, form, is_ours, decided_by, values, default }| {
        let form = match form {
            JsonType::Flag => "flag",
            JsonType::List => "list",
            JsonType::Number => "number",
            JsonType::Object => "object",
            JsonType::Text => "text",
            JsonType::Words => "words",
        };
        let decided_by = match decided_by {
            DecidedBy::Administrator => "administrator",
            DecidedBy::Client => "client",
            DecidedBy::Registrant => "registrant",
            DecidedBy::RegistrantThenLess => "registrant, later less",
        };
        let ours = if is_ours { " *(ours)*" } else { "" };
        format!("| `{name}`{ours} | {form} | {values} | {default} | {decided_by} |\n")
    });
    let table =
        ["| member | form | values | default | decided by |\n| --- | --- | --- | --- | --- |\n", &rows.concat()]
            .concat();
    let documentation = std::fs::read_to_string("docs/connect.md").expect("the documentation");
    assert!(documentation.contains(&table), "docs/connect.md must have this table:\n{table}");
}

// A member that is sent and read back under its name was both read and answered.
#[test]
fn every_member_is_read_and_answered() {
    let world = World::new();
    let common = json!({
        "client_name": "App", "client_uri": "https://app.example.com", "description": "Reports", "published": true,
        "policy_uri": "https://app.example.com/policy", "tos_uri": "https://app.example.com/terms",
        "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"], "response_types": ["code"],
        "scope": "openid email", "optional_scope": "email", "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_signing_alg": "ES256", "jwks_uri": "https://app.example.com/jwks.json",
        "assertion_audience": "token_endpoint", "id_token_signed_response_alg": "ES256", "access_token_lifetime": 600,
        "access_token_format": "opaque", "require_pkce": false, "rotate_refresh_tokens": true,
        "subject_type": "pairwise", "default_max_age": 0, "require_auth_time": true,
        "post_logout_redirect_uris": ["https://app.example.com/bye"],
        "backchannel_logout_uri": "https://app.example.com/logout", "backchannel_logout_session_required": true,
        "logo": "data:image/png;base64,iVBORw0KGgo=",
    });
    // Sent by the tests of sectors and of assertions.
    let elsewhere = ["sector_identifier_uri", "jwks"];
    let sent = common.as_object().expect("an object");
    let answer = registered(&world, common.clone());
    for name in MEMBERS.map(|member| member.name).iter().filter(|name| !elsewhere.contains(name)) {
        assert!(sent.contains_key(*name), "{name} is not sent");
        assert_eq!(answer.json[*name], sent[*name], "{name}");
    }
}

// What the release before wrote is read, and what this one writes is read by the release before: the same members in one object.
#[test]
fn the_stored_form_of_a_client_is_one_object() {
    let stored = json!({
        "id": "planner", "version": 3, "registered_at": START, "voucher": "developer", "is_unused": true,
        "self_registered": true, "owner": "u1", "name": "Planner", "site": "https://planner.example",
        "presentation": {"published": true, "publication_requested": true, "description": "Plans"},
        "redirect_uris": ["https://planner.example/back"], "authentication": "private_key_jwt",
        "assertions": {"keys": {"jwks_uri": "https://planner.example/keys"}, "algorithm": "ES256", "audience": "issuer"},
        "secrets": [], "grant_types": ["authorization_code"], "scopes": "openid email", "optional_scopes": "email",
        "require_pkce": true, "rotates_refresh_tokens": false, "id_token_algorithm": "ES256",
        "access_token_lifetime": 600, "access_token_format": "opaque",
        "subjects": {"kind": "pairwise", "sector_identifier_uri": "https://planner.example/sector"},
        "logout": {"post_logout_redirect_uris": ["https://planner.example/bye"], "backchannel_uri": "https://planner.example/out",
            "backchannel_session_required": true},
        "default_max_age": 60, "require_auth_time": true, "revoked_before": START,
    });
    let client: Client = serde_json::from_str(&stored.to_string()).expect("a client");
    let written: Value = serde_json::from_str(&serde_json::to_string(&client).expect("JSON")).expect("JSON");
    assert_eq!(written, stored);
}
