//! People are administered by SCIM 2.0 (RFC 7643, RFC 7644) below /scim/v2.

mod filter;
mod metadata;
mod patch;
mod path;
mod reader;
mod resource;
mod schema;
mod users;

use serde::Serialize;

use super::callers::administrator::administrator;
use super::failure::SCIM_JSON;
use super::{App, Failure, Refused, Route};
use crate::http::percent::decode_segment;
use crate::http::{Method, Request, Response};
use crate::oauth::own_scope::OwnScope;
use crate::platform::{Fault, Platform};

/// Answers a request below /scim/v2. All of its failures are SCIM's.
pub(in crate::endpoints) async fn scim<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    answer(app, request).await.map_err(Failure::for_scim)
}

async fn answer<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let reads = matches!(request.method(), Method::Get | Method::Head);
    let administrator =
        administrator(app, request, if reads { OwnScope::ReadPeople } else { OwnScope::WritePeople }).await?;
    let segments: Vec<&str> = request.path().strip_prefix(Route::Scim.path()).unwrap_or_default().split('/').collect();
    match (segments.as_slice(), request.method()) {
        (["", "Users"], Method::Get | Method::Head) => users::list(app, request, &administrator).await,
        (["", "Users"], Method::Post) => users::create(app, request, &administrator).await,
        (["", "Users"], _) => Err(not_allowed("GET, HEAD, POST")),
        (["", "Users", id], method) => {
            let id = decode_segment(id).ok_or_else(not_found)?;
            match method {
                Method::Get | Method::Head => users::read(app, &id, &administrator).await,
                Method::Put => users::replace(app, request, &id, &administrator).await,
                Method::Patch => users::patch(app, request, &id, &administrator).await,
                Method::Delete => users::delete(app, &id, &administrator).await,
                _ => Err(not_allowed("DELETE, GET, HEAD, PATCH, PUT")),
            }
        }
        (["", "ServiceProviderConfig" | "ResourceTypes" | "Schemas", ..], _) if !reads => Err(not_allowed("GET, HEAD")),
        (["", "ServiceProviderConfig"], _) => document(200, &metadata::service_provider_config(app)),
        (["", "ResourceTypes"], _) => document(200, &metadata::resource_types(app)),
        (["", "ResourceTypes", "User"], _) => document(200, &metadata::user_type(app)),
        (["", "Schemas"], _) => document(200, &metadata::schemas(app)),
        (["", "Schemas", id], _) => match metadata::schema(app, id) {
            Some(schema) => document(200, &schema),
            None => Err(not_found().into()),
        },
        _ => Err(not_found().into()),
    }
}

/// A document of SCIM.
fn document(status: u16, value: &impl Serialize) -> Result<Response, Failure> {
    Response::document(status, SCIM_JSON, value).map_err(|error| Fault::Malformed(error.to_string()).into())
}

/// `invalidValue` (RFC 7644 section 3.12) of an attribute.
fn invalid_value(attribute: &'static str, description: &'static str) -> Refused {
    Refused::scim(400, "invalidValue", description).about(attribute)
}

fn not_found() -> Refused {
    Refused::scim(404, "", "The resource does not exist.")
}

fn not_allowed(allow: &str) -> Failure {
    Refused::scim(405, "", "This address does not accept the request method.").with("allow", allow).into()
}
