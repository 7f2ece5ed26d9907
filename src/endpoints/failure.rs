//! How a request fails: refused with an error code of a specification, or by a fault of the server.

use std::borrow::Cow;

use serde::Serialize;

use super::{deliver_refusal, page};
use crate::http::Response;
use crate::oauth::request::rejection::Rejection;
use crate::oauth::request::verified_return::VerifiedReturn;
use crate::oauth::token::entitlement::NotEntitled;
use crate::oauth::token::error::{BearerError, TokenError};
use crate::pages::Look;
use crate::pages::errors::{Advice, ErrorPage};
use crate::platform::Fault;

/// Why a request was not carried out.
pub enum Failure {
    /// The server's fault: `server_error` on the wire, the cause in the log.
    Fault(Fault),
    /// The request is refused.
    Refused(Refused),
    /// A page, and the cause for the log.
    Rendered(Response, String),
    /// The request is refused, and the client is told through the browser.
    Returned(Box<VerifiedReturn>, Rejection),
}

/// A refusal: error code and description for the wire, cause for the log.
#[derive(Debug)]
pub struct Refused {
    status: u16,
    code: &'static str,
    description: Cow<'static, str>,
    shape: Shape,
    headers: Vec<(&'static str, String)>,
    cause: Option<String>,
    about: Option<&'static str>,
}

/// Who reads the answer.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// A program (RFC 6749 section 5.2).
    Json,
    /// A user.
    Page,
    /// A program that administers people (RFC 7644 section 3.12).
    Scim,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ScimErrorBody {
    schemas: [&'static str; 1],
    /// A text, not a number.
    status: String,
    #[serde(skip_serializing_if = "str::is_empty")]
    scim_type: &'static str,
    detail: String,
}

/// The schema of [`ScimErrorBody`].
const SCIM_ERROR: &str = "urn:ietf:params:scim:api:messages:2.0:Error";

/// The media type of SCIM (RFC 7644 section 3.1).
pub const SCIM_JSON: &str = "application/scim+json";

#[derive(Serialize)]
struct ErrorBody<'a> {
    error: &'static str,
    error_description: &'a str,
}

impl Refused {
    /// An answer to a program.
    #[must_use]
    pub const fn json(status: u16, code: &'static str, description: &'static str) -> Self {
        Self {
            status,
            code,
            description: Cow::Borrowed(description),
            shape: Shape::Json,
            headers: Vec::new(),
            cause: None,
            about: None,
        }
    }

    /// An answer to a client at the token endpoint, and at the endpoints where clients authenticate in the same way.
    #[must_use]
    pub const fn token(error: TokenError, description: &'static str) -> Self {
        Self::json(error.status(), error.code(), description)
    }

    /// An answer to a request with an access token.
    #[must_use]
    pub const fn bearer(error: BearerError, description: &'static str) -> Self {
        Self::json(error.status(), error.code(), description)
    }

    /// An answer to a client that may not have what it asks for.
    #[must_use]
    pub fn not_entitled(refusal: &NotEntitled) -> Self {
        Self { description: Cow::Owned(refusal.to_string()), ..Self::token(refusal.error(), "") }
    }

    /// A page for a user.
    #[must_use]
    pub const fn page(status: u16, code: &'static str, description: &'static str) -> Self {
        Self {
            status,
            code,
            description: Cow::Borrowed(description),
            shape: Shape::Page,
            headers: Vec::new(),
            cause: None,
            about: None,
        }
    }

    /// An answer to a program that administers people; `scim_type` is a detail error keyword, or empty.
    #[must_use]
    pub const fn scim(status: u16, scim_type: &'static str, description: &'static str) -> Self {
        let description = Cow::Borrowed(description);
        Self { status, code: scim_type, description, shape: Shape::Scim, headers: Vec::new(), cause: None, about: None }
    }

    /// Names the SCIM attribute or the registration member that is refused.
    #[must_use]
    pub const fn about(mut self, name: &'static str) -> Self {
        self.about = Some(name);
        self
    }

    /// Adds a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Adds the cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl ToString) -> Self {
        self.cause = Some(cause.to_string());
        self
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl From<NotEntitled> for Failure {
    fn from(refusal: NotEntitled) -> Self {
        Refused::not_entitled(&refusal).into()
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl Failure {
    /// The cause for the log.
    #[must_use]
    pub fn cause(&self) -> String {
        match self {
            Self::Fault(fault) => fault.to_string(),
            Self::Refused(refused) => refused.cause.clone().unwrap_or_else(|| refused.description.clone().into_owned()),
            Self::Rendered(_, cause) => cause.clone(),
            Self::Returned(_, rejection) => rejection.to_string(),
        }
    }

    /// The same failure as a SCIM error.
    #[must_use]
    pub fn for_scim(self) -> Self {
        match self {
            fault @ Self::Fault(_) => fault.for_programs().for_scim(),
            Self::Refused(Refused {
                shape: Shape::Json | Shape::Page, status, description, headers, cause, ..
            }) => Self::Refused(Refused { description, headers, cause, ..Refused::scim(status, "", "") }),
            other => other,
        }
    }

    /// The same failure for a program: a fault becomes JSON (RFC 6749 section 5.2).
    #[must_use]
    pub fn for_programs(self) -> Self {
        match self {
            Self::Fault(fault) => {
                let refused = ours(&fault);
                Refused { shape: Shape::Json, ..refused }.because(fault).into()
            }
            other => other,
        }
    }

    #[must_use]
    pub fn into_response(self, look: Look<'_>, request_id: &str) -> Response {
        let refused = match self {
            Self::Fault(fault) => ours(&fault),
            Self::Refused(refused) => refused,
            Self::Rendered(response, _) => return response,
            Self::Returned(answer_to, rejection) => return deliver_refusal(look, &answer_to, rejection),
        };
        let Refused { status, code, description, shape, headers, about, .. } = refused;
        let as_page = || {
            let advice = Advice::for_code(code);
            page(status, ErrorPage { advice, code, description: &description, request_id, retry: None }.render(look))
        };
        let detail = about.map_or_else(|| description.clone().into_owned(), |about| format!("{about}: {description}"));
        let response = match shape {
            Shape::Page => as_page(),
            Shape::Json => Response::json(status, &ErrorBody { error: code, error_description: &detail })
                .unwrap_or_else(|_| as_page()),
            Shape::Scim => {
                let body = ScimErrorBody { schemas: [SCIM_ERROR], status: status.to_string(), scim_type: code, detail };
                Response::document(status, SCIM_JSON, &body).unwrap_or_else(|_| as_page())
            }
        };
        headers.into_iter().fold(response, |response, (name, value)| response.with(name, value))
    }
}

/// A fault as it looks from outside: it says only whether to try again.
fn ours(fault: &Fault) -> Refused {
    match fault {
        Fault::AheadOfTime
        | Fault::Busy(_)
        | Fault::Kv(_)
        | Fault::Late
        | Fault::Object(_)
        | Fault::OtherRelease(_) => {
            Refused::page(503, "temporarily_unavailable", "The server is busy. Try again in a moment.")
                .with("retry-after", "10")
        }
        Fault::Crypto(_) | Fault::Malformed(_) | Fault::Seal(_) => {
            Refused::page(500, "server_error", "The server could not carry out the request.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::{Brand, Catalogue};

    #[test]
    fn programs_are_told_when_to_try_again() {
        let brand = Brand::default();
        let look = Look { brand: &brand, catalogue: Catalogue::for_preferences("") };
        let faults = || [(Fault::Late, 503, Some("10")), (Fault::Malformed("a row".to_owned()), 500, None)];
        for shape in [Failure::for_programs, Failure::for_scim] {
            for (fault, status, retry_after) in faults() {
                let response = shape(fault.into()).into_response(look, "request");
                assert_eq!((response.status(), response.header("retry-after")), (status, retry_after));
                assert!(response.header("content-type").unwrap().contains("json"));
            }
        }
    }
}
