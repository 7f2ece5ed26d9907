//! The query of a list (RFC 7644 section 3.4.2).

use super::answer::invalid_value;
use super::schema::USER;
use crate::endpoints::Refused;
use crate::http::Parameters;
use crate::sign_in::login_name::LoginName;
use crate::store::directory::List;

/// How many people a page has if nothing is said.
const PAGE: u32 = 100;

/// The most people of a page.
pub const LONGEST_PAGE: u32 = 200;

/// What is asked for.
#[derive(Debug)]
pub struct Query {
    /// The first to give, counted from 1.
    pub start: u32,
    /// What the directory is asked; `None` when nobody can match.
    pub list: Option<List>,
}

/// Reads the parameters.
///
/// # Errors
/// `invalidFilter`, `invalidValue`.
pub fn query(parameters: &Parameters) -> Result<Query, Refused> {
    let number = |name: &'static str| match parameters.get(name).map(str::parse::<i64>) {
        None => Ok(None),
        Some(Ok(number)) => Ok(Some(number)),
        Some(Err(_)) => Err(invalid_value(name, "This must be a whole number.")),
    };
    // "A value less than 1 SHALL be interpreted as 1", "a negative value SHALL be interpreted as 0".
    let start = number("startIndex")?.unwrap_or(1).clamp(1, i64::from(u32::MAX));
    let count = number("count")?.unwrap_or(i64::from(PAGE)).clamp(0, i64::from(LONGEST_PAGE));
    let (start, count) = (u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(count).unwrap_or(LONGEST_PAGE));
    let skip = start.saturating_sub(1);
    let list = match parameters.get("filter").map(user_name).transpose()? {
        None => Some(List { user_name: None, skip, count }),
        Some(None) => None,
        Some(user_name) => Some(List { user_name, skip, count }),
    };
    Ok(Query { start, list })
}

/// The name in `userName eq "…"`, the one filter that is supported; `None` for one that nobody can have.
fn user_name(filter: &str) -> Result<Option<LoginName>, Refused> {
    let unsupported = || Refused::scim(400, "invalidFilter", "The filter must have the form userName eq \"…\".");
    let (attribute, rest) = filter.trim().split_once(' ').ok_or_else(unsupported)?;
    let (operator, literal) = rest.trim_start().split_once(' ').ok_or_else(unsupported)?;
    let attribute = match attribute.rsplit_once(':') {
        Some((schema, attribute)) if schema.eq_ignore_ascii_case(USER) => attribute,
        Some(_) => return Err(unsupported()),
        None => attribute,
    };
    if !attribute.eq_ignore_ascii_case("userName") || !operator.eq_ignore_ascii_case("eq") {
        return Err(unsupported());
    }
    let name: String = serde_json::from_str(literal).map_err(|_| unsupported())?;
    Ok(LoginName::parse(&name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> Result<(u32, Option<List>), Refused> {
        query(&Parameters::parse(text.as_bytes()).unwrap()).map(|query| (query.start, query.list))
    }

    // spec: RFC 7644 section 3.4.2.4 - a startIndex below 1 is 1, a negative count is 0
    #[test]
    fn pages_are_bounded() {
        for (text, start, skip, count) in [
            ("", 1, 0, 100),
            ("startIndex=0&count=0", 1, 0, 0),
            ("startIndex=-5&count=-1", 1, 0, 0),
            ("startIndex=3&count=7", 3, 2, 7),
            ("startIndex=9223372036854775807&count=9223372036854775807", u32::MAX, u32::MAX - 1, 200),
        ] {
            let (found, list) = list(text).unwrap();
            let list = list.unwrap();
            assert_eq!((found, list.skip, list.count), (start, skip, count), "{text}");
        }
        for text in ["count=x", "startIndex=1.5", "count=9223372036854775808"] {
            assert!(list(text).is_err(), "{text}");
        }
    }

    // spec: RFC 7644 section 3.4.2.2 - names and operators of a filter are not case sensitive
    #[test]
    fn one_filter() {
        for text in [
            "filter=userName+eq+%22Ada%22",
            "filter=USERNAME+EQ+%22ada%22",
            "filter=urn:ietf:params:scim:schemas:core:2.0:User:userName+eq+%22\\u0061da%22",
        ] {
            let (_, list) = list(text).unwrap();
            assert_eq!(list.unwrap().user_name.unwrap().as_str(), "ada", "{text}");
        }
        assert!(list("filter=userName+eq+%22%22").unwrap().1.is_none(), "nobody has the empty name");
        for text in [
            "filter=userName",
            "filter=userName+eq+ada",
            "filter=userName+co+%22a%22",
            "filter=password+eq+%22a%22",
            "filter=userName+eq+%22a%22+or+userName+eq+%22b%22",
            "filter=urn:other:userName+eq+%22a%22",
            "filter=userName+eq+%22a",
        ] {
            assert!(list(text).is_err(), "{text}");
        }
    }
}
