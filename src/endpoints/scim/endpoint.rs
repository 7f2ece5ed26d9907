//! What is at which address below /scim/v2.

use super::answer::{document, not_allowed, not_found};
use super::{metadata, users};
use crate::endpoints::callers::administrator::administrator;
use crate::endpoints::{App, Failure, Route};
use crate::http::percent::decode_segment;
use crate::http::{Method, Request, Response};
use crate::oauth::own_scope::OwnScope;
use crate::platform::Platform;

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
