//! The `claims` parameter (`OpenID` Connect Core section 5.5): single claims, asked for by name.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::http::json_object;
use crate::oauth::person::claims::ClaimCatalogue;
use crate::oauth::scope::Scopes;

/// The longest parameter that is read, in bytes.
pub const MAX_LENGTH: usize = 2_000;

/// What a client asks for by name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ClaimsRequest {
    asked: AskedClaims,
    essential_acr: Vec<String>,
    sub: Option<String>,
}

/// The names of claims about a user that were asked for, each once and in alphabetical order: what a code carries and a
/// family keeps.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskedClaims {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub id_token: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub userinfo: Vec<String>,
}

/// The parameter is not what the specification describes; `invalid_request` on the wire.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum MalformedClaims {
    /// A claim's request is neither null nor an object whose members are of their types.
    #[error(
        "the claims parameter has a claim whose value is not null or an object as in OpenID Connect Core section 5.5.1"
    )]
    Claim,
    /// It is longer than [`MAX_LENGTH`].
    #[error("the claims parameter is too long")]
    Length,
    /// More than one value of `sub`: only one user can be signed in.
    #[error("the claims parameter asks for more than one subject")]
    Subject,
    /// Not one JSON object, nested too deep, or with a member that is there twice.
    #[error("the claims parameter is not a single JSON object without duplicate members")]
    Syntax,
}

/// How one claim is asked for (section 5.5.1).
struct Wish {
    essential: bool,
    values: Vec<Value>,
}

impl ClaimsRequest {
    /// Parses the parameter. Claims that are not in `catalogue` are left out, and so are members that are not understood,
    /// as section 5.5 demands. A `value` that a claim does not have changes nothing: the claim is told as it is.
    ///
    /// # Errors
    /// [`MalformedClaims`].
    pub fn parse(text: &str, catalogue: &ClaimCatalogue) -> Result<Self, MalformedClaims> {
        if text.len() > MAX_LENGTH {
            return Err(MalformedClaims::Length);
        }
        let request = json_object::parse(text.as_bytes()).map_err(|_| MalformedClaims::Syntax)?;
        let (id_token, userinfo) = (wishes(&request, "id_token")?, wishes(&request, "userinfo")?);
        let names = |wishes: &[(&str, Wish)]| {
            let mut names: Vec<_> = wishes.iter().map(|(name, _)| *name).filter(|name| catalogue.knows(name)).collect();
            names.sort_unstable();
            names.into_iter().map(ToOwned::to_owned).collect()
        };
        let acr = id_token.iter().find(|(name, wish)| *name == "acr" && wish.essential);
        Ok(Self {
            asked: AskedClaims { id_token: names(&id_token), userinfo: names(&userinfo) },
            essential_acr: acr.map_or_else(|| Ok(Vec::new()), |(_, wish)| texts(&wish.values))?,
            sub: subject(id_token.iter().chain(&userinfo))?,
        })
    }

    /// The names of the claims about the user.
    #[must_use]
    pub const fn asked(&self) -> &AskedClaims {
        &self.asked
    }

    /// The authentication context classes of which one must be met; none where any will do (section 5.5.1.1).
    #[must_use]
    pub fn essential_acr(&self) -> &[String] {
        &self.essential_acr
    }

    /// The user who must be the one signed in (section 5.5.1): "the request is for this specific End-User".
    #[must_use]
    pub fn requested_sub(&self) -> Option<&str> {
        self.sub.as_deref()
    }
}

impl AskedClaims {
    /// Whether none was asked for.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.id_token.is_empty() && self.userinfo.is_empty()
    }

    /// As a code carries it; `None` when there is nothing to carry.
    #[must_use]
    pub fn to_text(&self) -> Option<String> {
        // Lists of texts always become JSON.
        if self.is_empty() { None } else { serde_json::to_string(self).ok() }
    }

    /// Reads what [`Self::to_text`] wrote.
    ///
    /// # Errors
    /// For any other text.
    pub fn from_text(text: Option<&str>) -> Result<Self, serde_json::Error> {
        text.map_or_else(|| Ok(Self::default()), serde_json::from_str)
    }

    /// The scopes that would open these claims: a client that may not ask for the scope may not ask for its claims, and a
    /// consent that does not cover the scope does not cover them.
    #[must_use]
    pub fn scopes(&self, catalogue: &ClaimCatalogue) -> Scopes {
        self.id_token.iter().chain(&self.userinfo).filter_map(|name| catalogue.scope_of(name)).collect()
    }

    /// Those whose scope `may_be_told` accepts.
    #[must_use]
    pub fn filtered(self, catalogue: &ClaimCatalogue, may_be_told: impl Fn(&str) -> bool) -> Self {
        let keep = |names: Vec<String>| {
            names.into_iter().filter(|name| catalogue.scope_of(name).is_some_and(&may_be_told)).collect()
        };
        Self { id_token: keep(self.id_token), userinfo: keep(self.userinfo) }
    }
}

/// What `destination` asks for.
fn wishes<'a>(request: &'a Map<String, Value>, destination: &str) -> Result<Vec<(&'a str, Wish)>, MalformedClaims> {
    let Some(members) = request.get(destination) else {
        return Ok(Vec::new());
    };
    let members = members.as_object().ok_or(MalformedClaims::Claim)?;
    members.iter().map(|(name, wish)| Ok((name.as_str(), Wish::read(wish)?))).collect()
}

impl Wish {
    fn read(wish: &Value) -> Result<Self, MalformedClaims> {
        let wish = match wish {
            Value::Null => return Ok(Self { essential: false, values: Vec::new() }),
            Value::Object(members) => members,
            _ => return Err(MalformedClaims::Claim),
        };
        let essential = match wish.get("essential") {
            None => false,
            Some(Value::Bool(essential)) => *essential,
            Some(_) => return Err(MalformedClaims::Claim),
        };
        let values = match (wish.get("value"), wish.get("values")) {
            (None, None) => Vec::new(),
            (Some(value), None) => vec![value.clone()],
            (None, Some(Value::Array(values))) => values.clone(),
            _ => return Err(MalformedClaims::Claim),
        };
        Ok(Self { essential, values })
    }
}

fn texts(values: &[Value]) -> Result<Vec<String>, MalformedClaims> {
    values.iter().map(|value| value.as_str().map(ToOwned::to_owned).ok_or(MalformedClaims::Claim)).collect()
}

/// The one `sub` that is asked for, wherever.
fn subject<'a>(wishes: impl Iterator<Item = &'a (&'a str, Wish)>) -> Result<Option<String>, MalformedClaims> {
    let mut subjects = Vec::new();
    for (_, wish) in wishes.filter(|(name, _)| *name == "sub") {
        subjects.extend(texts(&wish.values)?);
    }
    subjects.dedup();
    match subjects.len() {
        0 | 1 => Ok(subjects.pop()),
        _ => Err(MalformedClaims::Subject),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<ClaimsRequest, MalformedClaims> {
        ClaimsRequest::parse(text, &ClaimCatalogue::default())
    }

    fn asked(id_token: &[&str], userinfo: &[&str]) -> AskedClaims {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        AskedClaims { id_token: owned(id_token), userinfo: owned(userinfo) }
    }

    /// The example of section 5.5.
    // spec: OpenID Connect Core section 5.5 - claims that are not understood are ignored
    #[test]
    fn each_destination_has_its_names() {
        let text = r#"{"userinfo":{"given_name":{"essential":true},"nickname":null,"email":{"essential":true},
            "email_verified":{"essential":true},"picture":null,"http://example.info/claims/groups":null,"name#de":null},
            "id_token":{"auth_time":{"essential":true},"acr":{"values":["urn:mace:incommon:iap:silver"]}},"other":1}"#;
        let request = parse(text).unwrap();
        let userinfo = ["email", "email_verified", "given_name", "nickname", "picture"];
        assert_eq!(request.asked(), &asked(&[], &userinfo));
        assert_eq!(request.essential_acr(), &[] as &[String], "voluntary");
        assert_eq!(request.requested_sub(), None);
        assert_eq!(request.asked().scopes(&ClaimCatalogue::default()).to_string(), "email profile");
        assert_eq!(parse("{}").unwrap(), ClaimsRequest::default());
    }

    // spec: OpenID Connect Core section 5.5.1 - essential acr values and a requested sub
    #[test]
    fn an_essential_acr_and_a_subject() {
        let one = parse(r#"{"id_token":{"acr":{"essential":true,"value":"1"},"sub":{"value":"u1"}}}"#).unwrap();
        assert_eq!(one.essential_acr(), ["1"]);
        assert_eq!(one.requested_sub(), Some("u1"));
        assert!(one.asked().is_empty(), "neither is about what a person is like");
        let several =
            r#"{"id_token":{"acr":{"essential":true,"values":["1","2"]}},"userinfo":{"sub":{"values":["u1"]}}}"#;
        let several = parse(several).unwrap();
        assert_eq!(several.essential_acr(), ["1", "2"]);
        assert_eq!(several.requested_sub(), Some("u1"));
        let twice = parse(r#"{"id_token":{"sub":{"value":"u1"}},"userinfo":{"sub":{"value":"u1"}}}"#).unwrap();
        assert_eq!(twice.requested_sub(), Some("u1"));
    }

    #[test]
    fn what_is_refused() {
        let deep = format!(r#"{{"userinfo":{{"name":{{"value":{}{}}}}}}}"#, "[".repeat(9), "]".repeat(9));
        let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(MAX_LENGTH));
        for (text, problem) in [
            ("", MalformedClaims::Syntax),
            ("[]", MalformedClaims::Syntax),
            (r#"{"userinfo":{"name":null,"name":null}}"#, MalformedClaims::Syntax),
            (&deep, MalformedClaims::Syntax),
            (&long, MalformedClaims::Length),
            (r#"{"userinfo":["name"]}"#, MalformedClaims::Claim),
            (r#"{"id_token":null}"#, MalformedClaims::Claim),
            (r#"{"userinfo":{"name":true}}"#, MalformedClaims::Claim),
            (r#"{"userinfo":{"name":{"essential":"true"}}}"#, MalformedClaims::Claim),
            (r#"{"userinfo":{"name":{"values":"Ada"}}}"#, MalformedClaims::Claim),
            (r#"{"userinfo":{"name":{"value":"Ada","values":["Ada"]}}}"#, MalformedClaims::Claim),
            (r#"{"id_token":{"sub":{"value":1}}}"#, MalformedClaims::Claim),
            (r#"{"id_token":{"acr":{"essential":true,"values":[1]}}}"#, MalformedClaims::Claim),
            (r#"{"id_token":{"sub":{"values":["u1","u2"]}}}"#, MalformedClaims::Subject),
            (r#"{"id_token":{"sub":{"value":"u1"}},"userinfo":{"sub":{"value":"u2"}}}"#, MalformedClaims::Subject),
        ] {
            assert_eq!(parse(text).err(), Some(problem), "{text}");
        }
    }

    #[test]
    fn prototype_keys_and_registered_claims_are_not_about_a_person() {
        let text = r#"{"id_token":{"__proto__":null,"constructor":null,"iss":null,"aud":{"value":"x"},"exp":null,"name":null}}"#;
        assert_eq!(parse(text).unwrap().asked(), &asked(&["name"], &[]));
    }

    #[test]
    fn what_a_code_carries_is_read_as_it_was_written() {
        let claims = asked(&["email"], &["name"]);
        let text = claims.to_text().unwrap();
        assert_eq!(text, r#"{"id_token":["email"],"userinfo":["name"]}"#);
        assert_eq!(AskedClaims::from_text(Some(&text)).unwrap(), claims);
        assert_eq!(asked(&[], &[]).to_text(), None);
        assert!(AskedClaims::from_text(None).unwrap().is_empty());
        let catalogue = ClaimCatalogue::default();
        assert_eq!(claims.filtered(&catalogue, |scope| scope == "email"), asked(&["email"], &[]));
    }
}
