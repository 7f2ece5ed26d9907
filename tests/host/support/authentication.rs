//! The outcome of a client's authentication.

use grantry::endpoints::{App, AuthorizationGrant, authenticate_client};
use grantry::http::{Body, Method, Parameters, Request, Response};
use grantry::pages::{Catalogue, Look};

use super::clients_platform::{ISSUER, World, now_or_never};

/// The client's name, or status, error and whether there is a challenge.
pub type Outcome = Result<String, (u16, String, bool)>;

/// Authenticates with this header, query and body.
pub fn answer(world: &World, header: Option<&str>, query: Option<&str>, body: &str) -> Outcome {
    let mut headers = vec![("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
    headers.extend(header.map(|value| ("authorization".to_owned(), value.to_owned())));
    let (path, query) = ("/token".to_owned(), query.map(ToOwned::to_owned));
    let body = Body::Complete(body.as_bytes().to_vec());
    let request = Request::new(Method::Post, ISSUER.to_owned(), path, query, headers, body);
    let Ok(parameters) = Parameters::of_body(&request) else {
        return Err((400, "invalid_request".to_owned(), false));
    };
    let look = Look { brand: &world.config.brand, catalogue: Catalogue::for_preferences("") };
    let app = App { config: &world.config, platform: world, now: world.at(), request_id: "request", look };
    let grant = AuthorizationGrant::of(&app, &parameters);
    match now_or_never(authenticate_client(&app, &request, &parameters, &grant)) {
        Ok(client) => Ok(client.registration.name.clone()),
        Err(failure) => {
            let response: Response = failure.into_response(app.look, app.request_id);
            let json: serde_json::Value = serde_json::from_slice(response.body()).expect("JSON");
            let challenge = response.header("www-authenticate");
            assert!(challenge.is_none_or(|challenge| challenge.starts_with("Basic ")));
            Err((response.status(), json["error"].as_str().expect("an error").to_owned(), challenge.is_some()))
        }
    }
}

pub fn invalid_client(challenge: bool) -> Outcome {
    Err((401, "invalid_client".to_owned(), challenge))
}

pub fn invalid_request() -> Outcome {
    Err((400, "invalid_request".to_owned(), false))
}
