//! Resource indicators (RFC 8707 section 2): the names by which a request says which APIs its tokens are for.

use crate::base::address::{Parts, split};

/// Those of `known` that the resource indicators `sent` name, each once; nothing when one of them names none. What is known
/// is what stays: a token says its audience as the deployment writes it, whatever the request wrote.
///
/// An identifier is compared as text, except that case means nothing in scheme and host, and that an origin may have its slash
/// or not (RFC 3986 sections 6.2.2.1 and 6.2.3): libraries that keep it as a URL write the slash without being asked. Behind a
/// path a slash is another resource.
#[must_use]
pub fn named<'a>(known: &[&str], sent: impl Iterator<Item = &'a str>) -> Option<Vec<String>> {
    let mut named = Vec::new();
    for sent in sent {
        // Where two differ in nothing else, the one that was written is meant.
        let as_written = known.iter().find(|known| **known == sent);
        let one = as_written.or_else(|| known.iter().find(|known| spelling(known) == spelling(sent)))?;
        if !named.iter().any(|before| before == one) {
            named.push((*one).to_owned());
        }
    }
    Some(named)
}

/// Whether two identifiers name one resource, as [`named`] compares them.
#[must_use]
pub fn is_same(one: &str, other: &str) -> bool {
    spelling(one) == spelling(other)
}

/// One way to write a resource indicator, for comparing.
fn spelling(resource: &str) -> String {
    let Some(Parts { scheme, authority, rest }) = split(resource) else {
        return resource.to_owned();
    };
    let rest = if rest == "/" { "" } else { rest };
    format!("{}://{}{rest}", scheme.to_ascii_lowercase(), authority.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "https://a.example";

    // spec: RFC 8707 section 2 - a resource is named by its identifier; scheme and host in any case, an origin with its slash or not
    #[test]
    fn an_identifier_has_few_spellings() {
        let known = [A, "https://b.example/", "https://c.example:8443/mcp"];
        for (sent, expected) in [
            ("https://a.example", A),
            ("https://a.example/", A),
            ("HTTPS://A.Example", A),
            ("https://b.example", "https://b.example/"),
            ("https://C.example:8443/mcp", "https://c.example:8443/mcp"),
        ] {
            assert_eq!(named(&known, [sent].into_iter()), Some(vec![expected.to_owned()]), "{sent}");
        }
        for sent in [
            "https://c.example:8443/mcp/",
            "https://c.example:8443/MCP",
            "https://c.example:8443",
            "https://c.example/mcp",
            "http://a.example",
            "https://a.example//",
            "https://a.example/?",
            "https://a.example/#",
            "https://a.example#",
            "https://a.example.evil.example",
            "https://x@a.example",
            "https:/a.example",
            "a.example",
            "/",
            "",
        ] {
            assert_eq!(named(&known, [sent].into_iter()), None, "{sent}");
            assert_eq!(named(&known, [A, sent].into_iter()), None, "{sent}: one unknown is enough");
        }
        assert_eq!(named(&known, [A, "https://a.example/"].into_iter()), Some(vec![A.to_owned()]), "each once");
        assert_eq!(named(&["https://a.example/", A], [A].into_iter()), Some(vec![A.to_owned()]), "as it is written");
    }
}
