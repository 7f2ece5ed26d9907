//! Requests to other servers.

use std::time::Duration;

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};

use super::js::{AbortController, ByteStream, Fetched, fetch, message};
use super::task::{settled, within};
use crate::http::OutboundUrl;
use crate::lifetimes;
use crate::platform::outbound::{FetchedDocument, LONGEST_DOCUMENT, OutboundFault};

pub async fn fetch_document(address: &OutboundUrl) -> Result<FetchedDocument, OutboundFault> {
    let request = Request { method: "GET", headers: &[("accept", "application/json")], body: None };
    within_deadline(async |controller| {
        let answer = request.send(address, controller).await?;
        let headers = answer.headers();
        Ok(FetchedDocument {
            status: answer.status(),
            content_type: headers.get("content-type").map_err(unreachable)?,
            cache_control: headers.get("cache-control").map_err(unreachable)?,
            body: match answer.body() {
                Some(stream) => read(&stream).await?,
                None => Vec::new(),
            },
        })
    })
    .await
}

pub async fn post_form(address: &OutboundUrl, form: &str) -> Result<u16, OutboundFault> {
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let request = Request { method: "POST", headers: &headers, body: Some(form) };
    within_deadline(async |controller| Ok(request.send(address, controller).await?.status())).await
}

struct Request<'a> {
    method: &'a str,
    headers: &'a [(&'a str, &'a str)],
    body: Option<&'a str>,
}

impl Request<'_> {
    async fn send(&self, address: &OutboundUrl, controller: &AbortController) -> Result<Fetched, OutboundFault> {
        let headers = object(self.headers.iter().map(|(name, value)| (*name, JsValue::from(*value))))?;
        let init = object([
            ("method", self.method.into()),
            ("headers", headers.into()),
            ("body", self.body.map_or(JsValue::UNDEFINED, Into::into)),
            // The target of a redirect was not judged.
            ("redirect", "manual".into()),
            ("signal", controller.signal()),
        ])?;
        let promise = fetch(address.as_str(), &init).map_err(unreachable)?;
        Ok(settled(&promise).await.map_err(unreachable)?.unchecked_into())
    }
}

/// Gives `work` until the deadline, and aborts in any case what is left of the request.
async fn within_deadline<T>(
    work: impl AsyncFnOnce(&AbortController) -> Result<T, OutboundFault>,
) -> Result<T, OutboundFault> {
    let controller = AbortController::new().map_err(unreachable)?;
    let deadline = Duration::from_secs(lifetimes::OUTBOUND.get().into());
    let outcome = within(deadline, work(&controller)).await.unwrap_or(Err(OutboundFault::Late));
    // It is not a failure if nothing is left to abort.
    let _ = controller.abort();
    outcome
}

/// Reads piece by piece and stops at the limit: another server must not be able to fill the isolate's memory.
async fn read(stream: &ByteStream) -> Result<Vec<u8>, OutboundFault> {
    let reader = stream.reader().map_err(unreachable)?;
    let mut bytes = Vec::new();
    loop {
        let promise = reader.read().map_err(unreachable)?;
        let piece = settled(&promise).await.map_err(unreachable)?;
        if Reflect::get(&piece, &"done".into()).map_err(unreachable)?.is_truthy() {
            return Ok(bytes);
        }
        let value = Reflect::get(&piece, &"value".into()).map_err(unreachable)?;
        let value: Uint8Array = value.dyn_into().map_err(unreachable)?;
        if bytes.len().saturating_add(usize::try_from(value.length()).unwrap_or(usize::MAX)) > LONGEST_DOCUMENT {
            return Err(OutboundFault::TooLarge);
        }
        bytes.extend(value.to_vec());
    }
}

fn object<'a>(members: impl IntoIterator<Item = (&'a str, JsValue)>) -> Result<Object, OutboundFault> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &name.into(), &value).map_err(unreachable)?;
    }
    Ok(object)
}

fn unreachable(thrown: JsValue) -> OutboundFault {
    OutboundFault::Unreachable(message(&thrown))
}
