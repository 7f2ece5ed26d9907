//! The platform's requests and responses, and ours.

use wasm_bindgen::JsValue;
use worker::{Headers, ResponseBuilder};

use crate::http::{Body, Method, Place, Request, Response};

/// The longest body that is read, in bytes.
const LONGEST_BODY: usize = 65_536;

/// Reads all of a request that we ever look at.
pub async fn request(mut request: worker::Request) -> Request {
    let method = Method::parse(&request.inner().method());
    let headers: Vec<(String, String)> = request.headers().entries().collect();
    let (origin, path, query) = request.url().map_or_else(
        |_| (String::new(), String::new(), None),
        |url| (url.origin().ascii_serialization(), url.path().to_owned(), url.query().map(ToOwned::to_owned)),
    );
    let place = place(&request);
    let body = body(&mut request).await;
    Request::new(method, origin, path, query, headers, body).from_place(place)
}

/// What the network knows of the sender's place, in `request.cf`, which is not there everywhere.
fn place(request: &worker::Request) -> Place {
    let member = |of: &JsValue, name: &str| js_sys::Reflect::get(of, &name.into()).ok();
    let Some(cf) = member(request.inner(), "cf") else {
        return Place::default();
    };
    let text = |name| member(&cf, name).and_then(|value| value.as_string());
    Place { city: text("city"), country: text("country") }
}

/// Reads the body, as far as the limit: what a stranger sends must not fill the isolate's memory.
async fn body(request: &mut worker::Request) -> Body {
    if request.inner().body().is_none() {
        return Body::Complete(Vec::new());
    }
    let announced =
        request.headers().get("content-length").ok().flatten().and_then(|length| length.parse::<usize>().ok());
    match announced {
        Some(length) if length > LONGEST_BODY => Body::TooLarge,
        // No more than was announced arrives. A reader of pieces would cost a token request a tenth of its time.
        Some(_) => match request.bytes().await {
            Ok(bytes) if bytes.len() > LONGEST_BODY => Body::TooLarge,
            Ok(bytes) => Body::Complete(bytes),
            Err(_) => Body::Unreadable,
        },
        None => body_in_pieces(request).await,
    }
}

/// Reads a body whose length nobody announced.
async fn body_in_pieces(request: &mut worker::Request) -> Body {
    use futures_util::StreamExt as _;

    let Ok(mut stream) = request.stream() else {
        return Body::Unreadable;
    };
    let mut bytes = Vec::new();
    while let Some(piece) = stream.next().await {
        let Ok(piece) = piece else {
            return Body::Unreadable;
        };
        if bytes.len().saturating_add(piece.len()) > LONGEST_BODY {
            return Body::TooLarge;
        }
        bytes.extend_from_slice(&piece);
    }
    Body::Complete(bytes)
}

/// Sends a response.
pub fn response(response: Response) -> worker::Result<worker::Response> {
    let (status, fields, body) = response.into_parts();
    let headers = Headers::new();
    for (name, value) in fields {
        headers.append(name, &value)?;
    }
    let builder = ResponseBuilder::new().with_status(status).with_headers(headers);
    if body.is_empty() { Ok(builder.empty()) } else { Ok(builder.fixed(body)) }
}
