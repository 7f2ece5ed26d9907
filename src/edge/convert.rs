//! Converts the platform's requests and responses to ours and back.

use js_sys::Uint8Array;
use wasm_bindgen::{JsCast as _, JsValue};

use super::js::glue;
use crate::http::{Body, HeaderLines, Location, Method, Request, Response};

/// A request from the parts that entry.js made of it: `head` is lines of the method, the origin, the path, the query, and of each header its
/// name and its value; `body` is bytes, or whether it was too long.
pub fn request(head: &str, body: JsValue) -> Request {
    let mut lines = head.split('\n');
    let mut line = || lines.next().unwrap_or_default();
    let method = Method::parse(line());
    let (origin, path, query) = (line().to_owned(), line().to_owned(), line().to_owned());
    let headers = std::iter::from_fn(|| Some((lines.next()?.to_owned(), lines.next()?.to_owned()))).collect();
    let body = match body.dyn_into::<Uint8Array>() {
        Ok(bytes) => Body::Complete(bytes.to_vec()),
        Err(too_large) if too_large.is_truthy() => Body::TooLarge,
        Err(_) => Body::Unreadable,
    };
    Request::new(method, origin, path, Some(query).filter(|query| !query.is_empty()), headers, body)
}

/// The city and the country that `request` comes from, where the network knows them.
pub fn place(request: &JsValue) -> Location {
    let mut texts = glue::place(request).into_iter().map(|text| text.as_string());
    Location { city: texts.next().flatten(), country: texts.next().flatten() }
}

/// Makes a response. A response that cannot be sent is a defect, and the client learns no more than that.
pub fn response(response: Response) -> Result<JsValue, JsValue> {
    let Some(HeaderLines { common, own }) = response.header_lines() else {
        return glue::response(500, "", "", None, None);
    };
    let body = Some(response.body()).filter(|body| !body.is_empty());
    let text = body.and_then(|body| std::str::from_utf8(body).ok());
    glue::response(response.status(), &common, &own, text, body.filter(|_| text.is_none()))
}
