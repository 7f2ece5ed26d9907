//! What every endpoint works with, and what it writes to the log.

use serde::Serialize;

use crate::base::UnixTime;
use crate::config::Config;
use crate::oauth::client::ClientId;
use crate::oauth::token::entitlement::Realm;
use crate::pages::Look;
use crate::platform::{Fault, Platform};

/// What an endpoint works with besides the request.
pub struct App<'a, P> {
    pub config: &'a Config,
    pub platform: &'a P,
    /// When the request arrived.
    pub now: UnixTime,
    /// The reference of the request in the log and on error pages.
    pub request_id: &'a str,
    /// Brand and language of the pages.
    pub look: Look<'a>,
}

/// What is logged in addition to requests. Refused sign-ins and administration have log lines of their own.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SecurityEvent {
    /// A developer changed an app.
    AppChanged,
    /// A developer deleted an app.
    AppDeleted,
    /// A developer registered an app.
    AppRegistered,
    /// A developer made a new secret for an app, or ended an old one.
    AppSecretChanged,
    /// A user deleted their account.
    AccountDeleted,
    /// A code was presented twice: its family is revoked.
    CodeReplayed,
    /// A user allowed a client some scopes.
    Consented,
    /// A user disconnected a client.
    Disconnected,
    /// A user signed out in all other browsers.
    OtherSessionsEnded,
    /// A user changed their password.
    PasswordChanged,
    /// A used refresh token was presented again: its family is revoked.
    RefreshTokenReplayed,
    /// A client revoked a token.
    Revoked,
    /// A user signed out in another browser.
    SessionEnded,
    /// A user signed in.
    SignedIn,
    /// A user signed out.
    SignedOut,
    /// A user signed out everywhere.
    SignedOutEverywhere,
    /// A refresh that named no resource got a token for the first of several APIs. Earlier releases issued one for all.
    TokenNarrowed,
}

impl<'a, P: Platform> App<'a, P> {
    /// What tokens can be about.
    #[must_use]
    pub fn realm(&self) -> Realm<'a> {
        Realm { issuer: self.config.issuer.as_str(), apis: &self.config.apis, claims: &self.config.claims }
    }

    /// Logs one security event of a user or a client.
    pub fn log_event(&self, event: SecurityEvent, sub: Option<&str>, client_id: Option<&ClientId>) {
        #[derive(Serialize)]
        struct Line<'a> {
            event: SecurityEvent,
            at: UnixTime,
            request_id: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            sub: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            client_id: Option<&'a ClientId>,
        }
        log_line(self.platform, &Line { event, at: self.now, request_id: self.request_id, sub, client_id });
    }

    /// Logs a fault that did not end the request.
    pub fn log_fault(&self, part: &str, fault: &Fault) {
        #[derive(Serialize)]
        struct Line<'a> {
            event: &'a str,
            at: UnixTime,
            request_id: &'a str,
            part: &'a str,
            cause: String,
        }
        let cause = fault.to_string();
        log_line(self.platform, &Line { event: "fault", at: self.now, request_id: self.request_id, part, cause });
    }
}

/// Writes one line of JSON to the log.
pub(super) fn log_line(platform: &impl Platform, line: &impl Serialize) {
    // Text and numbers always serialize; an empty line in the log would show a fault here.
    platform.log(&serde_json::to_string(line).unwrap_or_default());
}
