//! GET /health: whether the server is well.
//!
//! A stranger learns that it runs and that its configuration is complete, which costs nothing. Who shows the break-glass
//! token has every part tried: an object with its database, KV, and a signature by each key.

use serde::Serialize;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

use super::{App, Failure, Refused};
use crate::base::Secret;
use crate::config::TENANT;
use crate::http::authorization::Authorization;
use crate::http::{Request, Response};
use crate::platform::{Fault, Platform, names, random};
use crate::store::registry::Probe;

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

pub(super) async fn health<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Response, Failure> {
    let credential = Authorization::of(request).map_err(|error| unauthorized().because(error))?;
    let parts = match credential {
        None => Vec::new(),
        Some(Authorization::Bearer(token)) if is_same(&token, &app.config.admin_token) => try_parts(app).await,
        Some(_) => return Err(unauthorized().into()),
    };
    let well = parts.iter().all(|part| part.status == WELL);
    let (code, status) = if well { (200, WELL) } else { (503, FAILING) };
    Response::json(code, &Health { status, parts }).map_err(|error| Fault::Malformed(error.to_string()).into())
}

fn unauthorized() -> Refused {
    Refused::json(401, "invalid_token", "The token is not the administrator's.")
        .with("www-authenticate", "Bearer error=\"invalid_token\"")
}

/// Compares digests, so that neither the time nor the length of the comparison tells anything.
fn is_same(presented: &Secret<String>, expected: &Secret<String>) -> bool {
    let digest = |secret: &Secret<String>| Sha256::digest(secret.expose().as_bytes());
    digest(presented).ct_eq(&digest(expected)).into()
}

async fn try_parts<P: Platform>(app: &App<'_, P>) -> Vec<Part> {
    let mut parts = vec![part(app, "object", try_object(app).await), part(app, "kv", try_kv(app).await)];
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

async fn try_object<P: Platform>(app: &App<'_, P>) -> Result<(), Fault> {
    let number = u32::from_be_bytes(random(app.platform));
    let answer = app.platform.ask_registry(Probe { number }).await?;
    if answer == number { Ok(()) } else { Err(Fault::Malformed("the number sent back is another".to_owned())) }
}

async fn try_kv<P: Platform>(app: &App<'_, P>) -> Result<(), Fault> {
    app.platform.read_client(&names::probe(TENANT)).await.map(|_| ())
}

/// One line of the answer; the cause of a failure goes to the log.
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
