//! Whom an access token is for.

use super::model::Api;
use crate::base::Seconds;
use crate::base::address::{Parts, split};
use crate::lifetimes;
use crate::oauth::client::Client;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;

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

/// One way to write a resource indicator, for comparing.
fn spelling(resource: &str) -> String {
    let Some(Parts { scheme, authority, rest }) = split(resource) else {
        return resource.to_owned();
    };
    let rest = if rest == "/" { "" } else { rest };
    format!("{}://{}{rest}", scheme.to_ascii_lowercase(), authority.to_ascii_lowercase())
}

/// Whom an access token is for, and what it allows there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Target {
    /// Its `aud`.
    pub audiences: Vec<String>,
    /// Its `scope`: nothing that means something to nobody among the audiences.
    pub scopes: Scopes,
}

impl Target {
    /// For the `resources` asked for, within `scopes` (RFC 8707 section 2). Where none is asked for, the audiences follow
    /// from the scopes: every API that owns one, and the default API only where no scope says anything of an API.
    ///
    /// A token for one API carries no scope of another, which could otherwise use it there (RFC 9700 section 2.3). We are
    /// an audience beside the APIs where userinfo may be asked. Scopes of our administration are never mixed with those of
    /// an API that was not asked for by name: it would get a token that administers.
    #[must_use]
    pub fn of(apis: &[Api], issuer: &str, resources: &[String], scopes: &Scopes) -> Self {
        let administers = scopes.iter().any(OwnScope::is_of_administration);
        let mut audiences = match resources {
            [] if administers => Vec::new(),
            [] => implied(apis, scopes),
            resources => resources.to_vec(),
        };
        let is_for_us = scopes.contains(OwnScope::OpenId) || audiences.is_empty();
        if is_for_us && !audiences.iter().any(|audience| audience == issuer) {
            audiences.push(issuer.to_owned());
        }
        let belongs = |scope: &str| {
            let owner = apis.iter().find(|api| api.sentence(scope).is_some());
            let owner = owner.map_or(issuer, |api| &api.audience);
            audiences.iter().any(|audience| audience == owner)
        };
        let scopes = scopes.filtered(belongs);
        Self { audiences, scopes }
    }

    /// The audiences that are APIs: the resources that were granted, within which a later request can ask for fewer
    /// (RFC 8707 section 2.2).
    #[must_use]
    pub fn resources(&self, issuer: &str) -> Vec<String> {
        self.audiences.iter().filter(|audience| *audience != issuer).cloned().collect()
    }

    /// How long the access token of `client` lives: the shortest that an audience or the client allows.
    #[must_use]
    pub fn lifetime(&self, apis: &[Api], client: &Client) -> Seconds {
        let of_apis = apis.iter().filter(|api| self.audiences.contains(&api.audience));
        let of_apis = of_apis.map(|api| api.access_token_lifetime);
        of_apis.chain(client.registration.access_token_lifetime).min().unwrap_or(lifetimes::ACCESS_TOKEN)
    }

    /// The longest that an access token lives which is narrowed to a part of this one's audiences.
    #[must_use]
    pub fn longest_lifetime(&self, apis: &[Api], client: &Client) -> Seconds {
        let alone = |audience: &String| Self { audiences: vec![audience.clone()], scopes: Scopes::default() };
        let each = self.audiences.iter().map(|audience| alone(audience).lifetime(apis, client));
        each.max().unwrap_or(lifetimes::ACCESS_TOKEN)
    }
}

/// The APIs that own one of `scopes`, or the default API.
fn implied(apis: &[Api], scopes: &Scopes) -> Vec<String> {
    let asked = apis.iter().filter(|api| scopes.iter().any(|scope| api.sentence(scope).is_some()));
    let asked: Vec<String> = asked.map(|api| api.audience.clone()).collect();
    if !asked.is_empty() {
        return asked;
    }
    let default = apis.iter().find(|api| api.is_default).or(apis.first());
    default.map(|api| api.audience.clone()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::api::Description;

    const ISSUER: &str = "https://auth.example.com";
    const A: &str = "https://a.example";
    const B: &str = "https://b.example";

    fn apis() -> [Api; 2] {
        [
            r#"{"audience":"https://a.example","scopes":{"a.read":"See a","a.write":"Change a"},"access_token_lifetime":600}"#,
            r#"{"audience":"https://b.example","scopes":{"b.read":"See b"},"default":true}"#,
        ]
        .map(|text| match Description::parse(text) {
            Ok(Description::Api(api)) => api,
            other => panic!("{other:?}"),
        })
    }

    /// Audiences and scopes of a token.
    fn target(resources: &[&str], scopes: &str) -> (Vec<String>, String) {
        let resources: Vec<String> = resources.iter().map(|resource| (*resource).to_owned()).collect();
        let target = Target::of(&apis(), ISSUER, &resources, &Scopes::parse(scopes).unwrap());
        (target.audiences, target.scopes.to_string())
    }

    fn is(audiences: &[&str], scopes: &str) -> (Vec<String>, String) {
        (audiences.iter().map(|audience| (*audience).to_owned()).collect(), scopes.to_owned())
    }

    #[test]
    fn without_a_resource_the_audiences_follow_from_the_scopes() {
        assert_eq!(target(&[], "a.read"), is(&[A], "a.read"));
        assert_eq!(target(&[], "b.read a.read"), is(&[A, B], "b.read a.read"));
        assert_eq!(target(&[], "openid email a.read"), is(&[A, ISSUER], "openid email a.read"));
        assert_eq!(target(&[], "openid"), is(&[B, ISSUER], "openid"), "the default API");
        let alone = Target::of(&[], ISSUER, &[], &Scopes::parse("openid").unwrap());
        assert_eq!(alone.audiences, [ISSUER], "no API at all");
    }

    #[test]
    fn a_token_for_one_api_carries_no_scope_of_another() {
        assert_eq!(target(&[A], "a.read b.read"), is(&[A], "a.read"));
        assert_eq!(target(&[A], "openid email b.read"), is(&[A, ISSUER], "openid email"));
        assert_eq!(target(&[A], "email offline_access a.read"), is(&[A], "a.read"), "userinfo is not for it");
        assert_eq!(target(&[ISSUER], "openid email a.read"), is(&[ISSUER], "openid email"));
        assert_eq!(target(&[B], "a.read"), is(&[B], ""));
    }

    #[test]
    fn what_administers_is_for_us_alone() {
        assert_eq!(target(&[], "people:write a.read"), is(&[ISSUER], "people:write"));
        assert_eq!(target(&[A], "people:write a.read"), is(&[A], "a.read"));
        assert_eq!(target(&[A, ISSUER], "clients a.read"), is(&[A, ISSUER], "clients a.read"), "asked for by name");
    }

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
