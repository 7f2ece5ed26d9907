//! What every endpoint works with, and what it writes to the log.

use serde::Serialize;

use crate::base::UnixTime;
use crate::config::Config;
use crate::oauth::client::ClientId;
use crate::pages::Look;
use crate::platform::{Fault, Platform};

/// What an endpoint works with besides the request.
pub struct App<'a, P> {
    /// What the deployment decided.
    pub config: &'a Config,
    /// The ports.
    pub platform: &'a P,
    /// When the request arrived.
    pub now: UnixTime,
    /// Names the request in the log and on error pages.
    pub request_id: &'a str,
    /// How pages look to this person.
    pub look: Look<'a>,
}

/// What is logged beside the requests themselves; refused sign-ins and administration have lines of their own.
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
    /// A person deleted her account.
    AccountDeleted,
    /// A code was presented twice: its family is revoked.
    CodeReplayed,
    /// A person allowed a client something.
    Consented,
    /// A person took back what she had allowed a client.
    Disconnected,
    /// A person ended her sessions in all other browsers.
    OtherSessionsEnded,
    /// A person changed her password.
    PasswordChanged,
    /// A refresh token was presented by two: its family is revoked.
    RefreshTokenReplayed,
    /// A client revoked a token.
    Revoked,
    /// A person ended a session of hers in another browser.
    SessionEnded,
    /// A person signed in.
    SignedIn,
    /// A person signed out.
    SignedOut,
    /// A person ended all her sessions.
    SignedOutEverywhere,
}

impl<P: Platform> App<'_, P> {
    /// Logs what happened to the security of a person or of a client: one line for each event.
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
    // Text and numbers always become JSON; an empty line would show in the log as what it is.
    platform.log(&serde_json::to_string(line).unwrap_or_default());
}
