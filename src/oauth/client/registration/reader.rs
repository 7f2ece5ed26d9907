//! Each member of a registration request by its own rules.

use serde_json::{Map, Value};
use url::Url;

use super::{Authority, Offer, Registration, Unregistrable};
use crate::base::{Seconds, Secret};
use crate::jose::Algorithm;
use crate::oauth::api::{ADMINISTRATION, OF_OPENID, OWN_SCOPES};
use crate::oauth::client::redirect_uri::RedirectUri;
use crate::oauth::client::{AuthenticationMethod, Client, GrantType, Voucher};
use crate::oauth::scope::Scopes;

/// The most redirect URIs of one client.
const MOST_REDIRECT_URIS: usize = 20;

/// The longest name, in characters.
const LONGEST_NAME: usize = 100;

/// The longest address of a client's site, in bytes.
const LONGEST_SITE: usize = 2_000;

/// The lengths of secrets that an administrator may bring along, in characters.
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 32..=256;

/// The longest time for which an older secret may stay good.
const LONGEST_OVERLAP: u32 = 30 * 86_400;

/// What a client that signs people in may ask for unless it says otherwise.
const DEFAULT_SCOPES: &str = "openid profile email offline_access";

/// The members of a request.
pub(super) struct Reader<'a> {
    members: &'a Map<String, Value>,
    pub(super) offer: Offer<'a>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(members: &'a Map<String, Value>, offer: Offer<'a>) -> Self {
        Self { members, offer }
    }

    pub(super) fn value(&self, name: &str) -> Option<&'a Value> {
        self.members.get(name).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, name: &str) -> Result<Option<&'a str>, Unregistrable> {
        let text =
            |value: &'a Value| value.as_str().ok_or(Unregistrable::metadata("a member that is a text is another"));
        self.value(name).map(text).transpose()
    }

    pub(super) fn flag(&self, name: &str) -> Result<Option<bool>, Unregistrable> {
        let flag =
            |value: &Value| value.as_bool().ok_or(Unregistrable::metadata("a member that is true or false is another"));
        self.value(name).map(flag).transpose()
    }

    fn texts(&self, name: &str) -> Result<Option<Vec<&'a str>>, Unregistrable> {
        let problem = Unregistrable::metadata("a member that is a list of texts is another");
        let Some(value) = self.value(name) else {
            return Ok(None);
        };
        value
            .as_array()
            .ok_or(problem)?
            .iter()
            .map(|text| text.as_str().ok_or(problem))
            .collect::<Result<_, _>>()
            .map(Some)
    }

    pub(super) fn registration(&self, authority: Authority<'_>) -> Result<Registration, Unregistrable> {
        self.refuse_what_nobody_does()?;
        let authentication = self.authentication(authority)?;
        let public = authentication == AuthenticationMethod::None;
        let grant_types = self.grant_types(public, authority)?;
        let signs_in = grant_types.contains(&GrantType::AuthorizationCode);
        self.response_types(signs_in, authority)?;
        let scopes = self.scopes(&grant_types, authority)?;
        let registration = Registration {
            name: self.name()?,
            site: self.web_address("client_uri")?,
            presentation: self.presentation(signs_in, authority)?,
            redirect_uris: self.redirect_uris(signs_in)?,
            authentication,
            assertions: self.assertions(authentication, authority)?,
            optional_scopes: self.optional_scopes(&scopes, authority)?,
            scopes,
            grant_types,
            require_pkce: self
                .granted(authority, "require_pkce", Self::flag, |client| Some(client.require_pkce))?
                .unwrap_or(true),
            rotates_refresh_tokens: self
                .granted(authority, "rotate_refresh_tokens", Self::flag, |client| Some(client.rotates_refresh_tokens))?
                .unwrap_or(public),
            id_token_algorithm: self.id_token_algorithm(self.offer.algorithms)?,
            access_token_lifetime: self
                .granted(authority, "access_token_lifetime", Self::lifetime, |client| client.access_token_lifetime)?,
            access_token_format: self
                .granted(authority, "access_token_format", Self::access_token_format, |client| {
                    Some(client.access_token_format)
                })?
                .unwrap_or_default(),
            subjects: self.subjects(authority)?,
            logout: self.logout()?,
            default_max_age: self.max_age()?,
            require_auth_time: self.flag("require_auth_time")?.unwrap_or_default(),
        };
        registration.has_its_sector(authority)?;
        if public && !registration.require_pkce {
            return Err(Unregistrable::metadata("a public client must use PKCE"));
        }
        if public && !registration.rotates_refresh_tokens {
            return Err(Unregistrable::metadata("a public client's refresh tokens must rotate"));
        }
        Ok(registration)
    }

    /// A member that only the administrator decides: the client keeps what it has, and may repeat it.
    pub(super) fn granted<T: PartialEq>(
        &self,
        authority: Authority<'_>,
        name: &str,
        read: fn(&Self, &str) -> Result<Option<T>, Unregistrable>,
        kept: fn(&Client) -> Option<T>,
    ) -> Result<Option<T>, Unregistrable> {
        let sent = read(self, name)?;
        if authority.is_bound_by_nothing_before() {
            return Ok(sent);
        }
        let kept = authority.before().and_then(kept);
        if sent.is_some() && sent != kept {
            return Err(Unregistrable::metadata(
                "only the administrator may change the client's keys, its subject type, require_pkce, \
                 rotate_refresh_tokens, access_token_lifetime, access_token_format, published and verified",
            ));
        }
        Ok(kept)
    }

    /// `verified`, which a client may repeat.
    pub(super) fn verified(&self, authority: Authority<'_>) -> Result<Option<bool>, Unregistrable> {
        let kept = |client: &Client| Some(client.voucher == Voucher::Administrator);
        let sent = self.granted(authority, "verified", Self::flag, kept)?;
        Ok(sent.filter(|_| authority.is_administrator()))
    }

    fn name(&self) -> Result<String, Unregistrable> {
        let name = self
            .text("client_name")?
            .ok_or(Unregistrable::metadata("client_name is needed: people are asked by it"))?;
        let length = name.chars().count();
        if name.trim() != name || !(1..=LONGEST_NAME).contains(&length) || !name.chars().all(is_visible) {
            return Err(Unregistrable::metadata(
                "client_name must have 1 to 100 visible characters, without control, formatting or bidirectional ones",
            ));
        }
        Ok(name.to_owned())
    }

    /// An address that people are led to.
    pub(super) fn web_address(&self, name: &str) -> Result<Option<String>, Unregistrable> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let problem = Unregistrable::metadata(
            "client_uri, policy_uri and tos_uri must be https URLs of at most 2000 characters, in their normal form",
        );
        let url = Url::parse(text).map_err(|_| problem)?;
        let bare = url.username().is_empty() && url.password().is_none() && url.port().is_none_or(|port| port != 0);
        let normal = url.as_str() == text || url.as_str().strip_suffix('/') == Some(text);
        let good = url.scheme() == "https" && bare && normal && text.len() <= LONGEST_SITE;
        if good { Ok(Some(text.to_owned())) } else { Err(problem) }
    }

    fn redirect_uris(&self, needed: bool) -> Result<Vec<RedirectUri>, Unregistrable> {
        let uris = self.places("redirect_uris")?;
        if uris.is_empty() && needed {
            return Err(Unregistrable::redirect_uri("a redirect URI is needed for the authorization_code grant"));
        }
        Ok(uris)
    }

    /// A list of places that browsers are sent to.
    pub(super) fn places(&self, name: &str) -> Result<Vec<RedirectUri>, Unregistrable> {
        let texts = self.texts(name)?.unwrap_or_default();
        if texts.len() > MOST_REDIRECT_URIS {
            return Err(Unregistrable::redirect_uri("there must be at most 20 redirect URIs"));
        }
        let mut uris: Vec<RedirectUri> = Vec::with_capacity(texts.len());
        for text in texts {
            let uri = RedirectUri::parse(text).map_err(|problem| Unregistrable::redirect_uri(problem.description()))?;
            // A form that a page of ours sends there would pass for one of our own.
            if self.offer.outbound.is_own(text) {
                return Err(Unregistrable::redirect_uri("a redirect URI must not lead to this server itself"));
            }
            if uris.contains(&uri) {
                return Err(Unregistrable::redirect_uri("a redirect URI is there twice"));
            }
            uris.push(uri);
        }
        Ok(uris)
    }

    fn authentication(&self, authority: Authority<'_>) -> Result<AuthenticationMethod, Unregistrable> {
        let method = match self.text("token_endpoint_auth_method")? {
            None if matches!(authority, Authority::Document) => AuthenticationMethod::None,
            None | Some("client_secret_basic") => AuthenticationMethod::SecretBasic,
            Some("client_secret_post") => AuthenticationMethod::SecretPost,
            Some("private_key_jwt") => AuthenticationMethod::PrivateKeyJwt,
            Some("none") => AuthenticationMethod::None,
            Some(_) => {
                return Err(Unregistrable::metadata(
                    "token_endpoint_auth_method must be none, client_secret_basic, client_secret_post or \
                     private_key_jwt",
                ));
            }
        };
        match (authority, authority.before()) {
            (Authority::Document, _) if method.has_secret() => {
                Err(Unregistrable::metadata("token_endpoint_auth_method of a document must be none or private_key_jwt"))
            }
            (Authority::Developer(None), _) if method == AuthenticationMethod::PrivateKeyJwt => {
                Err(Unregistrable::metadata("a developer's app has a secret or is public"))
            }
            (_, Some(before))
                if before.authentication != method && !(before.authentication.has_secret() && method.has_secret()) =>
            {
                Err(Unregistrable::metadata("only the administrator may change what the client proves itself with"))
            }
            _ => Ok(method),
        }
    }

    fn grant_types(&self, public: bool, authority: Authority<'_>) -> Result<Vec<GrantType>, Unregistrable> {
        let names = self.texts("grant_types")?.unwrap_or_else(|| vec!["authorization_code"]);
        let is_document = matches!(authority, Authority::Document);
        let mut grant_types: Vec<GrantType> = Vec::new();
        for name in names {
            let grant_type = match name {
                "authorization_code" => GrantType::AuthorizationCode,
                "refresh_token" => GrantType::RefreshToken,
                _ if is_document => continue,
                "client_credentials" => GrantType::ClientCredentials,
                _ => {
                    return Err(Unregistrable::metadata(
                        "grant_types must be of authorization_code, refresh_token and client_credentials",
                    ));
                }
            };
            if !grant_types.contains(&grant_type) {
                grant_types.push(grant_type);
            }
        }
        grant_types.sort_unstable();
        let signs_in = grant_types.contains(&GrantType::AuthorizationCode);
        if !signs_in && !grant_types.contains(&GrantType::ClientCredentials) {
            return Err(Unregistrable::metadata("grant_types must have authorization_code or client_credentials"));
        }
        if !signs_in && grant_types.contains(&GrantType::RefreshToken) {
            return Err(Unregistrable::metadata("refresh_token needs authorization_code"));
        }
        if public && grant_types.contains(&GrantType::ClientCredentials) {
            return Err(Unregistrable::metadata("a public client has no credentials for client_credentials"));
        }
        match authority {
            Authority::Nobody if grant_types.contains(&GrantType::ClientCredentials) => Err(Unregistrable::metadata(
                "a client that registers itself may use authorization_code and refresh_token alone",
            )),
            Authority::Developer(None) if grant_types.contains(&GrantType::ClientCredentials) => {
                Err(Unregistrable::metadata("only the administrator may add grant types"))
            }
            Authority::Client(before) | Authority::Developer(Some(before))
                if !grant_types.iter().all(|grant_type| before.may_use(*grant_type)) =>
            {
                Err(Unregistrable::metadata("only the administrator may add grant types"))
            }
            _ => Ok(grant_types),
        }
    }

    fn response_types(&self, signs_in: bool, authority: Authority<'_>) -> Result<(), Unregistrable> {
        match self.texts("response_types")?.as_deref() {
            None => Ok(()),
            Some(names) if matches!(authority, Authority::Document) && names.contains(&"code") => Ok(()),
            Some(["code"]) if signs_in => Ok(()),
            Some([]) if !signs_in => Ok(()),
            Some(_) => Err(Unregistrable::metadata("response_types must be code, and only with authorization_code")),
        }
    }

    fn scopes(&self, grant_types: &[GrantType], authority: Authority<'_>) -> Result<Scopes, Unregistrable> {
        let default = match authority {
            Authority::Client(before) | Authority::Developer(Some(before)) => before.scopes.clone(),
            Authority::Administrator | Authority::Developer(None)
                if grant_types.contains(&GrantType::AuthorizationCode) =>
            {
                Scopes::parse(DEFAULT_SCOPES).unwrap_or_default()
            }
            Authority::Administrator | Authority::Developer(None) => Scopes::default(),
            Authority::Document | Authority::Nobody => self.open_scopes(),
        };
        let scopes = match self.text("scope")? {
            None => default,
            Some(text) => Scopes::parse(text).map_err(|_| Unregistrable::metadata("scope is malformed"))?,
        };
        if matches!(authority, Authority::Document) {
            let open = self.open_scopes();
            return Ok(scopes.filtered(|scope| open.contains(scope)));
        }
        let Offer { apis, claims, .. } = self.offer;
        let known = |scope: &str| {
            OWN_SCOPES.contains(&scope)
                || claims.sentence(scope).is_some()
                || apis.iter().any(|api| api.sentence(scope).is_some())
        };
        if !scopes.iter().all(known) {
            return Err(Unregistrable::metadata("scope has a value that is neither standard nor of a configured API"));
        }
        let administers = scopes.iter().any(|scope| ADMINISTRATION.contains(&scope));
        if administers && !grant_types.contains(&GrantType::ClientCredentials) {
            return Err(Unregistrable::metadata("scopes of administration need the client_credentials grant"));
        }
        let keeps = |scope: &str| authority.before().is_some_and(|before| before.scopes.contains(scope));
        match authority {
            Authority::Nobody if !scopes.is_within(&self.open_scopes()) => {
                Err(Unregistrable::metadata("scope has a value that is not open to clients that register themselves"))
            }
            Authority::Developer(_) if scopes.iter().any(|scope| ADMINISTRATION.contains(&scope) && !keeps(scope)) => {
                Err(Unregistrable::metadata("only the administrator may add scopes of administration"))
            }
            Authority::Client(before) if !scopes.is_within(&before.scopes) => {
                Err(Unregistrable::metadata("only the administrator may add scopes"))
            }
            // Hosts of MCP register with what a server wants at first, and ask for more when a tool needs it: people are asked
            // then, and the host could have registered for it.
            Authority::Nobody => Ok(self.of_whole_apis(&scopes)),
            _ => Ok(scopes),
        }
    }

    /// `scopes`, and the others of the open APIs that they are of (RFC 7591 section 2: the server may replace what is asked).
    fn of_whole_apis(&self, scopes: &Scopes) -> Scopes {
        let named = self.offer.apis.iter().filter(|api| scopes.iter().any(|scope| api.sentence(scope).is_some()));
        let open = named.filter(|api| api.is_open).flat_map(|api| api.scopes.iter().map(|(scope, _)| scope.as_str()));
        let open: Vec<&str> = open.collect();
        scopes.with(&Scopes::parse(&open.join(" ")).unwrap_or_default())
    }

    /// What a client may ask people for without anybody vouching for it.
    fn open_scopes(&self) -> Scopes {
        let of_apis = self.offer.apis.iter().filter(|api| api.is_open);
        let of_apis = of_apis.flat_map(|api| api.scopes.iter().map(|(scope, _)| scope.as_str()));
        let open: Vec<&str> = OF_OPENID.into_iter().chain(of_apis).collect();
        Scopes::parse(&open.join(" ")).unwrap_or_default()
    }

    fn id_token_algorithm(&self, algorithms: &[Algorithm]) -> Result<Algorithm, Unregistrable> {
        // OpenID Connect Dynamic Client Registration section 2: "The default, if omitted, is RS256."
        let named = self.text("id_token_signed_response_alg")?.unwrap_or("RS256");
        Algorithm::parse(named)
            // Who asks for a name expects it in the header.
            .filter(|algorithm| algorithm.as_str() == named && algorithms.contains(algorithm))
            .ok_or(Unregistrable::metadata("id_token_signed_response_alg is none that this server signs with"))
    }

    fn lifetime(&self, name: &str) -> Result<Option<Seconds>, Unregistrable> {
        let problem = Unregistrable::metadata("access_token_lifetime must be between 60 and 86400 seconds");
        self.value(name).map(|value| seconds(value, 60..=86_400).ok_or(problem)).transpose()
    }

    pub(super) fn secret(&self, registration: &Registration) -> Result<Option<Secret<String>>, Unregistrable> {
        let Some(text) = self.text("client_secret")? else {
            return Ok(None);
        };
        if !registration.authentication.has_secret() {
            return Err(Unregistrable::metadata("a client that authenticates otherwise has no secret"));
        }
        if !SECRET_LENGTHS.contains(&text.len()) || !text.bytes().all(|byte| matches!(byte, 0x20..=0x7e)) {
            return Err(Unregistrable::metadata("client_secret must have 32 to 256 printable ASCII characters"));
        }
        Ok(Some(Secret::new(text.to_owned())))
    }

    pub(super) fn rotation(&self, registration: &Registration) -> Result<Option<Seconds>, Unregistrable> {
        let Some(value) = self.value("rotate_client_secret") else {
            return Ok(None);
        };
        if !registration.authentication.has_secret() {
            return Err(Unregistrable::metadata("a client that authenticates otherwise has no secret"));
        }
        let overlap = value.get("overlap_seconds").and_then(|value| seconds(value, 0..=LONGEST_OVERLAP));
        overlap.map(Some).ok_or(Unregistrable::metadata(
            "rotate_client_secret must be an object with overlap_seconds between 0 and 2592000",
        ))
    }
}

pub(super) fn seconds(value: &Value, range: std::ops::RangeInclusive<u32>) -> Option<Seconds> {
    let seconds = u32::try_from(value.as_u64()?).ok()?;
    range.contains(&seconds).then_some(Seconds::new(seconds))
}

/// Whether a character of a name is seen as what it is: no control, no formatting, no reordering, no blank but the space
/// (Unicode UAX 9, UTS 39).
pub(super) fn is_visible(character: char) -> bool {
    let blank = character.is_whitespace() && character != ' ';
    let invisible = matches!(character,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFD}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}');
    !character.is_control() && !blank && !invisible
}
