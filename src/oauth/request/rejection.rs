//! Why an authorization request is not answered with a code.

/// Why nothing can be sent back: the person gets a page.
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
    /// All of them.
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
            Self::NoClient => "The request does not say which app it comes from.",
            Self::UndescribedClient => {
                "The address that the app is called by does not describe an app that is taken here."
            }
            Self::UnknownClient => "This app is not registered here.",
            Self::NoRedirectUri => "The request does not say where to go back to.",
            Self::UnregisteredRedirectUri => "The address to go back to is not registered for this app.",
        }
    }
}

/// Why a request is refused; the client is told (RFC 6749 section 4.1.2.1, OpenID Connect Core section 3.1.2.6).
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Rejection {
    /// The person declined.
    #[error("The person did not allow the request.")]
    AccessDenied,
    /// `prompt=none`, but it is not clear for whom.
    #[error("The person has to choose an account.")]
    AccountSelectionRequired,
    /// `prompt=none`, but consent is needed.
    #[error("The person has to consent.")]
    ConsentRequired,
    /// `claims` is not what OpenID Connect Core section 5.5 describes.
    #[error("claims has to be a JSON object as OpenID Connect Core section 5.5 has it.")]
    Claims,
    /// `code_challenge` is malformed or lacks its method.
    #[error("The request needs a code_challenge of method S256.")]
    Challenge,
    /// `id_token_hint` is no ID token of ours for this client.
    #[error("id_token_hint has to be an ID token that this server issued to the client.")]
    IdTokenHint,
    /// A parameter is too long.
    #[error("A parameter of the request is too long.")]
    Length,
    /// `gr_link` is none of ours for this client and API, or too old.
    #[error("gr_link is not valid, or not any more: ask for a new authorization_url.")]
    Link,
    /// `prompt=none`, but nobody is signed in.
    #[error("The person has to sign in.")]
    LoginRequired,
    /// `max_age` is no number of seconds.
    #[error("max_age has to be a number of seconds.")]
    MaxAge,
    /// `response_type` is missing.
    #[error("The request has no response_type.")]
    NoResponseType,
    /// `prompt` is not a list of its values, or `none` is not alone.
    #[error("prompt has to be none alone, or any of login, consent and select_account.")]
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
    /// A resource that is no API of ours, or that none of the scopes is about (RFC 8707 section 2).
    #[error("A resource is not an API of this server, or no scope that is asked for is about it.")]
    Resource,
    /// `response_mode` is another.
    #[error("The response_mode is not supported.")]
    ResponseMode,
    /// `response_type` is another.
    #[error("Only the response_type code is supported.")]
    ResponseType,
    /// The scope is malformed, or not one that the client may ask for.
    #[error("The scope is malformed or not one that this client may ask for.")]
    Scope,
    /// No sign-in here reaches an authentication context class that is essential to the client.
    #[error("The authentication that the client needs is not possible here.")]
    UnmetAuthentication,
    /// The client may not use this endpoint.
    #[error("The client may not use the authorization code grant.")]
    UnauthorizedClient,
}

impl Rejection {
    /// All of them.
    pub const ALL: [Self; 21] = [
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
        Self::Prompt,
        Self::Registration,
        Self::RequestObject,
        Self::RequestUri,
        Self::Resource,
        Self::ResponseMode,
        Self::ResponseType,
        Self::Scope,
        Self::UnmetAuthentication,
        Self::UnauthorizedClient,
    ];

    /// The error code for the client.
    #[must_use]
    pub const fn code(self) -> &'static str {
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
            Self::Registration => "registration_not_supported",
            Self::RequestObject => "request_not_supported",
            Self::RequestUri => "request_uri_not_supported",
            Self::Resource => "invalid_target",
            Self::ResponseType => "unsupported_response_type",
            Self::Scope => "invalid_scope",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnmetAuthentication => "unmet_authentication_requirements",
        }
    }
}
