//! The claims about users that a deployment describes beside the standard ones.

use super::reader::Reader;
use crate::oauth::api::Api;
use crate::oauth::person::claims::{ClaimCatalogue, ClaimSet};

/// How the names of the vars begin that describe the claims of a scope each.
const PREFIX: &str = "CLAIMS_";

/// The claims, in the order of the vars' names. No scope is described by two vars.
pub(super) fn read(reader: &mut Reader<'_>, apis: &[Api]) -> ClaimCatalogue {
    let mut sets: Vec<ClaimSet> = Vec::new();
    for name in reader.names(PREFIX) {
        let parsed = reader.optional(name, |text| {
            let set = ClaimSet::parse(text).map_err(|problem| problem.to_string())?;
            beside(set, &sets, apis)
        });
        sets.extend(parsed);
    }
    ClaimCatalogue::new(sets)
}

/// The set, unless it disagrees with one of those before it or with an API.
fn beside(set: ClaimSet, known: &[ClaimSet], apis: &[Api]) -> Result<ClaimSet, String> {
    let claim_taken =
        |other: &ClaimSet| set.claims.iter().any(|(claim, _)| other.claims.iter().any(|(known, _)| known == claim));
    if apis.iter().any(|api| api.sentence(&set.scope).is_some()) {
        Err("the scope already belongs to an API".to_owned())
    } else if known.iter().any(|other| other.scope == set.scope) {
        Err("another setting already describes this scope".to_owned())
    } else if known.iter().any(claim_taken) {
        Err("another setting already describes one of these claims".to_owned())
    } else {
        Ok(set)
    }
}
