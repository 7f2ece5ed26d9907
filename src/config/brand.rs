//! How pages look, and where they lead.

use super::reader::Reader;
use crate::pages::{Accent, Brand, Logo, ProductLink, ProductLinks};

/// What pages call the product unless `BRAND_NAME` says otherwise.
const DEFAULT_NAME: &str = "Grantry";

pub(super) fn read(reader: &mut Reader<'_>) -> Brand {
    let name = reader.optional("BRAND_NAME", |text| Ok(text.to_owned()));
    let logo = reader.optional("BRAND_LOGO", |text| Logo::parse(text).map_err(|problem| problem.to_string()));
    let accent = reader.optional("BRAND_ACCENT", |text| text.parse::<Accent>().map_err(|problem| problem.to_string()));
    let mut link = |name| reader.optional(name, |text| ProductLink::parse(text).map_err(|problem| problem.to_string()));
    let links = ProductLinks {
        support: link("SUPPORT_URL"),
        recovery: link("RECOVERY_URL"),
        privacy: link("PRIVACY_URL"),
        terms: link("TERMS_URL"),
    };
    Brand::new(name.as_deref().unwrap_or(DEFAULT_NAME), logo, accent.unwrap_or_default()).with_links(links)
}
