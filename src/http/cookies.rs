//! Cookies (RFC 6265).

use super::request::Request;

/// The value of the first cookie named `name`.
#[must_use]
pub fn cookie<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let pairs = request.header("cookie")?.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.into_iter().find(|(known, _)| *known == name).map(|(_, value)| value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::{Body, Method};

    // spec: RFC 6265 section 4.2.1 - a cookie is found by its whole name
    #[test]
    fn by_its_whole_name() {
        let headers = vec![("cookie".to_owned(), "a=1; __Host-b=2;b=3; b=4".to_owned())];
        let request =
            Request::new(Method::Get, String::new(), String::new(), None, headers, Body::Complete(Vec::new()));
        assert_eq!(cookie(&request, "__Host-b"), Some("2"));
        assert_eq!(cookie(&request, "b"), Some("3"));
        assert_eq!(cookie(&request, "Host-b"), None);
    }
}
