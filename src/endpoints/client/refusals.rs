//! The answers to a registration, or a change of one, that is refused.

use crate::endpoints::{App, Failure, Refused};
use crate::oauth::client::registration::Unregistrable;
use crate::platform::Fault;
use crate::store::registry::Denied;

pub(super) fn unregistrable(problem: Unregistrable) -> Failure {
    let Unregistrable { code, member, description } = problem;
    let refused = Refused::json(400, code, description);
    match member {
        Some(member) => refused.about(member).into(),
        None => refused.into(),
    }
}

pub(super) fn denied<P>(app: &App<'_, P>, denied: Denied) -> Failure {
    match denied {
        Denied::Changed => {
            Refused::json(409, "invalid_request", "The client has been changed in the meantime. Read it again.").into()
        }
        Denied::Exists => unregistrable(Unregistrable::metadata("another client already has this client_id")),
        Denied::Full => {
            let description = "Too many clients have registered themselves. Try again later.";
            Refused::json(429, "temporarily_unavailable", description).with("retry-after", "3600").into()
        }
        Denied::TooMany => unregistrable(Unregistrable::metadata("the developer has too many clients").of("owner")),
        Denied::TooOften => {
            let description = "Clients have been changed too often today. Deletion is still possible.";
            let refused = Refused::json(429, "temporarily_unavailable", description);
            refused.with("retry-after", app.now.next_day().since(app.now).to_string()).into()
        }
        Denied::Unknown => Refused::json(404, "not_found", "The client does not exist.").into(),
    }
}

pub(super) fn invalid_token(cause: impl ToString) -> Failure {
    Refused::json(401, "invalid_token", "The registration access token is not valid for this client.")
        .with("www-authenticate", "Bearer error=\"invalid_token\"")
        .because(cause)
        .into()
}

pub(super) fn unwritable(error: serde_json::Error) -> Failure {
    Fault::Malformed(error.to_string()).into()
}
