//! The APIs that tokens are for.

use super::endpoint_aliases::EndpointAliases;
use super::reader::Reader;
use crate::oauth::api::Api;

/// How the names of the vars begin that describe an API each.
const PREFIX: &str = "API_";

/// The APIs, in the order of their names.
pub(super) fn read(reader: &mut Reader<'_>, aliases: &EndpointAliases) -> Vec<Api> {
    let mut apis: Vec<Api> = Vec::new();
    for name in reader.names(PREFIX) {
        let parsed = reader.optional(name, |text| {
            let api = Api::parse(text).map_err(|problem| problem.to_string())?;
            beside(api, &apis, aliases)
        });
        apis.extend(parsed);
    }
    apis
}

/// The API, unless it disagrees with one of those before it.
fn beside(api: Api, known: &[Api], aliases: &EndpointAliases) -> Result<Api, String> {
    let scope_taken = api.scopes.iter().any(|(scope, _)| known.iter().any(|other| other.sentence(scope).is_some()));
    if known.iter().any(|other| other.audience == api.audience) {
        Err("its audience is already that of another API".to_owned())
    } else if scope_taken {
        Err("one of its scopes already belongs to another API".to_owned())
    } else if api.is_default && known.iter().any(|other| other.is_default) {
        Err("another API is already the default".to_owned())
    } else if api.facade.is_some() && known.iter().any(|other| other.facade == api.facade) {
        Err("its facade is already that of another API".to_owned())
    } else if api.facade.as_deref().is_some_and(|facade| aliases.begin_with(facade)) {
        Err("its facade is how the second address of an endpoint begins".to_owned())
    } else {
        Ok(api)
    }
}
