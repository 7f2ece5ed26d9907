//! What can be wrong with the description of an API.

/// What is wrong with a description. It names members of the JSON, never what they hold.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApiProblem {
    /// The audience is no absolute URI, or has a fragment (RFC 8707 section 2).
    #[error("its audience must be an absolute URI without a fragment")]
    Audience,
    /// It continues an API, and has a setting beside its scopes.
    #[error("it continues another API, so it can have no {0}")]
    Continuation(String),
    /// The facade's prefix is no single segment of a path.
    #[error("its facade must be one segment of a path, of letters, digits and - . _ ~")]
    Facade,
    /// The facade's prefix is how one of Grantry's own addresses begins, or will begin.
    #[error("its facade cannot be {0}, which is reserved for addresses of Grantry's own")]
    FacadeReserved(String),
    /// An introspection client is no client identifier.
    #[error("its introspection_clients must be client identifiers")]
    IntrospectionClient,
    /// A text is given in a language other than English.
    #[error("the scope {0} has a text in a language other than en, which is not supported yet")]
    Language(String),
    /// The lifetime is not between one minute and one day.
    #[error("its access_token_lifetime must be between 60 and 86400 seconds")]
    Lifetime,
    /// A member is not of its type, or not one of the values that it can have.
    #[error("its {0} has a value that it cannot have")]
    Malformed(String),
    /// A member asks for a feature that this release does not have.
    #[error("its {0} asks for something that is not supported yet")]
    NotSupported(String),
    /// A scope is malformed or one of ours.
    #[error("its scopes must be scope values that are not OpenID Connect's or Grantry's own")]
    Scope,
    /// A scope has no description.
    #[error("each of its scopes needs a text that people understand")]
    Sentence,
    /// Not the JSON that is expected.
    #[error("must be JSON: {{\"audience\": \"https://...\", \"scopes\": {{\"scope\": \"text\"}}}}")]
    Syntax,
    /// A member or a scope is there twice.
    #[error("it has {0} twice")]
    Twice(String),
    /// A member that is not known.
    #[error("it has {0}, which is not a setting")]
    Unknown(String),
}
