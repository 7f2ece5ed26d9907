//! Requests.

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Method {
    Delete,
    Get,
    Head,
    Options,
    /// Any other.
    Other,
    Patch,
    Post,
    Put,
}

impl Method {
    /// From its name, which is case-sensitive (RFC 9110 section 9.1).
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text {
            "DELETE" => Self::Delete,
            "GET" => Self::Get,
            "HEAD" => Self::Head,
            "OPTIONS" => Self::Options,
            "PATCH" => Self::Patch,
            "POST" => Self::Post,
            "PUT" => Self::Put,
            _ => Self::Other,
        }
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Options => "OPTIONS",
            Self::Other => "OTHER",
            Self::Patch => "PATCH",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// The body of a request, read up to a limit.
#[derive(Clone, Eq, PartialEq)]
pub enum Body {
    Complete(Vec<u8>),
    /// It was longer than the limit and was not read.
    TooLarge,
    /// The connection ended before it did.
    Unreadable,
}

/// Where the network says that an address is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Location {
    pub city: Option<String>,
    /// The country, by its code (ISO 3166-1 alpha-2).
    pub country: Option<String>,
}

/// A request. It has no `Debug`: what it carries must not reach a log.
#[derive(Clone)]
pub struct Request {
    method: Method,
    origin: String,
    path: String,
    query: Option<String>,
    headers: Vec<(String, String)>,
    body: Body,
}

impl Request {
    /// A request to `origin` (scheme, host and port as the platform understood them) for `path` and `query`, both still
    /// encoded. The names of `headers` are in lower case, repeated ones joined by `", "`.
    #[must_use]
    pub const fn new(
        method: Method,
        origin: String,
        path: String,
        query: Option<String>,
        headers: Vec<(String, String)>,
        body: Body,
    ) -> Self {
        Self { method, origin, path, query, headers, body }
    }

    #[must_use]
    pub const fn method(&self) -> Method {
        self.method
    }

    /// Scheme, host and port that the request was sent to. It is compared with the issuer, and never used to make links.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The path, still encoded: paths are compared, never decoded.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The query, still encoded, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.query.as_deref()
    }

    /// The value of a header, by its name in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    #[must_use]
    pub const fn body(&self) -> &Body {
        &self.body
    }
}
