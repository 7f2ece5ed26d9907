//! APIs: resource servers that tokens of ours are for (RFC 8707), and the scopes that belong to them.

use serde::Deserialize;

use super::client::{Client, ClientId};
use crate::base::address::{Parts, split};
use crate::base::{Address, Seconds};
use crate::lifetimes;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;

/// One API, as the var `API_<NAME>` describes it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Api {
    /// Its resource indicator (RFC 8707 section 2): the `aud` of its tokens.
    pub audience: String,
    /// Its scopes, each with the sentence that users are asked.
    pub scopes: Vec<(String, String)>,
    /// How long its access tokens live.
    pub access_token_lifetime: Seconds,
    /// Whether tokens are for it when the request names no resource and asks for no API's scope.
    pub is_default: bool,
    /// The clients that are this API's own servers: who may introspect its tokens (RFC 7662 section 4).
    pub introspection_clients: Vec<ClientId>,
    /// Under which first segment of the path its JSON facade is, if it has one.
    pub facade: Option<String>,
    /// Whether clients that nobody vouches for may ask users for its scopes.
    pub is_open: bool,
}

/// What is wrong with the description of an API.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ApiProblem {
    /// The audience is no absolute URI, or has a fragment (RFC 8707 section 2).
    #[error("its audience must be an absolute URI without a fragment")]
    Audience,
    /// The facade's prefix is no single segment of a path, or one of ours.
    #[error(
        "its facade must be one segment of a path, of letters, digits and - . _ ~, that Grantry does not use itself"
    )]
    Facade,
    /// An introspection client is no client identifier.
    #[error("its introspection_clients must be client identifiers")]
    IntrospectionClient,
    /// The lifetime is not between one minute and one day.
    #[error("its access_token_lifetime must be between 60 and 86400 seconds")]
    Lifetime,
    /// A scope is malformed or one of ours.
    #[error("its scopes must be scope values that are not OpenID Connect's or Grantry's own")]
    Scope,
    /// A scope has no description.
    #[error("each of its scopes needs a sentence that people understand")]
    Sentence,
    /// Not the JSON that is expected.
    #[error("must be JSON: {{\"audience\": \"https://...\", \"scopes\": {{\"scope\": \"sentence\"}}}}")]
    Syntax,
}

/// How paths of our own begin, those of the pages that are to come included: no facade can be there.
pub const OWN_SEGMENTS: [&str; 22] = [
    ".well-known",
    "account",
    "admin",
    "apps",
    "apps.json",
    "authorize",
    "consent",
    "developer",
    "health",
    "introspect",
    "jwks",
    "logged-out",
    "login",
    "logo",
    "logout",
    "mcp",
    "par",
    "register",
    "revoke",
    "scim",
    "token",
    "userinfo",
];

/// The longest prefix of a facade, in characters.
const LONGEST_FACADE: usize = 64;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    audience: String,
    scopes: serde_json::Map<String, serde_json::Value>,
    #[serde(default)]
    access_token_lifetime: Option<u32>,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    introspection_clients: Vec<String>,
    #[serde(default)]
    facade: Option<String>,
    #[serde(default)]
    self_registered_clients: bool,
}

impl Api {
    /// Parses `{"audience", "scopes": {scope: sentence}, "access_token_lifetime", "default", "introspection_clients",
    /// "facade", "self_registered_clients"}`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ApiProblem> {
        let text: Text = serde_json::from_str(text).map_err(|_| ApiProblem::Syntax)?;
        if !Address::parse(&text.audience).is_some_and(|audience| audience.is_base() && !audience.has_fragment()) {
            return Err(ApiProblem::Audience);
        }
        let lifetime = text.access_token_lifetime.map_or(lifetimes::ACCESS_TOKEN, Seconds::new);
        if !(lifetimes::SHORTEST_ACCESS_TOKEN..=lifetimes::LONGEST_ACCESS_TOKEN).contains(&lifetime) {
            return Err(ApiProblem::Lifetime);
        }
        let mut scopes = Vec::with_capacity(text.scopes.len());
        for (scope, sentence) in text.scopes {
            let single = Scopes::parse(&scope).is_ok_and(|parsed| parsed.iter().eq([scope.as_str()]));
            if !single || OwnScope::parse(&scope).is_some() {
                return Err(ApiProblem::Scope);
            }
            let sentence = sentence.as_str().map(str::trim).filter(|sentence| !sentence.is_empty());
            scopes.push((scope, sentence.ok_or(ApiProblem::Sentence)?.to_owned()));
        }
        if text.facade.as_deref().is_some_and(|facade| !may_be_facade(facade)) {
            return Err(ApiProblem::Facade);
        }
        let introspection_clients = text.introspection_clients.iter().map(|id| ClientId::parse(id));
        Ok(Self {
            audience: text.audience,
            scopes,
            access_token_lifetime: lifetime,
            is_default: text.default,
            is_open: text.self_registered_clients,
            introspection_clients: introspection_clients
                .collect::<Option<_>>()
                .ok_or(ApiProblem::IntrospectionClient)?,
            facade: text.facade,
        })
    }

    /// The sentence that belongs to a scope of this API.
    #[must_use]
    pub fn sentence(&self, scope: &str) -> Option<&str> {
        self.scopes.iter().find(|(known, _)| known == scope).map(|(_, sentence)| sentence.as_str())
    }
}

/// Whether `text` is a segment of a path that is written in one way only, and none of ours.
fn may_be_facade(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    (1..=LONGEST_FACADE).contains(&text.len())
        && text.bytes().all(plain)
        && ![".", ".."].contains(&text)
        && !OWN_SEGMENTS.iter().any(|own| own.eq_ignore_ascii_case(text))
}

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

    const ISSUER: &str = "https://auth.example.com";
    const A: &str = "https://a.example";
    const B: &str = "https://b.example";

    fn apis() -> [Api; 2] {
        [
            r#"{"audience":"https://a.example","scopes":{"a.read":"See a","a.write":"Change a"},"access_token_lifetime":600}"#,
            r#"{"audience":"https://b.example","scopes":{"b.read":"See b"},"default":true}"#,
        ]
        .map(|text| Api::parse(text).unwrap())
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

    #[test]
    fn a_description() {
        let api = Api::parse(r#"{"audience":"https://api.example.com","scopes":{"a:b.read":"See b","c":"Change c"}}"#)
            .unwrap();
        assert_eq!(api.audience, "https://api.example.com");
        assert_eq!(api.sentence("a:b.read"), Some("See b"));
        assert_eq!(api.sentence("d"), None);
        assert_eq!(api.access_token_lifetime, Seconds::new(3_600));
    }

    // spec: RFC 8707 section 2 - an audience is an absolute URI without a fragment
    #[test]
    fn problems() {
        for (text, problem) in [
            ("[]", ApiProblem::Syntax),
            (r#"{"audience":"https://a.example","scopes":{},"audiences":1}"#, ApiProblem::Syntax),
            (r#"{"audience":"api","scopes":{}}"#, ApiProblem::Audience),
            (r#"{"audience":"https://a.example/#x","scopes":{}}"#, ApiProblem::Audience),
            (r#"{"audience":"https://a.example","scopes":{"a b":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"openid":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"a":" "}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{"a":1}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{},"access_token_lifetime":5}"#, ApiProblem::Lifetime),
            (
                r#"{"audience":"https://a.example","scopes":{},"introspection_clients":["a b"]}"#,
                ApiProblem::IntrospectionClient,
            ),
            (r#"{"audience":"https://a.example","scopes":{},"facade":""}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":".."}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":"a/b"}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":"a%20b"}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":"Token"}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":1}"#, ApiProblem::Syntax),
        ] {
            assert_eq!(Api::parse(text).err(), Some(problem), "{text}");
        }
    }
}
