//! Claims about a user: which there are, which scope opens them (`OpenID` Connect Core section 5.4), and what of a user
//! is told under them.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::profile::ATTRIBUTES;
use crate::base::json::object;
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;

/// Which scope asks for which claims.
const BY_SCOPE: [(&str, &[&str]); 4] = [
    (
        "profile",
        &[
            "name",
            "family_name",
            "given_name",
            "middle_name",
            "nickname",
            "preferred_username",
            "profile",
            "picture",
            "website",
            "gender",
            "birthdate",
            "zoneinfo",
            "locale",
            "updated_at",
        ],
    ),
    ("email", &["email", "email_verified"]),
    ("address", &["address"]),
    ("phone", &["phone_number", "phone_number_verified"]),
];

/// What tokens say of themselves. No claim about a user has such a name, so none can pass for it.
const REGISTERED: [&str; 37] = [
    "_claim_names",
    "_claim_sources",
    "acr",
    "act",
    "active",
    "amr",
    "at_hash",
    "ath",
    "aud",
    "auth_time",
    "authorization_details",
    "azp",
    "c_hash",
    "client_id",
    "cnf",
    "events",
    "exp",
    "gr",
    "iat",
    "iss",
    "jti",
    "jwk",
    "jwks",
    "may_act",
    "nbf",
    "nonce",
    "org_id",
    "s_hash",
    "scope",
    "sid",
    "sub",
    "sub_id",
    "sub_jwk",
    "token_type",
    "txn",
    "username",
    "vot",
];

/// The longest name of a claim, in bytes.
const LONGEST_NAME: usize = 128;

/// All claims about a user that can be asked for: the standard ones, and those that the deployment describes.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ClaimCatalogue {
    described: Vec<ClaimSet>,
}

/// The claims of one scope, as the var `CLAIMS_<NAME>` describes them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimSet {
    /// The scope that opens them: `profile`, `email`, `address`, `phone`, or one of the deployment's own.
    pub scope: String,
    /// What users are asked; `None` where the scope is a standard one, whose words are ours.
    pub sentence: Option<String>,
    /// The claims, each with the attribute of the user that is its value.
    pub claims: Vec<(String, String)>,
}

/// What is wrong with the description of a scope's claims.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ClaimsProblem {
    /// A value comes from no attribute that a user has.
    #[error("the value of each claim must be an attribute of the user; docs/reference.md lists them")]
    Attribute,
    /// A claim's name is malformed, a standard claim's, or one that tokens say of themselves.
    #[error("claims must not have names that OpenID Connect or tokens use already")]
    Name,
    /// The scope is malformed or one of ours that opens no claims.
    #[error("scope must be profile, email, address, phone, or a new scope value")]
    Scope,
    /// A scope of its own has no sentence, or a standard one has.
    #[error("a new scope must have a sentence that tells users what it allows; a standard scope must not have one")]
    Sentence,
    /// Not the JSON that is expected.
    #[error(
        "must be JSON of the form {{\"scope\": \"...\", \"sentence\": \"...\", \"claims\": {{\"claim\": \"attribute\"}}}}"
    )]
    Syntax,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    scope: String,
    #[serde(default)]
    sentence: Option<String>,
    claims: Map<String, Value>,
}

impl ClaimSet {
    /// Parses `{"scope", "sentence", "claims": {claim: attribute}}`.
    ///
    /// # Errors
    /// The first thing that is wrong.
    pub fn parse(text: &str) -> Result<Self, ClaimsProblem> {
        let text: Text = serde_json::from_str(text).map_err(|_| ClaimsProblem::Syntax)?;
        let standard = BY_SCOPE.iter().any(|(scope, _)| *scope == text.scope);
        let single = Scopes::parse(&text.scope).is_ok_and(|parsed| parsed.iter().eq([text.scope.as_str()]));
        if !single || (!standard && OwnScope::parse(&text.scope).is_some()) {
            return Err(ClaimsProblem::Scope);
        }
        let sentence = text.sentence.map(|sentence| sentence.trim().to_owned()).filter(|sentence| !sentence.is_empty());
        if sentence.is_some() == standard {
            return Err(ClaimsProblem::Sentence);
        }
        let mut claims = Vec::with_capacity(text.claims.len());
        for (name, attribute) in text.claims {
            if !is_free(&name) {
                return Err(ClaimsProblem::Name);
            }
            let attribute = attribute.as_str().filter(|attribute| ATTRIBUTES.contains(attribute));
            claims.push((name, attribute.ok_or(ClaimsProblem::Attribute)?.to_owned()));
        }
        if claims.is_empty() { Err(ClaimsProblem::Syntax) } else { Ok(Self { scope: text.scope, sentence, claims }) }
    }
}

/// Whether a deployment may give a claim this name. `#` separates a language (section 5.2).
fn is_free(name: &str) -> bool {
    let legal = |byte: u8| byte.is_ascii_graphic() && !b"\"\\#".contains(&byte);
    let taken = REGISTERED.contains(&name) || BY_SCOPE.iter().any(|(_, claims)| claims.contains(&name));
    !name.is_empty() && name.len() <= LONGEST_NAME && name.bytes().all(legal) && !taken
}

impl ClaimCatalogue {
    /// The standard claims and these.
    #[must_use]
    pub const fn new(described: Vec<ClaimSet>) -> Self {
        Self { described }
    }

    /// The scopes of the deployment's own.
    pub fn own_scopes(&self) -> impl Iterator<Item = &str> {
        self.described.iter().filter(|set| set.sentence.is_some()).map(|set| set.scope.as_str())
    }

    /// The sentence of a scope that opens claims of the deployment's own.
    #[must_use]
    pub fn sentence(&self, scope: &str) -> Option<&str> {
        self.described.iter().find(|set| set.scope == scope)?.sentence.as_deref()
    }

    /// The names of all claims.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries().map(|entry| entry.name)
    }

    /// Whether there is such a claim.
    #[must_use]
    pub fn knows(&self, name: &str) -> bool {
        self.scope_of(name).is_some()
    }

    /// The scope that opens a claim.
    #[must_use]
    pub fn scope_of(&self, name: &str) -> Option<&str> {
        self.entries().find(|entry| entry.name == name).map(|entry| entry.scope)
    }

    /// What userinfo answers for `scopes` and the claims `asked` for by name. None but ours is `sub`.
    #[must_use]
    pub fn userinfo(
        &self,
        sub: &str,
        person: &Map<String, Value>,
        scopes: &Scopes,
        asked: &[String],
    ) -> Map<String, Value> {
        let mut told =
            self.told(person, |entry| scopes.contains(entry.scope) || asked.iter().any(|name| name == entry.name));
        told.insert("sub".to_owned(), Value::String(sub.to_owned()));
        told
    }

    /// The claims `asked` for by name.
    #[must_use]
    pub fn asked(&self, person: &Map<String, Value>, asked: &[String]) -> Map<String, Value> {
        self.told(person, |entry| asked.iter().any(|name| name == entry.name))
    }

    /// Claims without a value are left out (section 5.3.2).
    fn told(&self, person: &Map<String, Value>, wanted: impl Fn(&Entry<'_>) -> bool) -> Map<String, Value> {
        let value = |entry: Entry<'_>| {
            let value = person.get(entry.attribute).filter(|value| has_content(value))?;
            Some((entry.name.to_owned(), value.clone()))
        };
        object(&mut self.entries().filter(wanted).filter_map(value))
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let standard = BY_SCOPE
            .iter()
            .flat_map(|(scope, names)| names.iter().map(move |name| Entry { scope, name, attribute: name }));
        let described = self.described.iter().flat_map(|set| {
            set.claims.iter().map(move |(name, attribute)| Entry { scope: &set.scope, name, attribute })
        });
        standard.chain(described)
    }
}

/// One claim.
struct Entry<'a> {
    scope: &'a str,
    name: &'a str,
    attribute: &'a str,
}

fn has_content(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Object(members) => !members.is_empty(),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // spec: OpenID Connect Core section 5.4 - a scope opens its claims and no other
    // spec: OpenID Connect Core section 5.3.2 - claims without a value are left out, and sub is always there
    #[test]
    fn each_scope_opens_its_claims_and_no_other() {
        let person = serde_json::json!({"name": "Ada", "email": "ada@example.com", "email_verified": true, "nickname": "",
            "gender": null, "sub": "somebody else", "address": {}, "secret": "x"});
        let person = person.as_object().unwrap();
        let catalogue = ClaimCatalogue::default();
        let shown =
            |scopes| Value::Object(catalogue.userinfo("u1", person, &Scopes::parse(scopes).unwrap(), &["name".into()]));
        assert_eq!(shown("openid"), serde_json::json!({"sub": "u1", "name": "Ada"}));
        assert_eq!(shown("openid profile address"), serde_json::json!({"sub": "u1", "name": "Ada"}));
        let email = serde_json::json!({"sub": "u1", "name": "Ada", "email": "ada@example.com", "email_verified": true});
        assert_eq!(shown("openid email"), email);
    }

    #[test]
    fn by_name_nothing_is_told_but_claims() {
        let person = serde_json::json!({"email": "ada@example.com", "phone_number": "", "sub": "x", "iss": "x"});
        let asked = ["email", "phone_number", "sub", "iss", "birthdate"].map(ToOwned::to_owned);
        let told = ClaimCatalogue::default().asked(person.as_object().unwrap(), &asked);
        assert_eq!(Value::Object(told), serde_json::json!({"email": "ada@example.com"}));
    }

    #[test]
    fn a_deployment_describes_claims_of_its_own() {
        let own =
            r#"{"scope":"acme","sentence":"See where you work","claims":{"https://acme.example/dept":"department"}}"#;
        let beside = r#"{"scope":"profile","claims":{"job_title":"title"}}"#;
        let sets = [own, beside].map(|text| ClaimSet::parse(text).unwrap());
        let catalogue = ClaimCatalogue::new(sets.to_vec());
        let person = serde_json::json!({"department": "Yard", "title": "Foreman", "name": "Ada"});
        let person = person.as_object().unwrap();
        let shown = |scopes| Value::Object(catalogue.userinfo("u1", person, &Scopes::parse(scopes).unwrap(), &[]));
        assert_eq!(shown("openid acme"), serde_json::json!({"sub": "u1", "https://acme.example/dept": "Yard"}));
        assert_eq!(shown("profile"), serde_json::json!({"sub": "u1", "name": "Ada", "job_title": "Foreman"}));
        assert_eq!(catalogue.sentence("acme"), Some("See where you work"));
        assert_eq!(catalogue.scope_of("job_title"), Some("profile"));
    }

    #[test]
    fn no_claim_passes_for_what_a_token_says_of_itself() {
        let with = |name: &str| format!(r#"{{"scope":"profile","claims":{{"{name}":"title"}}}}"#);
        for name in REGISTERED.into_iter().chain(ClaimCatalogue::default().names()).chain(["", "a b", "name#de", "é"])
        {
            assert_eq!(ClaimSet::parse(&with(name)), Err(ClaimsProblem::Name), "{name}");
            assert!(!REGISTERED.contains(&name) || !ClaimCatalogue::default().knows(name), "{name}");
        }
        for (text, problem) in [
            ("[]", ClaimsProblem::Syntax),
            (r#"{"scope":"acme","sentence":"x","claims":{}}"#, ClaimsProblem::Syntax),
            (r#"{"scope":"acme","sentence":"x","claims":{"a":"title"},"more":1}"#, ClaimsProblem::Syntax),
            (r#"{"scope":"acme","claims":{"a":"title"}}"#, ClaimsProblem::Sentence),
            (r#"{"scope":"acme","sentence":" ","claims":{"a":"title"}}"#, ClaimsProblem::Sentence),
            (r#"{"scope":"email","sentence":"x","claims":{"a":"title"}}"#, ClaimsProblem::Sentence),
            (r#"{"scope":"openid","sentence":"x","claims":{"a":"title"}}"#, ClaimsProblem::Scope),
            (r#"{"scope":"a b","sentence":"x","claims":{"a":"title"}}"#, ClaimsProblem::Scope),
            (r#"{"scope":"acme","sentence":"x","claims":{"a":"password"}}"#, ClaimsProblem::Attribute),
            (r#"{"scope":"acme","sentence":"x","claims":{"a":1}}"#, ClaimsProblem::Attribute),
        ] {
            assert_eq!(ClaimSet::parse(text).err(), Some(problem), "{text}");
        }
    }
}
