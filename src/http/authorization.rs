//! The `Authorization` header (RFC 9110 section 11.6.2).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::percent::decode_form;
use super::request::Request;
use crate::base::Secret;

/// What the header holds.
#[derive(Debug, Eq, PartialEq)]
pub enum Authorization {
    /// An identifier and a secret (RFC 6749 section 2.3.1), both decoded.
    Basic {
        /// The client identifier.
        id: String,
        /// The client secret.
        secret: Secret<String>,
    },
    /// A bearer token (RFC 6750 section 2.1).
    Bearer(Secret<String>),
}

/// The header is there, but not as one of the two must be.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the Authorization header is malformed")]
pub struct MalformedAuthorization;

impl Authorization {
    /// Reads the header; `None` when there is none.
    ///
    /// # Errors
    /// When there is one in another form: it is not ignored.
    pub fn of(request: &Request) -> Result<Option<Self>, MalformedAuthorization> {
        request.header("authorization").map(Self::parse).transpose()
    }

    fn parse(value: &str) -> Result<Self, MalformedAuthorization> {
        let (scheme, credentials) = value.split_once(' ').ok_or(MalformedAuthorization)?;
        if scheme.eq_ignore_ascii_case("basic") {
            basic(credentials)
        } else if scheme.eq_ignore_ascii_case("bearer") && is_token68(credentials) {
            Ok(Self::Bearer(Secret::new(credentials.to_owned())))
        } else {
            Err(MalformedAuthorization)
        }
    }
}

/// RFC 7617 with the halves encoded as RFC 6749 section 2.3.1 demands: form-urlencoded before they are joined.
fn basic(credentials: &str) -> Result<Authorization, MalformedAuthorization> {
    let decoded = STANDARD.decode(credentials).map_err(|_| MalformedAuthorization)?;
    let mut halves = decoded.splitn(2, |byte| *byte == b':');
    let (Some(id), Some(secret)) = (halves.next(), halves.next()) else {
        return Err(MalformedAuthorization);
    };
    let id = decode_form(id).ok_or(MalformedAuthorization)?;
    let secret = decode_form(secret).ok_or(MalformedAuthorization)?;
    Ok(Authorization::Basic { id, secret: Secret::new(secret) })
}

/// RFC 9110 section 11.2: `1*( ALPHA / DIGIT / "-" / "." / "_" / "~" / "+" / "/" ) *"="`.
fn is_token68(text: &str) -> bool {
    let characters = text.trim_end_matches('=');
    !characters.is_empty() && characters.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &[u8]) -> String {
        format!("Basic {}", STANDARD.encode(text))
    }

    // spec: RFC 6749 section 2.3.1 - client identifier and secret are form-encoded inside the Basic credentials
    #[test]
    fn both_halves_are_form_decoded() {
        let expected = Authorization::Basic { id: "a:b c".to_owned(), secret: Secret::new("%+:".to_owned()) };
        assert_eq!(Authorization::parse(&encoded(b"a%3Ab+c:%25%2B:")), Ok(expected));
    }

    // spec: RFC 9110 section 11.1 - the authentication scheme is not case sensitive
    #[test]
    fn the_scheme_is_not_case_sensitive() {
        assert!(matches!(Authorization::parse("bEARER abc"), Ok(Authorization::Bearer(_))));
        assert!(Authorization::parse(&encoded(b"a:b").replace("Basic", "bASIC")).is_ok());
    }

    // spec: RFC 6750 section 2.1 - a malformed Authorization header is refused
    #[test]
    fn malformed_ones_are_not_taken_for_none() {
        let good = encoded(b"abcd:efgh");
        let cases = [
            "",
            "Basic",
            "Bearer",
            "Bearer ",
            "Bearer a b",
            "Bearer a, Bearer b",
            "Bearer\tabc",
            "Token abc",
            &encoded(b"no colon"),
            &encoded(b"a:%"),
            &encoded(b"a:\xff"),
            &format!("{good} "),
            &format!("{good}="),
            &good.replace("Basic ", "Basic  "),
            &good.replace(' ', "\t"),
            "Basic YTpi!",
            "Basic YTpiOg",
        ];
        for value in cases {
            assert_eq!(Authorization::parse(value), Err(MalformedAuthorization), "{value:?}");
        }
    }
}
