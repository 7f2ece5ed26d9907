//! Second addresses of endpoints, for apps that were written for another product.

use super::reader::Reader;

/// Second addresses of endpoints, for apps that were written for another product.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndpointAliases {
    /// Of the authorization endpoint.
    pub authorize: String,
    /// Of the token endpoint.
    pub token: String,
}

impl EndpointAliases {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let authorize = reader.optional("ALIAS_AUTHORIZE", path).unwrap_or_else(|| "/connect/authorize".to_owned());
        let token = reader.optional("ALIAS_TOKEN", path).unwrap_or_else(|| "/connect/token".to_owned());
        if authorize == token {
            reader.problem("ALIAS_TOKEN", "must differ from ALIAS_AUTHORIZE");
        }
        Self { authorize, token }
    }

    /// Whether one of them has this first segment.
    pub(super) fn begin_with(&self, segment: &str) -> bool {
        [&self.authorize, &self.token].into_iter().any(|alias| alias.split('/').nth(1) == Some(segment))
    }
}

/// A path as browsers send it: compared, never decoded.
fn path(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let segments = text.strip_prefix('/').unwrap_or_default().split('/');
    if text.len() > 1 && text.bytes().all(plain) && segments.clone().all(|segment| !["", ".", ".."].contains(&segment))
    {
        Ok(text.to_owned())
    } else {
        Err("must be a path like /connect/token, with letters, digits and - . _ ~ only".to_owned())
    }
}
