//! Why an authorization request is not answered with a code.

use crate::oauth::token::entitlement::NotEntitled;

/// Why nothing can be sent back: the user gets a page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unanswerable {
    /// `client_id` is missing or malformed.
    NoClient,
    /// `client_id` is an address, where no client is described that is taken.
    UndescribedClient,
    /// There is no such client.
    UnknownClient,
    /// `redirect_uri` is missing. It is not guessed, even where only one is registered.
    NoRedirectUri,
    /// `redirect_uri` is not one of the client's.
    UnregisteredRedirectUri,
}

impl Unanswerable {
    pub const ALL: [Self; 5] = [
        Self::NoClient,
        Self::UndescribedClient,
        Self::UnknownClient,
        Self::NoRedirectUri,
        Self::UnregisteredRedirectUri,
    ];

    /// The error code on the page.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoClient | Self::NoRedirectUri | Self::UnregisteredRedirectUri => "invalid_request",
            Self::UndescribedClient | Self::UnknownClient => "invalid_client",
        }
    }

    /// What the page says of it.
    #[must_use]
    pub const fn description(self) -> &'static str {
        match self {
            Self::NoClient => "The client_id parameter is missing.",
            Self::UndescribedClient => {
                "The client_id is a URL, and its client metadata document is missing or invalid."
            }
            Self::UnknownClient => "The app is not registered with this server.",
            Self::NoRedirectUri => "The redirect_uri parameter is missing.",
            Self::UnregisteredRedirectUri => "The redirect_uri is not registered for this app.",
        }
    }
}

/// Why a request is refused; the client is told (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// The user declined.
    #[error("The user denied the request.")]
    AccessDenied,
    /// `prompt=none`, but it is not clear for whom.
    #[error("The user must choose an account.")]
    AccountSelectionRequired,
    /// `prompt=none`, but consent is needed.
    #[error("The user must give consent.")]
    ConsentRequired,
    /// `claims` is not what OpenID Connect Core section 5.5 describes.
    #[error("The claims parameter must be a JSON object as defined in OpenID Connect Core section 5.5.")]
    Claims,
    /// `code_challenge` is malformed or lacks its method.
    #[error("A code_challenge with the method S256 is required.")]
    Challenge,
    /// `id_token_hint` is no ID token of ours for this client.
    #[error("The id_token_hint must be an ID token that this server issued to the client.")]
    IdTokenHint,
    /// A parameter is too long.
    #[error("A parameter of the request is too long.")]
    Length,
    /// `gr_link` is none of ours for this client and API, or too old.
    #[error("The gr_link is invalid or expired. Request a new authorization_url.")]
    Link,
    /// `prompt=none`, but nobody is signed in.
    #[error("The user must sign in.")]
    LoginRequired,
    /// `max_age` is no number of seconds.
    #[error("The max_age parameter must be a number of seconds.")]
    MaxAge,
    /// `response_type` is missing.
    #[error("The response_type parameter is missing.")]
    NoResponseType,
    /// No token could have what is asked for.
    #[error(transparent)]
    NotEntitled(#[from] NotEntitled),
    /// `prompt` is not a list of its values, or `none` is not alone.
    #[error("The prompt parameter must be none, or a list of login, consent and select_account.")]
    Prompt,
    /// Registration in the request (OpenID Connect Core section 7.2.1).
    #[error("The registration parameter is not supported.")]
    Registration,
    /// A request object (RFC 9101).
    #[error("The request parameter is not supported.")]
    RequestObject,
    /// A request by reference (RFC 9101).
    #[error("The request_uri parameter is not supported.")]
    RequestUri,
    /// `response_mode` is another.
    #[error("The response_mode is not supported.")]
    ResponseMode,
    /// `response_type` is another.
    #[error("Only the response_type code is supported.")]
    ResponseType,
    /// No sign-in here reaches an authentication context class that is essential to the client.
    #[error("This server does not support the way of authentication that the claims parameter requires.")]
    UnmetAuthentication,
    /// The client may not use this endpoint.
    #[error("The client is not allowed to use the authorization code grant.")]
    UnauthorizedClient,
}

impl Rejection {
    pub const ALL: [Self; 23] = [
        Self::AccessDenied,
        Self::AccountSelectionRequired,
        Self::ConsentRequired,
        Self::Claims,
        Self::Challenge,
        Self::IdTokenHint,
        Self::Length,
        Self::Link,
        Self::LoginRequired,
        Self::MaxAge,
        Self::NoResponseType,
        Self::NotEntitled(NotEntitled::Nothing),
        Self::NotEntitled(NotEntitled::Scope),
        Self::NotEntitled(NotEntitled::Resource),
        Self::NotEntitled(NotEntitled::Several(String::new())),
        Self::Prompt,
        Self::Registration,
        Self::RequestObject,
        Self::RequestUri,
        Self::ResponseMode,
        Self::ResponseType,
        Self::UnmetAuthentication,
        Self::UnauthorizedClient,
    ];

    /// The error code for the client.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied => "access_denied",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::ConsentRequired => "consent_required",
            Self::Claims
            | Self::Challenge
            | Self::IdTokenHint
            | Self::Length
            | Self::Link
            | Self::MaxAge
            | Self::NoResponseType
            | Self::Prompt
            | Self::ResponseMode => "invalid_request",
            Self::LoginRequired => "login_required",
            Self::NotEntitled(not_entitled) => not_entitled.error().code(),
            Self::Registration => "registration_not_supported",
            Self::RequestObject => "request_not_supported",
            Self::RequestUri => "request_uri_not_supported",
            Self::ResponseType => "unsupported_response_type",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnmetAuthentication => "unmet_authentication_requirements",
        }
    }
}
