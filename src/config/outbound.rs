//! Where requests of our own may go.

use super::reader::Reader;
use crate::http::outbound::parse_exceptions;

/// The origins that may be asked although they are no public https servers.
pub(super) fn read_exceptions(reader: &mut Reader<'_>) -> Vec<String> {
    let exceptions = reader.optional("OUTBOUND_EXCEPTIONS", |text| parse_exceptions(text).map_err(ToOwned::to_owned));
    exceptions.unwrap_or_default()
}
