//! Signing in with a password.

use std::net::IpAddr;

use serde::Serialize;

use super::password::verifier;
use crate::base::{AccountId, DeviceId, Secret, SessionId, UnixTime};
use crate::endpoints::people;
use crate::endpoints::{App, Failure, log_line};
use crate::http::Request;
use crate::lifetimes;
use crate::platform::{Fault, Platform, attempt, random};
use crate::sign_in::login_name::LoginName;
use crate::sign_in::origin::Origin;
use crate::sign_in::password::{PasswordParameters, can_be_a_password};
use crate::store::account::{SignIn, SignInRefusal};
use crate::store::directory::FoundAccount;

/// The result of a sign-in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OpenedSession {
    pub account: AccountId,
    pub session: SessionId,
    pub sub: String,
    pub epoch: u32,
    /// When the password was compared.
    pub auth_time: UnixTime,
    /// Identifies this browser to the account from now on.
    pub device: DeviceId,
}

/// Compares a password and opens a session. All refusals look alike from outside: the same answer at the same time. The log
/// has the reason; the user must not be told.
///
/// # Errors
/// [`Failure`] when the platform fails.
pub async fn sign_in<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    login: &str,
    password: &Secret<String>,
    device: Option<DeviceId>,
) -> Result<Result<OpenedSession, SignInRefusal>, Failure> {
    let outcome =
        compared(app, login, password, Source { prefix: prefix(request), origin: origin(app, request), device }).await;
    if !matches!(outcome, Ok((_, Ok(_)))) {
        app.platform.wait_until(lifetimes::FAILED_SIGN_IN_MILLISECONDS).await;
    }
    let (found, answer) = outcome?;
    if let Err(refusal) = &answer {
        log(app, "sign_in_refused", found.as_ref().map(|found| found.sub.as_str()), refusal);
    }
    Ok(answer)
}

/// Where a sign-in comes from.
struct Source {
    /// The part of the network, for counting failures.
    prefix: String,
    /// Browser and place, for the user to see.
    origin: Origin,
    /// The browser, if a user signed in there before.
    device: Option<DeviceId>,
}

/// The account that was found, and the outcome.
type Compared = (Option<FoundAccount>, Result<OpenedSession, SignInRefusal>);

async fn compared<P: Platform>(
    app: &App<'_, P>,
    login: &str,
    password: &Secret<String>,
    from: Source,
) -> Result<Compared, Fault> {
    // A text that cannot be a login name or a password is refused without asking the Directory.
    let Some(login) = LoginName::parse(login).ok().filter(|_| can_be_a_password(password)) else {
        return Ok((None, Err(SignInRefusal::Unknown)));
    };
    let decoy = PasswordParameters::decoy(app.config.subject_key.expose(), &login);
    let found = people::find_by_login(app, login).await?;
    let parameters = found.as_ref().and_then(|found| found.parameters.clone());
    let verifier = verifier(app, password, parameters.as_ref().unwrap_or(&decoy)).await?;
    let (Some(found), Some(parameters)) = (found, parameters) else {
        return Ok((None, Err(SignInRefusal::Unknown)));
    };
    let expires_at = app.now.plus(lifetimes::SESSION);
    let mut ask = SignIn {
        attempt: attempt(app.platform),
        session: SessionId::allocate(expires_at, random(app.platform)),
        expires_at,
        salt_used: parameters.salt,
        verifier,
        address_prefix: from.prefix,
        origin: from.origin,
        device: from.device,
        new_device: random(app.platform),
    };
    let mut answer = app.platform.ask_account(found.account, ask.clone()).await?;
    if let Err(SignInRefusal::StaleSalt { parameters }) = &answer {
        ask.salt_used = parameters.salt.clone();
        ask.verifier = self::verifier(app, password, parameters).await?;
        answer = app.platform.ask_account(found.account, ask.clone()).await?;
    }
    let signed_in = answer.map(|signed_in| OpenedSession {
        account: found.account,
        session: ask.session,
        sub: signed_in.sub,
        epoch: signed_in.epoch,
        auth_time: signed_in.auth_time,
        device: signed_in.device,
    });
    Ok((Some(found), signed_in))
}

fn origin<P: Platform>(app: &App<'_, P>, request: &Request) -> Origin {
    let place = app.platform.place();
    Origin::of(request.header("user-agent").unwrap_or_default(), place.city.as_deref(), place.country.as_deref())
}

/// The part of the network that a request comes from, for counting failures.
pub fn prefix(request: &Request) -> String {
    address_prefix(request.header("cf-connecting-ip").unwrap_or_default())
}

/// The part of the network that an address belongs to: the size that one customer of a provider usually has, so that one
/// attacker does not count as many. Empty when the address is unknown; all such requests count as one place.
pub fn address_prefix(address: &str) -> String {
    match address.parse::<IpAddr>().map(|address| address.to_canonical()) {
        Ok(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{:x}::/56", d & 0xff00)
        }
        Err(_) => String::new(),
    }
}

/// Logs a refused sign-in. The typed name is not logged: it may be a password in the wrong field.
pub fn log<P: Platform>(app: &App<'_, P>, event: &str, sub: Option<&str>, refusal: &SignInRefusal) {
    #[derive(Serialize)]
    struct Line<'a> {
        event: &'a str,
        at: UnixTime,
        request_id: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        sub: Option<&'a str>,
        cause: String,
    }
    let cause = refusal.to_string();
    log_line(app.platform, &Line { event, at: app.now, request_id: app.request_id, sub, cause });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes() {
        for (address, prefix) in [
            ("192.0.2.77", "192.0.2.0/24"),
            ("::ffff:192.0.2.77", "192.0.2.0/24"),
            ("2001:db8:1:22ff::1", "2001:db8:1:2200::/56"),
            ("2001:db8:1:2201::1", "2001:db8:1:2200::/56"),
            ("", ""),
            ("192.0.2.77, 198.51.100.1", ""),
        ] {
            assert_eq!(address_prefix(address), prefix, "{address}");
        }
    }
}
