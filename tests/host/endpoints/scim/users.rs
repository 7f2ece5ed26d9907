//! Users as administrators see them over SCIM, on the whole platform in memory.

use crate::support::clients_platform::ISSUER;
use crate::support::platform::{Answer, World, administration, request};
use grantry::http::{Body, Method, Request};
use grantry::sign_in::login_name::LoginName;
use grantry::store::account::{PersonRecord, ReadProfile};
use grantry::store::directory::{Find, FoundAccount};
use serde_json::{Value, json};

const USER: &str = "urn:ietf:params:scim:schemas:core:2.0:User";
const PERSON: &str = "urn:grantry:params:scim:schemas:1.0:Person";
const PATCH_OP: &str = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

fn send(world: &World, method: Method, path: &str, body: &Value) -> Answer {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    world.send(administration(method, path, &body))
}

fn person(more: &Value) -> Value {
    let mut person = json!({"schemas": [USER, PERSON], "userName": "Ada"});
    person.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    person
}

fn create(world: &World, more: &Value) -> Answer {
    send(world, Method::Post, "/scim/v2/Users", &person(more))
}

fn created(world: &World, more: &Value) -> String {
    let answer = create(world, more);
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.json["id"].as_str().expect("an id").to_owned()
}

fn patch(world: &World, id: &str, operations: &Value) -> Answer {
    let body = json!({"schemas": [PATCH_OP], "Operations": operations});
    send(world, Method::Patch, &format!("/scim/v2/Users/{id}"), &body)
}

fn read(world: &World, id: &str) -> Answer {
    send(world, Method::Get, &format!("/scim/v2/Users/{id}"), &Value::Null)
}

fn find(world: &World, login: &str) -> Option<FoundAccount> {
    world.directory(Find { login: LoginName::parse(login).expect("a login name") })
}

fn record(world: &World, login: &str) -> PersonRecord {
    let found = find(world, login).expect("somebody has the name");
    world.account(found.account, ReadProfile {}).expect("an account")
}

fn error(answer: &Answer, status: u16, scim_type: Option<&str>) {
    assert_eq!(answer.status, status, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    assert_eq!(answer.json["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:Error"]));
    assert_eq!(answer.json["status"], status.to_string());
    assert_eq!(answer.json["scimType"].as_str(), scim_type, "{}", answer.body);
    assert!(answer.json["detail"].as_str().is_some_and(|detail| !detail.is_empty()));
}

// spec: RFC 7644 section 3.3 - a created user is answered with 201, its location and its representation
// spec: RFC 7643 section 7 - a password is never returned
// spec: RFC 7644 section 3.4.1 - the same is read at its location
#[test]
fn what_was_created_is_read_again() {
    let world = World::new();
    let sent = person(&json!({
        "externalId": "e-1",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "displayName": "Ada Lovelace",
        "emails": [{"value": "old@example.com"}, {"value": "ada@example.com", "type": "work", "primary": true}],
        "phoneNumbers": ["+44 20 7946 0000"],
        "addresses": [{"streetAddress": "12 St James's Square\nLondon", "country": "GB"}],
        "active": true,
        "password": "correct horse",
        "groups": [],
        "unknown": {"is": "left out"},
        PERSON: {"birthdate": "1815-12-10", "emailVerified": true, "website": "https://ada.example"},
    }));
    let answer = send(&world, Method::Post, "/scim/v2/Users", &sent);
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.header("content-type"), Some("application/scim+json"));
    let id = answer.json["id"].as_str().expect("an id");
    assert_eq!(id.len(), 23);
    let location = format!("{ISSUER}/scim/v2/Users/{id}");
    assert_eq!(answer.header("location"), Some(location.as_str()));
    assert_eq!(answer.header("etag"), Some("W/\"1\""));
    assert!(!answer.body.contains("correct horse") && !answer.body.contains("password"), "{}", answer.body);
    let expected = json!({
        "schemas": [USER, PERSON],
        "id": id,
        "externalId": "e-1",
        "userName": "Ada",
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "displayName": "Ada Lovelace",
        "emails": [{"value": "old@example.com"}, {"value": "ada@example.com", "type": "work", "primary": true}],
        "phoneNumbers": [{"value": "+44 20 7946 0000"}],
        "addresses": [{"streetAddress": "12 St James's Square\nLondon", "country": "GB"}],
        "active": true,
        PERSON: {"birthdate": "1815-12-10", "emailVerified": true, "website": "https://ada.example", "sub": id},
        "meta": {
            "resourceType": "User", "created": "2027-01-15T08:00:00Z", "lastModified": "2027-01-15T08:00:00Z",
            "location": location, "version": "W/\"1\"",
        },
    });
    assert_eq!(answer.json, expected);
    let again = read(&world, id);
    assert_eq!((again.status, again.json), (200, expected));
}

/// RFC 7643 section 4.3.
#[test]
fn the_enterprise_extension_is_read_changed_and_shown() {
    const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
    let world = World::new();
    let id =
        created(&world, &json!({ENTERPRISE: {"department": "Yard", "employeeNumber": "7", "manager": {"value": "x"}}}));
    let person = read(&world, &id).json;
    assert_eq!(person[ENTERPRISE], json!({"department": "Yard", "employeeNumber": "7"}));
    assert_eq!(person["schemas"], json!([USER, PERSON, ENTERPRISE]));
    let operations = json!([
        {"op": "replace", "path": format!("{ENTERPRISE}:department"), "value": "Dock"},
        {"op": "add", "value": {ENTERPRISE: {"costCenter": "9"}}},
        {"op": "remove", "path": format!("{ENTERPRISE}:employeeNumber")},
    ]);
    assert_eq!(patch(&world, &id, &operations).json[ENTERPRISE], json!({"costCenter": "9", "department": "Dock"}));
    let gone = json!([{"op": "replace", "path": ENTERPRISE, "value": {"costCenter": null, "department": ""}}]);
    let person = patch(&world, &id, &gone).json;
    assert_eq!((person.get(ENTERPRISE), &person["schemas"]), (None, &json!([USER, PERSON])));
}

// spec: RFC 7643 section 4.1.1 - a user name is unique, whatever its case
// spec: RFC 7644 section 3.12 - a name that is taken is 409 with scimType uniqueness
#[test]
fn names_belong_to_one_person() {
    let world = World::new();
    created(&world, &json!({"emails": ["ada@example.com"], PERSON: {"emailVerified": true}}));
    for taken in [
        json!({}),
        json!({"userName": "ADA"}),
        json!({"userName": "other", "emails": ["ADA@example.com"], PERSON: {"emailVerified": true}}),
    ] {
        error(&create(&world, &taken), 409, Some("uniqueness"));
    }
    assert!(find(&world, "other").is_none(), "of a refused person nothing is kept");
    let other = created(&world, &json!({"userName": "other", "emails": ["ada@example.com"]}));
    error(
        &patch(&world, &other, &json!([{"op": "replace", "path": "userName", "value": "ada"}])),
        409,
        Some("uniqueness"),
    );
    let verify = json!([{"op": "add", "value": {format!("{PERSON}:emailVerified"): true}}]);
    error(&patch(&world, &other, &verify), 409, Some("uniqueness"));
    assert_eq!(record(&world, "other").profile.user_name, "other");
}

// spec: OpenID Connect Core section 8 - a subject identifier is never reassigned, not even after its person was deleted
// spec: RFC 7643 section 7 - an immutable attribute cannot be changed: mutability
#[test]
fn a_subject_identifier_can_be_brought_along_and_is_never_given_again() {
    let world = World::new();
    let bring = |name: &str| json!({"userName": name, PERSON: {"sub": "auth0|248/9"}});
    let answer = create(&world, &bring("ada"));
    assert_eq!(answer.json["id"], "auth0|248/9");
    let path = "/scim/v2/Users/auth0%7C248%2F9";
    assert_eq!(answer.header("location"), Some(format!("{ISSUER}{path}").as_str()));
    assert_eq!(send(&world, Method::Get, path, &Value::Null).status, 200);
    error(&create(&world, &bring("grace")), 409, Some("uniqueness"));
    assert_eq!(send(&world, Method::Delete, path, &Value::Null).status, 204);
    error(&create(&world, &bring("grace")), 409, Some("uniqueness"));
    error(&create(&world, &json!({PERSON: {"sub": "c_client"}})), 400, Some("invalidValue"));
    let id = created(&world, &json!({}));
    error(&patch(&world, &id, &json!([{"op": "add", "value": {PERSON: {"sub": "x"}}}])), 400, Some("mutability"));
}

// spec: RFC 7644 section 3.4.2.4 - pages by startIndex and count, with a total
// spec: RFC 7644 section 3.4.2.2 - a filter by userName; another one is invalidFilter
#[test]
fn a_list_is_paged_and_filtered() {
    let world = World::new();
    let empty = send(&world, Method::Get, "/scim/v2/Users", &Value::Null);
    assert_eq!((empty.status, &empty.json["totalResults"]), (200, &json!(0)));
    for number in 0..5 {
        created(&world, &json!({"userName": format!("person{number}"), "displayName": format!("Person {number}")}));
    }
    let list = |query: &str| send(&world, Method::Get, &format!("/scim/v2/Users{query}"), &Value::Null).json;
    let mut seen = Vec::new();
    for start in [1, 3, 5, 7] {
        let page = list(&format!("?startIndex={start}&count=2"));
        assert_eq!(page["totalResults"], 5);
        assert_eq!(page["startIndex"], start);
        let people = page["Resources"].as_array().expect("people");
        assert_eq!(page["itemsPerPage"], people.len());
        seen.extend(people.iter().map(|person| person["userName"].as_str().expect("a name").to_owned()));
    }
    seen.sort();
    assert_eq!(seen, ["person0", "person1", "person2", "person3", "person4"]);
    let nobody = list("?count=0");
    assert_eq!((&nobody["totalResults"], &nobody["Resources"]), (&json!(5), &json!([])));
    let one = list("?filter=userName%20eq%20%22PERSON3%22");
    assert_eq!((&one["totalResults"], &one["Resources"][0]["displayName"]), (&json!(1), &json!("Person 3")));
    assert_eq!(list("?filter=userName%20eq%20%22nobody%22")["totalResults"], 0);
    assert_eq!(list("?filter=userName%20eq%20%22person3%22&count=0")["totalResults"], 1);
    let wrong = send(&world, Method::Get, "/scim/v2/Users?filter=password%20eq%20%22x%22", &Value::Null);
    error(&wrong, 400, Some("invalidFilter"));
    error(&send(&world, Method::Get, "/scim/v2/Users?count=x", &Value::Null), 400, Some("invalidValue"));
}

// spec: RFC 7644 section 3.5.2 - add, replace and remove change what their path names and nothing else
// spec: RFC 7644 section 3.5.2 - a new primary value takes primary from the one before
#[test]
fn patch_changes_what_it_names_and_nothing_else() {
    let world = World::new();
    let work = json!({"value": "ada@work.example", "type": "work", "primary": true});
    let id = created(&world, &json!({"name": {"givenName": "Ada"}, "emails": [work]}));
    let after = |operations: Value| {
        let answer = patch(&world, &id, &operations);
        assert_eq!(answer.status, 200, "{operations}: {}", answer.body);
        answer.json
    };
    let person = after(json!([{"op": "Replace", "path": "name.familyName", "value": "Lovelace"}]));
    assert_eq!(person["name"], json!({"givenName": "Ada", "familyName": "Lovelace"}));
    let person = after(json!([{"op": "add", "value": {"name": {"middleName": "King"}, "displayname": "Ada"}}]));
    assert_eq!(person["name"]["givenName"], "Ada");
    assert_eq!((&person["name"]["middleName"], &person["displayName"]), (&json!("King"), &json!("Ada")));
    let person =
        after(json!([{"op": "add", "path": "emails", "value": [{"value": "a@home.example", "type": "home"}]}]));
    assert_eq!(person["emails"].as_array().expect("emails").len(), 2);
    let person = after(json!([{"op": "replace", "path": "emails[type eq \"home\"].primary", "value": true}]));
    let home = json!({"value": "a@home.example", "type": "home", "primary": true});
    assert_eq!(person["emails"], json!([{"value": "ada@work.example", "type": "work"}, home]));
    let person = after(json!([{"op": "remove", "path": "emails[type eq \"work\"]"}]));
    assert_eq!(person["emails"], json!([home]));
    let person = after(json!([{"op": "add", "path": "phoneNumbers[type eq \"work\"].value", "value": "1"}]));
    assert_eq!(person["phoneNumbers"], json!([{"type": "work", "value": "1"}]));
    let person = after(json!([{"op": "replace", "path": format!("{PERSON}:birthdate"), "value": "1815"}]));
    assert_eq!(person[PERSON]["birthdate"], "1815");
    let person = after(json!([{"op": "remove", "path": "name"}, {"op": "remove", "path": "displayName"}]));
    assert_eq!((person.get("name"), person.get("displayName")), (None, None));
    assert_eq!(person["userName"], "Ada");
}

// spec: RFC 7644 section 3.5.2 - a patch is applied whole or not at all
// spec: RFC 7644 section 3.12 - each kind of wrong patch has its scimType
// spec: Invariant 3 - a refused patch changes nothing
#[test]
fn patches_that_are_refused_change_nothing() {
    let world = World::new();
    let id = created(&world, &json!({"displayName": "Ada"}));
    let before = read(&world, &id).json;
    for (operations, scim_type) in [
        (json!([{"op": "remove"}]), "noTarget"),
        (json!([{"op": "replace", "path": "emails[type eq \"work\"].value", "value": "x@y.example"}]), "noTarget"),
        (json!([{"op": "replace", "path": "nothing", "value": 1}]), "invalidPath"),
        (json!([{"op": "replace", "path": "emails[value co \"x\"]", "value": 1}]), "invalidPath"),
        (json!([{"op": "replace", "path": "emails[", "value": 1}]), "invalidPath"),
        (json!([{"op": "move", "path": "title", "value": "x"}]), "invalidSyntax"),
        (json!([]), "invalidSyntax"),
        (json!({}), "invalidSyntax"),
        (json!([{"op": "add", "value": "x"}]), "invalidSyntax"),
        (
            json!([{"op": "replace", "path": "displayName", "value": "B"}, {"op": "remove", "path": "userName"}]),
            "invalidValue",
        ),
        (json!([{"op": "replace", "path": "active", "value": "perhaps"}]), "invalidValue"),
        (json!([{"op": "replace", "path": "password", "value": "short"}]), "invalidValue"),
        (json!([{"op": "replace", "path": "userName", "value": "ada@example.com"}]), "invalidValue"),
        (json!([{"op": "add", "path": "photos", "value": "javascript:alert(1)"}]), "invalidValue"),
        (json!([{"op": "add", "path": "title", "value": "a\u{7}b"}]), "invalidValue"),
        (json!([{"op": "add", "path": "emails", "value": ["no address"]}]), "invalidValue"),
    ] {
        error(&patch(&world, &id, &operations), 400, Some(scim_type));
        assert_eq!(read(&world, &id).json, before, "{operations}");
    }
    let body = json!({"schemas": [USER], "Operations": [{"op": "remove", "path": "title"}]});
    error(&send(&world, Method::Patch, &format!("/scim/v2/Users/{id}"), &body), 400, Some("invalidSyntax"));
}

// spec: OpenID Connect Core section 5.1 - email_verified is said of the address that was verified alone
#[test]
fn a_new_address_is_not_verified_because_the_old_one_was() {
    let world = World::new();
    let id = created(&world, &json!({"emails": ["ada@example.com"], PERSON: {"emailVerified": true}}));
    assert!(find(&world, "ada@example.com").is_some());
    let operations = json!([{"op": "replace", "path": "emails", "value": ["new@example.com"]}]);
    let person = patch(&world, &id, &operations).json;
    assert_eq!(person[PERSON].get("emailVerified"), None);
    assert!(find(&world, "new@example.com").is_none() && find(&world, "ada@example.com").is_none());
    let operations = json!([{"op": "replace", "value": {PERSON: {"emailVerified": true}}}]);
    assert_eq!(patch(&world, &id, &operations).status, 200);
    assert_eq!(find(&world, "new@example.com").map(|found| found.sub), Some(id));
}

// spec: RFC 7644 section 3.5.1 - attributes that are left out are removed; active and the password stay
#[test]
fn put_replaces_all_but_what_would_let_somebody_in() {
    let world = World::new();
    let id = created(&world, &json!({"displayName": "Ada", "title": "Countess", "password": "correct horse"}));
    let path = format!("/scim/v2/Users/{id}");
    let off = json!([{"op": "replace", "value": {"active": "False"}}]);
    assert_eq!(patch(&world, &id, &off).json["active"], false);
    let answer = send(&world, Method::Put, &path, &person(&json!({"userName": "Ada2", "title": "Countess"})));
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!((answer.json.get("displayName"), &answer.json["title"]), (None, &json!("Countess")));
    assert_eq!(answer.json["active"], false);
    assert!(find(&world, "ada").is_none(), "the old name is free");
    assert!(record(&world, "ada2").parameters.is_some(), "the password stays");
    error(&send(&world, Method::Put, &path, &json!({"schemas": [USER]})), 400, Some("invalidValue"));
    error(&send(&world, Method::Put, &path, &json!({"userName": "x"})), 400, Some("invalidSyntax"));
    error(&send(&world, Method::Put, "/scim/v2/Users/nobody", &person(&json!({}))), 404, None);
}

// spec: RFC 7644 section 3.14 - If-Match with another version than the current is 412
// spec: RFC 9110 section 13.1.1 - If-Match takes * and lists
#[test]
fn a_change_of_what_is_no_longer_there_is_refused() {
    let world = World::new();
    let id = created(&world, &json!({}));
    let change = |tag: &str| {
        let body = json!({"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": "title", "value": tag}]});
        let bearer = format!("Bearer {}", crate::support::clients_platform::ADMIN_TOKEN);
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json"), ("if-match", tag)];
        world.send(request(Method::Patch, &format!("/scim/v2/Users/{id}"), &headers, &body.to_string())).status
    };
    assert_eq!([change("W/\"1\""), change("W/\"1\""), change("*"), change("W/\"9\", W/\"3\"")], [200, 412, 200, 200]);
}

// spec: RFC 7644 section 3.6 - a deleted user is 404 from then on and its user name is free
#[test]
fn a_deleted_user_is_gone_and_their_names_are_free() {
    let world = World::new();
    let id = created(&world, &json!({"password": "correct horse"}));
    let path = format!("/scim/v2/Users/{id}");
    let account = find(&world, "ada").expect("found").account;
    assert_eq!(send(&world, Method::Delete, &path, &Value::Null).status, 204);
    for method in [Method::Delete, Method::Get] {
        error(&send(&world, method, &path, &Value::Null), 404, None);
    }
    assert!(world.account(account, ReadProfile {}).is_err());
    let text = world.accounts.borrow()[&account].dump().join("\n");
    assert!(text.starts_with("head: ") && text.lines().count() == 1 && !text.contains("Ada"), "{text}");
    assert_ne!(created(&world, &json!({})), id);
}

// spec: RFC 8259 section 4 - names within an object are unique, otherwise it is refused
// spec: RFC 7643 section 2.1 - attribute names are not case sensitive, so two spellings are the same name twice
// spec: RFC 9110 section 15.5.16 - another media type than JSON is 415
// spec: RFC 9110 section 15.5.14 - a body that is too large is 413
#[test]
fn bodies_are_read_strictly() {
    let world = World::new();
    let post = |body: &str| world.send(administration(Method::Post, "/scim/v2/Users", body));
    let head = format!(r#""schemas":["{USER}"],"userName":"ada""#);
    let deep = format!(r#"{{{head},"x":{}1{}}}"#, "[".repeat(100), "]".repeat(100));
    for body in [
        "",
        "[]",
        "{",
        &format!("{{{head},\"userName\":\"eve\"}}"),
        &format!("{{{head},\"USERNAME\":\"eve\"}}"),
        &deep,
        r#"{"userName":"ada"}"#,
        r#"{"schemas":["urn:other"],"userName":"ada"}"#,
    ] {
        error(&post(body), 400, Some("invalidSyntax"));
    }
    for value in ["1", "true", "[]", "{}", "\"\"", "null", "\"a@b.example\"", "\" ada\"", "\"a\\u202eda\""] {
        error(&post(&format!(r#"{{"schemas":["{USER}"],"userName":{value}}}"#)), 400, Some("invalidValue"));
    }
    let bearer = format!("Bearer {}", crate::support::clients_platform::ADMIN_TOKEN);
    let headers = [("authorization", bearer.as_str()), ("content-type", "text/plain")];
    error(&world.send(request(Method::Post, "/scim/v2/Users", &headers, &format!("{{{head}}}"))), 415, None);
    let headers = headers.map(|(name, value)| (name.to_owned(), value.replace("text/plain", "application/json")));
    let large = Request::new(
        Method::Post,
        ISSUER.to_owned(),
        "/scim/v2/Users".to_owned(),
        None,
        headers.to_vec(),
        Body::TooLarge,
    );
    error(&world.send(large), 413, None);
    assert!(find(&world, "ada").is_none());
}

// spec: RFC 7644 section 2 - requests without the right credentials are 401 with a challenge
#[test]
fn nothing_is_open_to_strangers() {
    let world = World::new();
    let id = created(&world, &json!({}));
    let user = format!("/scim/v2/Users/{id}");
    for path in ["/scim/v2/Users", &user, "/scim/v2/Schemas", "/scim/v2/nothing", "/scim/v2/"] {
        for method in [Method::Delete, Method::Get, Method::Patch, Method::Post, Method::Put] {
            for headers in [vec![], vec![("authorization", "Bearer wrong")], vec![("authorization", "Basic YTpi")]] {
                let answer = world.send(request(method, path, &headers, "{}"));
                error(&answer, 401, None);
                assert!(answer.header("www-authenticate").is_some_and(|challenge| challenge.starts_with("Bearer")));
            }
        }
    }
    assert_eq!(read(&world, &id).status, 200);
}

// spec: RFC 7644 section 4 - ServiceProviderConfig, Schemas and ResourceTypes describe the supported features and resources
// spec: RFC 9110 section 15.5.6 - 405 says which methods are allowed
#[test]
fn metadata_and_what_is_not_there() {
    let world = World::new();
    let get = |path: &str| send(&world, Method::Get, &format!("/scim/v2{path}"), &Value::Null);
    assert_eq!(get("/ServiceProviderConfig").json["bulk"]["supported"], false);
    let schemas = get("/Schemas").json;
    assert_eq!(schemas["totalResults"], 3);
    for schema in schemas["Resources"].as_array().expect("schemas") {
        let path = schema["meta"]["location"].as_str().and_then(|at| at.strip_prefix(ISSUER)).expect("an address");
        assert_eq!(&send(&world, Method::Get, path, &Value::Null).json, schema);
    }
    assert_eq!(get("/ResourceTypes/User").json, get("/ResourceTypes").json["Resources"][0]);
    for path in ["/Groups", "/Users/", "/Users/x/y", "/users", "/Users/%zz", "/Schemas/urn:other", "", "/Me"] {
        let answer = get(path);
        assert_eq!(answer.status, 404, "{path}: {}", answer.body);
    }
    let answer = send(&world, Method::Put, "/scim/v2/Users", &Value::Null);
    error(&answer, 405, None);
    assert_eq!(answer.header("allow"), Some("GET, HEAD, POST"));
    error(&send(&world, Method::Post, "/scim/v2/Schemas", &Value::Null), 405, None);
}

// spec: Invariant 9 - passwords that are set do not reach the log
#[test]
fn each_call_is_logged_with_the_caller_the_action_and_the_user() {
    let world = World::new();
    let id = created(&world, &json!({"password": "correct horse"}));
    patch(&world, &id, &json!([{"op": "replace", "path": "password", "value": "another password"}]));
    read(&world, &id);
    let log = world.clients.log.borrow();
    let lines: Vec<Value> = log.iter().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let administration: Vec<_> = lines.iter().filter(|line| line["event"] == "administration").collect();
    let what: Vec<_> = administration.iter().map(|line| line["what"].as_str().expect("what")).collect();
    assert_eq!(what, ["create a person", "change a person", "read a person"]);
    assert!(administration.iter().all(|line| line["target"] == id.as_str() && line["who"] == "break-glass"));
    assert!(!log.join("\n").contains("correct horse") && !log.join("\n").contains("another password"));
}
