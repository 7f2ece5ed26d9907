//! What the vars `API_<NAME>` say.

use serde_json::Value;
use serde_json::value::RawValue;

use super::members::Members;
use super::model::{Api, ApiScope, OWN_SEGMENTS};
use super::problem::ApiProblem;
use crate::base::{Address, Seconds};
use crate::lifetimes;
use crate::oauth::client::ClientId;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;

/// The longest prefix of a facade, in characters.
const LONGEST_FACADE: usize = 64;

/// What one var describes. A var has 5 KB, so an API may be spread over several.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Description {
    /// An API, perhaps without some of its scopes.
    Api {
        api: Api,
        /// Whether it has the member `default`, which has no effect any more.
        has_default: bool,
    },
    /// More scopes of an API that another var describes.
    Continuation {
        /// The name of that var without `API_`.
        of: String,
        scopes: Vec<ApiScope>,
    },
}

impl Description {
    /// Parses the JSON of one var.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ApiProblem> {
        let mut members = Members::parse(text).ok_or(ApiProblem::Syntax)?;
        if let Some(twice) = members.twice() {
            return Err(ApiProblem::Twice(twice.to_owned()));
        }
        let scopes = scopes(&mut members)?;
        match members.take("continues")? {
            None => api(members, scopes),
            Some(of) => match members.first_name() {
                None => Ok(Self::Continuation { of, scopes }),
                Some(other) => Err(ApiProblem::Continuation(other.to_owned())),
            },
        }
    }
}

fn api(mut members: Members<'_>, scopes: Vec<ApiScope>) -> Result<Description, ApiProblem> {
    let audience: String = members.take("audience")?.ok_or(ApiProblem::Syntax)?;
    if !Address::parse(&audience).is_some_and(|audience| audience.is_base() && !audience.has_fragment()) {
        return Err(ApiProblem::Audience);
    }
    let access_token_lifetime = members.take("access_token_lifetime")?.map_or(lifetimes::ACCESS_TOKEN, Seconds::new);
    if !(lifetimes::SHORTEST_ACCESS_TOKEN..=lifetimes::LONGEST_ACCESS_TOKEN).contains(&access_token_lifetime) {
        return Err(ApiProblem::Lifetime);
    }
    let clients: Vec<String> = members.take("introspection_clients")?.unwrap_or_default();
    let clients: Option<Vec<ClientId>> = clients.iter().map(|id| ClientId::parse(id)).collect();
    let api = Api {
        audience,
        scopes,
        access_token_lifetime,
        shares_tokens: members.take("shares_tokens")?.unwrap_or_default(),
        introspection_clients: clients.ok_or(ApiProblem::IntrospectionClient)?,
        facade: members.take("facade")?.map(facade).transpose()?,
        is_open: members.take("self_registered_clients")?.unwrap_or_default(),
    };
    let has_default = members.take::<bool>("default")?.is_some();
    not_supported_yet(&mut members)?;
    match members.first_name() {
        None => Ok(Description::Api { api, has_default }),
        Some(unknown) => Err(ApiProblem::Unknown(unknown.to_owned())),
    }
}

/// Settings that have a place in the format and no effect yet. A value that asks for nothing is accepted.
fn not_supported_yet(members: &mut Members<'_>) -> Result<(), ApiProblem> {
    if members.take("external_id")?.unwrap_or(false) {
        return Err(ApiProblem::NotSupported("external_id".to_owned()));
    }
    only(members, "token_algorithm", "ES256", &["RS256"])?;
    only(members, "token_typ", "at+jwt", &["JWT"])?;
    organization(members)?;
    let claims = match members.take("claims")?.unwrap_or(Value::Array(Vec::new())) {
        Value::Array(claims) => claims.len(),
        Value::Object(claims) => claims.len(),
        _ => return Err(ApiProblem::Malformed("claims".to_owned())),
    };
    if claims == 0 { Ok(()) } else { Err(ApiProblem::NotSupported("claims".to_owned())) }
}

fn organization(members: &mut Members<'_>) -> Result<(), ApiProblem> {
    only(members, "organization", "never", &["optional", "required"])
}

/// Takes a member that can only say `today`, and later one of `later`.
fn only(members: &mut Members<'_>, name: &str, today: &str, later: &[&str]) -> Result<(), ApiProblem> {
    match members.take::<String>(name)? {
        Some(value) if later.contains(&value.as_str()) => Err(ApiProblem::NotSupported(name.to_owned())),
        Some(value) if value != today => Err(ApiProblem::Malformed(name.to_owned())),
        _ => Ok(()),
    }
}

/// A segment of a path that is written in one way only, and none of ours.
fn facade(text: String) -> Result<String, ApiProblem> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_short = (1..=LONGEST_FACADE).contains(&text.len());
    if !is_short || !text.bytes().all(plain) || [".", ".."].contains(&text.as_str()) {
        Err(ApiProblem::Facade)
    } else if OWN_SEGMENTS.iter().any(|own| own.eq_ignore_ascii_case(&text)) {
        Err(ApiProblem::FacadeReserved(text))
    } else {
        Ok(text)
    }
}

/// The member `scopes`, in alphabetical order.
fn scopes(members: &mut Members<'_>) -> Result<Vec<ApiScope>, ApiProblem> {
    let Some(described) = members.raw("scopes") else {
        return Ok(Vec::new());
    };
    let described = Members::parse(described.get()).ok_or_else(|| ApiProblem::Malformed("scopes".to_owned()))?;
    if let Some(twice) = described.twice() {
        return Err(ApiProblem::Twice(format!("the scope {twice}")));
    }
    let scopes = described.rest().into_iter().map(|(name, described)| scope(name, described));
    let mut scopes: Vec<ApiScope> = scopes.collect::<Result<_, _>>()?;
    scopes.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(scopes)
}

/// A scope is described by a text, or by an object with `text`, `writes` and `organization`.
fn scope(name: String, described: &RawValue) -> Result<ApiScope, ApiProblem> {
    let single = Scopes::parse(&name).is_ok_and(|parsed| parsed.iter().eq([name.as_str()]));
    if !single || OwnScope::parse(&name).is_some() {
        return Err(ApiProblem::Scope);
    }
    let Some(mut members) = Members::parse(described.get()) else {
        return Ok(ApiScope { sentence: sentence(described)?, name, writes: false });
    };
    let text = members.raw("text").ok_or(ApiProblem::Sentence)?;
    let sentence = Members::parse(text.get()).map_or_else(|| sentence(text), |texts| english(&name, texts))?;
    let of_this_scope = |problem| match problem {
        ApiProblem::Malformed(member) => ApiProblem::Malformed(format!("{member} of the scope {name}")),
        ApiProblem::NotSupported(member) => ApiProblem::NotSupported(format!("{member} of the scope {name}")),
        other => other,
    };
    let writes = members.take("writes").map_err(of_this_scope)?.unwrap_or_default();
    organization(&mut members).map_err(of_this_scope)?;
    match members.first_name() {
        None => Ok(ApiScope { name, sentence, writes }),
        Some(other) => Err(ApiProblem::Unknown(format!("{other} in the scope {name}"))),
    }
}

/// The text of a scope whose texts are given by language.
fn english(scope: &str, mut texts: Members<'_>) -> Result<String, ApiProblem> {
    let text = texts.raw("en").ok_or(ApiProblem::Sentence)?;
    if texts.first_name().is_some() {
        return Err(ApiProblem::Language(scope.to_owned()));
    }
    sentence(text)
}

fn sentence(text: &RawValue) -> Result<String, ApiProblem> {
    let text: String = serde_json::from_str(text.get()).map_err(|_| ApiProblem::Sentence)?;
    let text = text.trim();
    if text.is_empty() { Err(ApiProblem::Sentence) } else { Ok(text.to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn api(text: &str) -> Api {
        match Description::parse(text) {
            Ok(Description::Api { api, .. }) => api,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_description() {
        let api = api(r#"{"audience":"https://api.example.com","scopes":{"c":"Change c","a:b.read":"See b"}}"#);
        assert_eq!(api.audience, "https://api.example.com");
        assert_eq!(api.sentence("a:b.read"), Some("See b"));
        assert_eq!(api.sentence("d"), None);
        assert_eq!(api.scope_names().collect::<Vec<_>>(), ["a:b.read", "c"]);
        assert_eq!(api.access_token_lifetime, Seconds::new(3_600));
    }

    #[test]
    fn a_scope_is_a_text_or_an_object() {
        let api =
            api(r#"{"audience":"https://api.example.com","scopes":{"a":"See a","b":{"text":"Change b","writes":true},
                "c":{"text":{"en":"See c"},"organization":"never","writes":false}}}"#);
        let scopes: Vec<_> = api.scopes.iter().map(|one| (&*one.name, &*one.sentence, one.writes)).collect();
        assert_eq!(scopes, [("a", "See a", false), ("b", "Change b", true), ("c", "See c", false)]);
    }

    #[test]
    fn more_scopes_can_be_in_another_var() {
        let scopes = vec![ApiScope { name: "a".to_owned(), sentence: "See a".to_owned(), writes: false }];
        let description = Description::parse(r#"{"continues":"NOTES","scopes":{"a":"See a"}}"#);
        assert_eq!(description, Ok(Description::Continuation { of: "NOTES".to_owned(), scopes }));
    }

    #[test]
    fn settings_without_effect_yet_can_say_so() {
        let plain = r#"{"audience":"https://a.example","scopes":{"a":"See a"}}"#;
        let explicit = r#"{"audience":"https://a.example","scopes":{"a":"See a"},"shares_tokens":false,"external_id":false,
            "token_algorithm":"ES256","token_typ":"at+jwt","claims":[],"organization":"never","facade":null}"#;
        assert_eq!(api(explicit), api(plain));
    }

    /// The problem of an API with this member.
    fn problem(member: &str) -> ApiProblem {
        let text = format!(r#"{{"audience":"https://a.example","scopes":{{"a":"See a"}},{member}}}"#);
        Description::parse(&text).expect_err(&text)
    }

    #[test]
    fn what_is_not_supported_yet_is_named() {
        for (setting, values) in [
            ("external_id", &["true"][..]),
            ("token_algorithm", &[r#""RS256""#]),
            ("token_typ", &[r#""JWT""#]),
            ("claims", &[r#"["email"]"#, r#"{"email":"email"}"#]),
            ("organization", &[r#""required""#, r#""optional""#]),
        ] {
            for value in values {
                let found = problem(&format!(r#""{setting}":{value}"#));
                assert_eq!(found, ApiProblem::NotSupported(setting.to_owned()), "{value}");
                assert!(found.to_string().contains(setting));
            }
            let malformed = ApiProblem::Malformed(setting.to_owned());
            assert_eq!(problem(&format!(r#""{setting}":1"#)), malformed);
        }
        assert_eq!(problem(r#""token_algorithm":"none""#), ApiProblem::Malformed("token_algorithm".to_owned()));
    }

    // spec: RFC 8707 section 2 - an audience is an absolute URI without a fragment
    #[test]
    fn problems() {
        let of = |name: &str| name.to_owned();
        for (text, problem) in [
            ("[]", ApiProblem::Syntax),
            ("{}", ApiProblem::Syntax),
            (r#"{"audience":"https://a.example","scopes":{},"audiences":1}"#, ApiProblem::Unknown(of("audiences"))),
            (r#"{"audience":"https://a.example","audience":"https://a.example"}"#, ApiProblem::Twice(of("audience"))),
            (r#"{"audience":"https://a.example","scopes":{"a":"x","a":"y"}}"#, ApiProblem::Twice(of("the scope a"))),
            (r#"{"audience":"https://a.example","scopes":["a"]}"#, ApiProblem::Malformed(of("scopes"))),
            (r#"{"audience":"https://a.example","default":"yes"}"#, ApiProblem::Malformed(of("default"))),
            (r#"{"audience":"https://a.example","continues":"A"}"#, ApiProblem::Continuation(of("audience"))),
            (r#"{"audience":"api","scopes":{}}"#, ApiProblem::Audience),
            (r#"{"audience":"https://a.example/#x","scopes":{}}"#, ApiProblem::Audience),
            (r#"{"audience":"https://a.example","scopes":{"a b":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"openid":"x"}}"#, ApiProblem::Scope),
            (r#"{"audience":"https://a.example","scopes":{"a":" "}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{"a":1}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{"a":{"writes":true}}}"#, ApiProblem::Sentence),
            (r#"{"audience":"https://a.example","scopes":{"a":{"text":{"de":"x"}}}}"#, ApiProblem::Sentence),
            (
                r#"{"audience":"https://a.example","scopes":{"a":{"text":{"en":"x","de":"y"}}}}"#,
                ApiProblem::Language(of("a")),
            ),
            (
                r#"{"audience":"https://a.example","scopes":{"a":{"text":"x","writes":1}}}"#,
                ApiProblem::Malformed(of("writes of the scope a")),
            ),
            (
                r#"{"audience":"https://a.example","scopes":{"a":{"text":"x","organization":"required"}}}"#,
                ApiProblem::NotSupported(of("organization of the scope a")),
            ),
            (
                r#"{"audience":"https://a.example","scopes":{"a":{"text":"x","read":true}}}"#,
                ApiProblem::Unknown(of("read in the scope a")),
            ),
            (r#"{"audience":"https://a.example","scopes":{},"access_token_lifetime":5}"#, ApiProblem::Lifetime),
            (
                r#"{"audience":"https://a.example","scopes":{},"introspection_clients":["a b"]}"#,
                ApiProblem::IntrospectionClient,
            ),
            (r#"{"audience":"https://a.example","scopes":{},"facade":""}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":".."}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":"a/b"}"#, ApiProblem::Facade),
            (r#"{"audience":"https://a.example","scopes":{},"facade":"a%20b"}"#, ApiProblem::Facade),
            (
                r#"{"audience":"https://a.example","scopes":{},"facade":"Token"}"#,
                ApiProblem::FacadeReserved(of("Token")),
            ),
            (r#"{"audience":"https://a.example","scopes":{},"facade":1}"#, ApiProblem::Malformed(of("facade"))),
        ] {
            assert_eq!(Description::parse(text).err(), Some(problem), "{text}");
        }
    }

    #[test]
    fn prefixes_of_later_addresses_are_reserved() {
        for prefix in ["organization", "organizations", "connections", "invitation", "dev", "api", "events", "device"] {
            let found = problem(&format!(r#""facade":"{prefix}""#));
            assert_eq!(found, ApiProblem::FacadeReserved(prefix.to_owned()));
            assert!(found.to_string().contains(prefix));
        }
    }
}
