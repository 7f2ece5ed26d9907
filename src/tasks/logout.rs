//! A client is told that a session ended (`OpenID` Connect Back-Channel Logout 1.0): find the client, sign, send, note.

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::base::UnixTime;
use crate::base::encoding::base64url;
use crate::base::json::object;
use crate::config::Config;
use crate::lifetimes;
use crate::lookup::client;
use crate::lookup::client::Freshness;
use crate::oauth::client::{Client, ClientId};
use crate::oauth::person::pairwise;
use crate::oauth::token::sid::Sid;
use crate::platform::{Fault, Platform, random, sign_jws};
use crate::store::account::{Logout, Told};

/// The event that a logout token tells of (section 2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The claims of a logout token (section 2.4). It has no `nonce`, so that it never passes for an ID token.
#[derive(Serialize)]
struct LogoutToken<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a ClientId,
    iat: UnixTime,
    exp: UnixTime,
    jti: String,
    events: Map<String, Value>,
    sid: Sid,
}

/// Tells one client that a session of the person `sub` ended, once.
pub async fn tell<P: Platform>(config: &Config, platform: &P, sub: &str, logout: &Logout, now: UnixTime) -> Told {
    let outcome = told(config, platform, sub, logout, now).await;
    let told = match outcome {
        Ok(Some(200..=299) | None) => Told::Done,
        Ok(Some(_)) | Err(_) => Told::Failed,
    };
    if !matches!(outcome, Ok(None)) {
        log(platform, logout, now, outcome);
    }
    told
}

/// The status of the client's answer; `None` for a client that is not told.
async fn told<P: Platform>(
    config: &Config,
    platform: &P,
    sub: &str,
    logout: &Logout,
    now: UnixTime,
) -> Result<Option<u16>, String> {
    let client = client::find(platform, config, &logout.client, Freshness::Cached, now).await;
    let Some(client) = client.map_err(cause)? else {
        return Ok(None);
    };
    let Some(address) = &client.registration.logout.backchannel_uri else {
        return Ok(None);
    };
    let token = token(config, platform, sub, logout, &client, now).await.map_err(cause)?;
    let address = config.outbound.admit(address).map_err(cause)?;
    let form = ["logout_token=", &token].concat();
    platform.post_form(&address, &form).await.map(Some).map_err(cause)
}

fn cause(error: impl ToString) -> String {
    error.to_string()
}

async fn token<P: Platform>(
    config: &Config,
    platform: &P,
    sub: &str,
    logout: &Logout,
    client: &Client,
    now: UnixTime,
) -> Result<String, Fault> {
    let key = config.keyring.signing(client.registration.id_token_algorithm);
    let key = key.ok_or_else(|| Fault::Crypto("there is no key for the client's algorithm".to_owned()))?;
    let sub = pairwise::shown(client, sub, &config.subject_key);
    let claims = LogoutToken {
        iss: config.issuer.as_str(),
        sub: &sub,
        aud: &client.id,
        iat: now,
        exp: now.plus(lifetimes::LOGOUT_TOKEN),
        jti: base64url(&random::<16>(platform)),
        events: object(&mut [(EVENT.to_owned(), json!({}))].into_iter()),
        sid: Sid::of(logout.session, &client.id),
    };
    sign_jws(platform, key, "logout+jwt", &claims).await
}

/// One line for each try.
fn log<P: Platform>(platform: &P, logout: &Logout, now: UnixTime, outcome: Result<Option<u16>, String>) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        client_id: &'a ClientId,
        failed_before: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        status: Option<u16>,
        #[serde(skip_serializing_if = "Option::is_none")]
        cause: Option<String>,
    }
    let (status, cause) = match outcome {
        Ok(status) => (status, None),
        Err(cause) => (None, Some(cause)),
    };
    let line =
        Line { event: "logout_told", at: now, client_id: &logout.client, failed_before: logout.tries, status, cause };
    // Text and numbers always become JSON.
    platform.log(&serde_json::to_string(&line).unwrap_or_default());
}
