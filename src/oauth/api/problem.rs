//! What can be wrong with the description of an API.

/// What is wrong with a description. It names members of the JSON, never what they hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApiProblem {
    /// The audience is no absolute URI, or has a fragment (RFC 8707 section 2).
    #[error("audience must be an absolute URI without a fragment")]
    Audience,
    /// It continues an API, and has a setting beside its scopes.
    #[error("{0} is not allowed together with continues; set it where the API is described")]
    Continuation(String),
    /// The facade's prefix is no single segment of a path.
    #[error("facade must be one segment of a path, with 1 to 64 letters, digits and - . _ ~")]
    Facade,
    /// The facade's prefix is how one of Grantry's own addresses begins, or will begin.
    #[error("facade must not be {0}, which is reserved for Grantry's own paths")]
    FacadeReserved(String),
    /// An introspection client is no client identifier.
    #[error("introspection_clients must be a list of client identifiers")]
    IntrospectionClient,
    /// A text is given in a language other than English.
    #[error("the text of the scope {0} must be in English (en) only; other languages are not supported yet")]
    Language(String),
    /// The lifetime is not between one minute and one day.
    #[error("access_token_lifetime must be between 60 and 86400 seconds")]
    Lifetime,
    /// A member is not of its type, or not one of the values that it can have.
    #[error("the value of {0} is not allowed; docs/reference.md lists the values")]
    Malformed(String),
    /// A member asks for a feature that this release does not have.
    #[error("the value of {0} is not supported yet; docs/reference.md lists the values that are")]
    NotSupported(String),
    /// A scope is malformed, or belongs to `OpenID` Connect or Grantry.
    #[error("scopes must not have a malformed scope value, or one that OpenID Connect or Grantry defines")]
    Scope,
    /// A scope has no description.
    #[error("each scope must have a text that tells users what it allows, like \"See your reservations\"")]
    Sentence,
    /// Not the JSON that is expected.
    #[error("must be JSON of the form {{\"audience\": \"https://...\", \"scopes\": {{\"scope\": \"text\"}}}}")]
    Syntax,
    /// A member or a scope is there twice.
    #[error("{0} must not be set twice")]
    Twice(String),
    /// A member that is not known.
    #[error("{0} is not a known setting; check its spelling")]
    Unknown(String),
}
