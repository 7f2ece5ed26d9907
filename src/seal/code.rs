//! The authorization code (RFC 6749 section 4.1.2).

use serde::{Deserialize, Serialize};

use super::envelope::Purpose;
use super::holder::{self, FamilyHolder};
use crate::base::{CodeId, FamilyId, GrantId, LinkKey, SessionId, UnixTime};
use crate::oauth::client::{ClientId, ClientVersion};
use crate::oauth::request::pkce::CodeChallenge;
use crate::oauth::token::entitlement::Granted;

/// What an authorization code stands for.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Code {
    /// The object that decides about it.
    #[serde(serialize_with = "holder::write")]
    pub holder: FamilyHolder,
    /// The session in which the user allowed it.
    pub session: SessionId,
    /// The consent it rests on.
    pub grant: GrantId,
    /// The account's epoch when it was made.
    pub epoch: u32,
    /// The family that its redemption founds.
    pub family: FamilyId,
    /// Tells this code from any other that names the same family.
    pub code: CodeId,
    /// The client it was issued to.
    pub client: ClientId,
    /// The client's version then: an older cached record of the client is not believed.
    pub client_version: ClientVersion,
    /// The redirect URI it was sent to.
    pub redirect_uri: String,
    /// The PKCE challenge; `None` only for a client registered with `require_pkce: false`.
    pub challenge: Option<CodeChallenge>,
    /// What was granted: its scopes, then its APIs.
    pub granted: Granted,
    /// The request's `nonce`, for the ID token.
    pub nonce: Option<String>,
    /// When the user was authenticated.
    pub auth_time: UnixTime,
    /// How the user was authenticated (`acr`, then `amr` separated by spaces), reserved.
    pub authentication: Option<String>,
    /// The thumbprint of the `DPoP` key the code is bound to (RFC 9449 section 10), reserved.
    pub dpop_jkt: Option<[u8; 32]>,
    /// Rich authorization details as JSON (RFC 9396), reserved.
    pub authorization_details: Option<String>,
    /// The `claims` parameter as JSON (`OpenID` Connect Core section 5.5), reserved.
    pub claims: Option<String>,
    /// The client's user whom its redemption links, where the JSON facade made the request.
    pub link: Option<LinkKey>,
}

impl Purpose for Code {
    const LABEL: &'static str = "authorization code";
    const PREFIX: &'static str = "gr_code_";
    const MAX_LENGTH: usize = 4_000;

    fn decode(format: u8, content: &[u8]) -> Option<Self> {
        holder::decode(format, content)
    }
}
