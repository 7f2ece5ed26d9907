//! Claims about a person, by scope (OpenID Connect Core section 5.4).

use serde_json::{Map, Value};

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

/// All claims that a scope can ask for.
pub fn supported() -> impl Iterator<Item = &'static str> {
    BY_SCOPE.iter().flat_map(|(_, claims)| claims.iter().copied())
}

/// What userinfo answers for `scopes`. Claims without a value are left out (section 5.3.2), and none but ours is `sub`.
#[must_use]
pub fn userinfo(sub: &str, profile: &Map<String, Value>, scopes: &Scopes) -> Map<String, Value> {
    let mut claims = Map::new();
    for (_, names) in BY_SCOPE.iter().filter(|(scope, _)| scopes.contains(scope)) {
        for name in *names {
            if let Some(value) = profile.get(*name).filter(|value| has_content(value)) {
                claims.insert((*name).to_owned(), value.clone());
            }
        }
    }
    claims.insert("sub".to_owned(), Value::String(sub.to_owned()));
    claims
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
        let profile = serde_json::json!({"name": "Ada", "email": "ada@example.com", "email_verified": true, "nickname": "",
            "gender": null, "sub": "somebody else", "address": {}, "secret": "x"});
        let profile = profile.as_object().unwrap();
        let shown = |scopes| Value::Object(userinfo("u1", profile, &Scopes::parse(scopes).unwrap()));
        assert_eq!(shown("openid"), serde_json::json!({"sub": "u1"}));
        assert_eq!(shown("openid profile address"), serde_json::json!({"sub": "u1", "name": "Ada"}));
        let email = serde_json::json!({"sub": "u1", "email": "ada@example.com", "email_verified": true});
        assert_eq!(shown("openid email"), email);
    }
}
