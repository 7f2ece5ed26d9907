//! GET /health: whether the server works.
//!
//! Without a credential it says that the server runs and that its configuration is complete, which costs nothing. With the
//! credential of an administrator it tries every part: it writes to an object's database and to KV and reads back, and it signs with
//! each key.

use serde::Serialize;

use super::callers::administrator::administrator;
use super::{App, Failure};
use crate::base::encoding::base64url;
use crate::config::TENANT;
use crate::http::{Request, Response};
use crate::oauth::own_scope::OwnScope;
use crate::platform::{Fault, Platform, random};
use crate::store::names;
use crate::store::registry::{Probe, Probed};

#[derive(Serialize)]
struct Health {
    status: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    parts: Vec<Part>,
}

#[derive(Serialize)]
struct Part {
    part: String,
    status: &'static str,
}

const WELL: &str = "ok";
const FAILING: &str = "failing";

pub(in crate::endpoints) async fn health<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    // A wrong credential is refused, not treated as no credential.
    let parts = if request.header("authorization").is_none() {
        Vec::new()
    } else {
        administrator(app, request, OwnScope::Clients).await?;
        try_parts(app).await
    };
    let well = parts.iter().all(|part| part.status == WELL);
    let (code, status) = if well { (200, WELL) } else { (503, FAILING) };
    Response::json(code, &Health { status, parts }).map_err(|error| Fault::Malformed(error.to_string()).into())
}

async fn try_parts<P: Platform>(app: &App<'_, P>) -> Vec<Part> {
    let (object, kv) = match try_object(app, false).await {
        Ok(probed) => (Ok(()), try_kv(app, probed).await),
        Err(fault) => (Err(fault), read_kv(app).await),
    };
    let mut parts = vec![part(app, "object", object), part(app, "kv", kv)];
    for key in app.config.keyring.current() {
        let input = random::<32>(app.platform);
        let tried = async {
            let signature = app.platform.sign(key, &input).await?;
            let good = app.platform.verify(key.public(), &input, &signature).await?;
            if good { Ok(()) } else { Err(Fault::Crypto("the signature does not verify".to_owned())) }
        };
        parts.push(part(app, &["signature ", key.algorithm().as_str()].concat(), tried.await));
    }
    parts
}

/// Writes a number into an object's database and reads it back.
async fn try_object<P: Platform>(app: &App<'_, P>, kv_was_checked: bool) -> Result<Probed, Fault> {
    let number = u32::from_be_bytes(random(app.platform));
    let probed = app.platform.ask_registry(Probe { number, kv_was_checked }).await?;
    if probed.number == number {
        Ok(probed)
    } else {
        Err(Fault::Malformed("the number read back is another".to_owned()))
    }
}

/// Writes to KV and reads back, as often as the registry allows. In between, the puts of the registry show whether KV takes writes.
async fn try_kv<P: Platform>(app: &App<'_, P>, probed: Probed) -> Result<(), Fault> {
    if probed.kv_check_is_due {
        let check = base64url(&random::<16>(app.platform));
        let read = app.platform.check_kv(&names::probe(TENANT, &check), &check).await?;
        if read.is_none_or(|read| read != check) {
            return Err(Fault::Kv("what was written is not there".to_owned()));
        }
        try_object(app, true).await?;
    } else {
        read_kv(app).await?;
    }
    if probed.kv_is_behind { Err(Fault::Kv("clients' records cannot be put".to_owned())) } else { Ok(()) }
}

async fn read_kv<P: Platform>(app: &App<'_, P>) -> Result<(), Fault> {
    app.platform.read_client(&names::probe(TENANT, "none")).await.map(|_| ())
}

/// One part of the answer. The cause of a failure goes to the log.
fn part<P: Platform>(app: &App<'_, P>, name: &str, tried: Result<(), Fault>) -> Part {
    let status = match tried {
        Ok(()) => WELL,
        Err(fault) => {
            app.log_fault(name, &fault);
            FAILING
        }
    };
    Part { part: name.to_owned(), status }
}
