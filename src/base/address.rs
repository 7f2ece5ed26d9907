//! Addresses: URLs as the WHATWG URL Standard reads them, which is how browsers and the platform read them.
//!
//! What is parsed here is judged, never sent on or compared: redirect URIs and identifiers stay the text that they were
//! written as (RFC 9700 section 2.1). [`split`] takes such a text apart where it stands.

use url::{Host, Url};

/// A URL that was read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address<'a> {
    text: &'a str,
    url: Url,
}

/// The parts of a text that begins as `scheme://authority`, as they were written (RFC 3986 section 3).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Parts<'a> {
    /// Before `://`.
    pub scheme: &'a str,
    /// User, host and port.
    pub authority: &'a str,
    /// Path, query and fragment.
    pub rest: &'a str,
}

/// Takes `text` apart; `None` when it has no authority.
#[must_use]
pub fn split(text: &str) -> Option<Parts<'_>> {
    let (scheme, rest) = text.split_once("://").filter(|(scheme, _)| !scheme.contains(['/', '?', '#']))?;
    let (authority, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    Some(Parts { scheme, authority, rest })
}

/// Who receives what is sent to an address in normal form: its scheme and, where it has one, its host and port.
#[must_use]
pub fn receiver(address: &str) -> &str {
    match split(address) {
        Some(parts) => address.strip_suffix(parts.rest).unwrap_or(address),
        None => address.split(':').next().unwrap_or_default(),
    }
}

/// `address` with `query` behind the query that it has, which stays as it is.
#[must_use]
pub fn with_query(address: &str, query: &str) -> String {
    let joint = if address.contains('?') { "&" } else { "?" };
    [address, joint, query].concat()
}

/// Host and port of an address in normal form; empty where it has none.
#[must_use]
pub fn host_and_port(address: &str) -> &str {
    split(address).map_or("", |parts| parts.authority)
}

impl<'a> Address<'a> {
    /// Reads an absolute URL.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Self> {
        Url::parse(text).ok().map(|url| Self { text, url })
    }

    /// The scheme in lower case.
    #[must_use]
    pub fn scheme(&self) -> &str {
        self.url.scheme()
    }

    /// The host: a name in lower case, or an IP address in its usual spelling.
    #[must_use]
    pub fn host(&self) -> Option<&str> {
        self.url.host_str()
    }

    /// The host if it is a name, not an IP address.
    #[must_use]
    pub fn host_name(&self) -> Option<&str> {
        self.url.domain()
    }

    /// The port, unless it is the scheme's own.
    #[must_use]
    pub fn port(&self) -> Option<u16> {
        self.url.port()
    }

    /// Scheme, host and port of an http or https address; `None` for any other scheme.
    #[must_use]
    pub fn origin(&self) -> Option<String> {
        ["http", "https"].contains(&self.scheme()).then(|| self.url.origin().ascii_serialization())
    }

    #[must_use]
    pub fn path(&self) -> &str {
        self.url.path()
    }

    /// The query, without the question mark.
    #[must_use]
    pub fn query(&self) -> Option<&str> {
        self.url.query()
    }

    /// The names of the parameters in the query, decoded.
    pub fn parameter_names(&self) -> impl Iterator<Item = String> {
        self.url.query_pairs().map(|(name, _)| name.into_owned())
    }

    /// Whether there is a fragment, however short.
    #[must_use]
    pub fn has_fragment(&self) -> bool {
        self.url.fragment().is_some()
    }

    /// Whether there is a user or a password.
    #[must_use]
    pub fn has_user(&self) -> bool {
        !self.url.username().is_empty() || self.url.password().is_some()
    }

    /// Whether relative addresses can be resolved against it: it has a host or a path that begins with a slash.
    #[must_use]
    pub fn is_base(&self) -> bool {
        !self.url.cannot_be_a_base()
    }

    /// Whether the host is this very machine: `127.0.0.1`, `[::1]` (RFC 8252 section 7.3) or `localhost`. The rest of
    /// `127.0.0.0/8` is not: another program may listen there.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        match self.url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.octets() == [127, 0, 0, 1],
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }

    /// Whether the text is what every parser reads in the same way: exactly what the parser would write. An origin alone may
    /// be without its slash.
    #[must_use]
    pub fn is_normal(&self) -> bool {
        let is_origin = self.path() == "/" && self.query().is_none() && !self.has_fragment();
        self.url.as_str() == self.text || (is_origin && self.url.as_str().strip_suffix('/') == Some(self.text))
    }

    /// Whether the text names scheme, host and port as they were read, in any case, and nothing beside them: no user, no
    /// port that goes without saying, no slash too few or too many.
    #[must_use]
    pub fn says_its_origin(&self) -> bool {
        let said = split(self.text).zip(self.origin());
        said.is_some_and(|(parts, origin)| {
            format!("{}://{}", parts.scheme, parts.authority).eq_ignore_ascii_case(&origin)
        })
    }

    /// The address with one more parameter in its query.
    #[must_use]
    pub fn with_parameter(&self, name: &str, value: &str) -> String {
        let mut url = self.url.clone();
        url.query_pairs_mut().append_pair(name, value);
        url.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> Address<'_> {
        Address::parse(text).unwrap()
    }

    // spec: RFC 8252 section 7.3 - the loopback addresses are 127.0.0.1 and [::1]
    #[test]
    fn this_very_machine() {
        for text in ["http://localhost", "http://127.0.0.1:1/x", "http://[::1]:8080/", "https://localhost:8443"] {
            assert!(address(text).is_loopback(), "{text}");
        }
        for text in [
            "http://127.0.0.2/",
            "http://127.255.255.254/",
            "http://0.0.0.0/",
            "http://[::]/",
            "http://[::ffff:127.0.0.1]/",
            "http://localhost.example.com/",
            "http://localhost./",
            "http://api.localhost/",
            "http://localhost@evil.example/",
            "com.example.app:/localhost",
        ] {
            assert!(!address(text).is_loopback(), "{text}");
        }
    }

    #[test]
    fn origins() {
        for (text, origin) in [
            ("https://a.example", Some("https://a.example")),
            ("HTTPS://A.example:443?d", Some("https://a.example")),
            ("http://user@[::1]:1/x", Some("http://[::1]:1")),
            ("com.example.app:/callback", None),
        ] {
            assert_eq!(address(text).origin().as_deref(), origin, "{text}");
        }
    }

    #[test]
    fn receivers_and_hosts_of_normal_forms() {
        for (text, receiver, host) in [
            ("https://a.example", "https://a.example", "a.example"),
            ("https://a.example/", "https://a.example", "a.example"),
            ("https://a.example:8443/b://c?d", "https://a.example:8443", "a.example:8443"),
            ("https://a.example?d", "https://a.example", "a.example"),
            ("http://[::1]:1/x", "http://[::1]:1", "[::1]:1"),
            ("com.example.app:/callback", "com.example.app", ""),
        ] {
            assert!(address(text).is_normal() || text.contains("?d"), "{text}");
            assert_eq!((super::receiver(text), host_and_port(text)), (receiver, host), "{text}");
        }
    }

    #[test]
    fn normal_form() {
        for text in ["https://a.example", "https://a.example/", "https://a.example/b?c", "com.example.app:/x"] {
            assert!(address(text).is_normal(), "{text}");
        }
        for text in ["https://A.example/", "https://a.example:443/", "https://a.example/b/../c", "https:a.example"] {
            assert!(!address(text).is_normal(), "{text}");
        }
    }

    #[test]
    fn an_origin_is_said_as_it_is_read() {
        for text in ["https://a.example/b/../c", "HTTPS://A.example:8443#x", "http://[::1]:1?x"] {
            assert!(address(text).says_its_origin(), "{text}");
        }
        for text in [
            "https:a.example",
            "https:///a.example",
            "https://user@a.example/",
            "https://a.example:/",
            "https://a.example:443/",
            "https://0x7f.1/",
            "https:\\\\a.example",
            "com.example.app://x",
        ] {
            assert!(!address(text).says_its_origin(), "{text}");
        }
    }

    #[test]
    fn parts_are_as_they_were_written() {
        let parts = |text| split(text).map(|Parts { scheme, authority, rest }| (scheme, authority, rest));
        assert_eq!(parts("API://User@Host:1/a?b#c"), Some(("API", "User@Host:1", "/a?b#c")));
        assert_eq!(parts("https://a.example?x=b://c"), Some(("https", "a.example", "?x=b://c")));
        assert_eq!(parts("urn:a?x=b://c"), None);
        assert_eq!(parts("urn:a"), None);
    }
}
