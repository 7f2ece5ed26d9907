//! The APIs that tokens are for.

use super::endpoint_aliases::EndpointAliases;
use super::reader::Reader;
use crate::oauth::api::{Api, ApiScope, Description, is_same};

/// How the names of the vars begin that describe an API, or more scopes of one.
const PREFIX: &str = "API_";

/// More scopes of an API.
struct Continuation<'a> {
    /// The var.
    name: &'a str,
    /// The var that describes the API.
    of: String,
    scopes: Vec<ApiScope>,
}

/// The APIs, in the order of their names.
pub(super) fn read(reader: &mut Reader<'_>, aliases: &EndpointAliases, issuer: Option<&str>) -> Vec<Api> {
    let names = reader.names(PREFIX);
    let mut apis: Vec<(&str, Api)> = Vec::new();
    let mut continuations = Vec::new();
    for &name in &names {
        match reader.optional(name, |text| Description::parse(text).map_err(|problem| problem.to_string())) {
            Some(Description::Api { api, has_default }) => {
                if has_default {
                    reader.warning(name, "its member default has no effect any more: remove it");
                }
                match beside(&api, &apis, aliases, issuer) {
                    Ok(()) => apis.push((name, api)),
                    Err(problem) => reader.problem(name, problem),
                }
            }
            Some(Description::Continuation { of, scopes }) => {
                continuations.push(Continuation { name, of: [PREFIX, &of].concat(), scopes });
            }
            None => {}
        }
    }
    let continued: Vec<&str> = continuations.iter().map(|continuation| continuation.name).collect();
    for Continuation { name, of, scopes } in continuations {
        if scopes.is_empty() {
            reader.problem(name, "must have at least one scope");
        } else if continued.contains(&of.as_str()) {
            reader.problem(
                name,
                "continues must name a setting that describes an API, not one that has continues itself",
            );
        } else if !names.contains(&of.as_str()) {
            reader.problem(name, "continues must be the <NAME> of an API_<NAME> that describes an API");
        } else if scopes.iter().any(|scope| is_taken(scope, &apis)) {
            reader.problem(name, "one of the scopes already belongs to an API");
        } else if let Some((_, api)) = apis.iter_mut().find(|(known, _)| *known == of) {
            api.scopes.extend(scopes);
            api.scopes.sort_by(|one, other| one.name.cmp(&other.name));
        }
    }
    for (name, _) in apis.iter().filter(|(_, api)| api.scopes.is_empty()) {
        reader.problem(name, "must have at least one scope");
    }
    apis.into_iter().map(|(_, api)| api).collect()
}

/// Whether the API agrees with those before it.
fn beside(
    api: &Api,
    known: &[(&str, Api)],
    aliases: &EndpointAliases,
    issuer: Option<&str>,
) -> Result<(), &'static str> {
    let others = || known.iter().map(|(_, other)| other);
    if issuer.is_some_and(|issuer| is_same(issuer, &api.audience)) {
        Err("audience must not be ISSUER, which is the audience of tokens for administration")
    } else if others().any(|other| is_same(&other.audience, &api.audience)) {
        Err("another API already has this audience")
    } else if api.scopes.iter().any(|scope| is_taken(scope, known)) {
        Err("one of the scopes already belongs to another API")
    } else if api.facade.is_some() && others().any(|other| other.facade == api.facade) {
        Err("another API already has this facade")
    } else if api.facade.as_deref().is_some_and(|facade| aliases.begin_with(facade)) {
        Err("facade must not be the first segment of ALIAS_AUTHORIZE or ALIAS_TOKEN")
    } else {
        Ok(())
    }
}

fn is_taken(scope: &ApiScope, apis: &[(&str, Api)]) -> bool {
    apis.iter().any(|(_, api)| api.sentence(&scope.name).is_some())
}
