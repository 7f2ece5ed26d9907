//! Everything that a deployment decides.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use url::Url;

use crate::base::encoding::from_base64url_exact;
use crate::base::{Secret, UnixTime};
use crate::http::Document;
use crate::http::outbound::{Outbound, parse_exceptions};
use crate::jose::keyring::{Keyring, parse_set};
use crate::jose::{Algorithm, SigningKey};
use crate::oauth::api::Api;
use crate::oauth::client::id::ClientIdKey;
use crate::oauth::issuer::Issuer;
use crate::oauth::person::claims::{Catalogue, ClaimSet};
use crate::pages::{Accent, Brand, Logo};
use crate::seal::{Ring, Sealer};

/// The tenant whose data this Worker serves. One today; every object's name, key and sealed value begins with it.
pub const TENANT: &str = "t0";

/// How the names of the vars begin that describe an API each.
const API_PREFIX: &str = "API_";

/// How the names of the vars begin that describe the claims of a scope each.
const CLAIMS_PREFIX: &str = "CLAIMS_";

/// The longest var or secret that the platform stores, in bytes.
const LONGEST: usize = 5_120;

/// What pages call the product unless `BRAND_NAME` says otherwise.
const DEFAULT_NAME: &str = "Grantry";

/// The shortest break-glass token, in characters.
const SHORTEST_ADMIN_TOKEN: usize = 32;

/// Everything that a deployment decides.
#[derive(Debug)]
pub struct Config {
    /// Who we are.
    pub issuer: Issuer,
    /// Seals and opens values.
    pub sealer: Sealer,
    /// Signs tokens.
    pub keyring: Keyring,
    /// Makes pairwise subjects; never rotates.
    pub subject_key: Secret<[u8; 32]>,
    /// Tells identifiers of clients that we made from those that a stranger makes up.
    pub client_id_key: ClientIdKey,
    /// The break-glass credential.
    pub admin_token: Secret<String>,
    /// How pages look.
    pub brand: Brand,
    /// The APIs that tokens can be for.
    pub apis: Vec<Api>,
    /// The claims about a person that can be asked for.
    pub claims: Catalogue,
    /// Second addresses of endpoints.
    pub aliases: Aliases,
    /// Where requests of our own may go.
    pub outbound: Outbound,
    /// Whether people can delete their own accounts.
    pub account_deletion: bool,
    /// Where people make accounts, if the product has such a place.
    pub sign_up: Option<SignUp>,
    /// Who may register clients besides the administrator.
    pub self_registration: SelfRegistration,
    /// Whether a client may be described by a document at the address that is its identifier.
    pub metadata_documents: bool,
    /// Who decides whether a developer's app is published.
    pub publication: Publication,
    /// Who may read the documentation for developers.
    pub developer_docs: Readers,
    /// What is published of all that.
    pub published: Published,
}

/// The documents that say what clients may rely on. They are written when they are first asked for.
#[derive(Debug, Default)]
pub struct Published {
    /// The metadata of the server (RFC 8414).
    pub discovery: OnceCell<Document>,
    /// Its keys (RFC 7517 section 5).
    pub jwks: OnceCell<Document>,
}

/// Who may register a client for which nobody vouches (RFC 7591 section 3).
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SelfRegistration {
    /// Nobody.
    #[default]
    Off,
    /// Who has an initial access token.
    Token,
    /// Everybody.
    Open,
}

/// Who decides whether a developer's app is in the catalogue.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Publication {
    /// The administrator.
    #[default]
    Approval,
    /// The developer alone.
    Open,
}

/// Who may read a page.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Readers {
    /// Everybody.
    #[default]
    Public,
    /// Who has the developer role.
    Developers,
}

/// The product's own page where people make accounts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignUp(Url);

impl SignUp {
    fn parse(text: &str) -> Result<Self, String> {
        Url::parse(text)
            .ok()
            .filter(|url| url.scheme() == "https" && url.fragment().is_none())
            .map(Self)
            .ok_or_else(|| "must be an https address without a fragment".to_owned())
    }

    /// Its address for a person who is to come back to `address`.
    #[must_use]
    pub fn returning_to(&self, address: &str) -> String {
        let mut url = self.0.clone();
        url.query_pairs_mut().append_pair("return_to", address);
        url.into()
    }
}

/// Second addresses of endpoints, for apps that were written for another product.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Aliases {
    /// Of the authorization endpoint.
    pub authorize: String,
    /// Of the token endpoint.
    pub token: String,
}

impl Aliases {
    /// Whether one of them has this first segment.
    fn begin_with(&self, segment: &str) -> bool {
        [&self.authorize, &self.token].into_iter().any(|alias| alias.split('/').nth(1) == Some(segment))
    }
}

/// One thing that is wrong with the configuration.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The name of the var or secret.
    pub name: String,
    /// What is wrong with it; never a part of its value.
    pub what: String,
}

impl Config {
    /// Parses vars and secrets, by their names, as they are at `now`.
    ///
    /// # Errors
    /// All problems.
    pub fn parse(vars: &BTreeMap<String, String>, now: UnixTime) -> Result<Self, Vec<Problem>> {
        let mut reader = Reader { vars, problems: Vec::new() };
        let issuer = reader.required("ISSUER", |text| Issuer::parse(text).map_err(|problem| problem.to_string()));
        let ring = reader.required("MASTER_KEYS", |text| ring(text, now));
        let subject_key = reader.required("SUBJECT_KEY", |text| {
            from_base64url_exact(text)
                .map(Secret::new)
                .ok_or_else(|| "is not 32 bytes in base64url without padding".to_owned())
        });
        let current = reader.required("SIGNING_KEYS", complete_set);
        let next = reader.optional("SIGNING_KEYS_NEXT", set);
        let previous = reader.optional("SIGNING_KEYS_PREVIOUS", set);
        let admin_token = reader.required("ADMIN_TOKEN", |text| {
            let long = text.len() >= SHORTEST_ADMIN_TOKEN && text.bytes().all(|byte| byte.is_ascii_graphic());
            if long {
                Ok(Secret::new(text.to_owned()))
            } else {
                Err(format!("is shorter than {SHORTEST_ADMIN_TOKEN} printable characters"))
            }
        });
        let name = reader.optional("BRAND_NAME", |text| Ok(text.to_owned()));
        let logo = reader.optional("BRAND_LOGO", |text| Logo::parse(text).map_err(|problem| problem.to_string()));
        let accent =
            reader.optional("BRAND_ACCENT", |text| text.parse::<Accent>().map_err(|problem| problem.to_string()));
        let brand = Brand::new(name.as_deref().unwrap_or(DEFAULT_NAME), logo, accent.unwrap_or_default());
        let authorize = reader.optional("ALIAS_AUTHORIZE", alias).unwrap_or_else(|| "/connect/authorize".to_owned());
        let token = reader.optional("ALIAS_TOKEN", alias).unwrap_or_else(|| "/connect/token".to_owned());
        let account_deletion = reader.optional("ACCOUNT_DELETION", one_of(&SWITCH)).unwrap_or(true);
        let publication = reader
            .optional("PUBLICATION", one_of(&[("approval", Publication::Approval), ("open", Publication::Open)]))
            .unwrap_or_default();
        let developer_docs = reader
            .optional("DEVELOPER_DOCS", one_of(&[("public", Readers::Public), ("developers", Readers::Developers)]))
            .unwrap_or_default();
        if authorize == token {
            let what = "is the same address as ALIAS_AUTHORIZE".to_owned();
            reader.problems.push(Problem { name: "ALIAS_TOKEN".to_owned(), what });
        }
        let aliases = Aliases { authorize, token };
        let apis = reader.apis(&aliases);
        let claims = reader.claims(&apis);
        let sign_up = reader.optional("SIGN_UP_URL", SignUp::parse);
        let self_registration = reader
            .optional(
                "DYNAMIC_REGISTRATION",
                one_of(&[
                    ("off", SelfRegistration::Off),
                    ("token", SelfRegistration::Token),
                    ("open", SelfRegistration::Open),
                ]),
            )
            .unwrap_or_default();
        let metadata_documents = reader.optional("CLIENT_ID_METADATA_DOCUMENTS", one_of(&SWITCH)).unwrap_or_default();
        let exceptions = reader
            .optional("OUTBOUND_EXCEPTIONS", |text| parse_exceptions(text).map_err(ToOwned::to_owned))
            .unwrap_or_default();
        match (issuer, ring, subject_key, current, admin_token) {
            (Some(issuer), Some(ring), Some(subject_key), Some(current), Some(admin_token))
                if reader.problems.is_empty() =>
            {
                Ok(Self {
                    outbound: Outbound::new(issuer.as_str(), exceptions),
                    sealer: Sealer::new(ring, TENANT.to_owned(), issuer.as_str().to_owned()),
                    issuer,
                    keyring: Keyring::new(current, &next.unwrap_or_default(), &previous.unwrap_or_default()),
                    client_id_key: ClientIdKey::derive(&subject_key),
                    subject_key,
                    admin_token,
                    brand,
                    apis,
                    claims,
                    aliases,
                    account_deletion,
                    sign_up,
                    self_registration,
                    metadata_documents,
                    publication,
                    developer_docs,
                    published: Published::default(),
                })
            }
            _ => Err(reader.problems),
        }
    }
}

fn ring(text: &str, now: UnixTime) -> Result<Ring, String> {
    let ring = Ring::parse(text).map_err(|problem| problem.to_string())?;
    if ring.sealing(now).is_none() {
        return Err("holds no key that seals now: all begin later or are retired".to_owned());
    }
    Ok(ring)
}

fn set(text: &str) -> Result<Vec<SigningKey>, String> {
    parse_set(text).map_err(|problem| problem.to_string())
}

/// What is there or not.
const SWITCH: [(&str, bool); 2] = [("on", true), ("off", false)];

/// Reads one of a few words, each of which means something.
fn one_of<T: Copy>(words: &[(&str, T)]) -> impl Fn(&str) -> Result<T, String> {
    |text| {
        let meant = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        meant.ok_or_else(|| {
            let words: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let (last, most) = words.split_last().unwrap_or((&"nothing", &[]));
            format!("must be {} or {last}", most.join(", "))
        })
    }
}

/// A path as browsers send it: compared, never decoded.
fn alias(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let segments = text.strip_prefix('/').unwrap_or_default().split('/');
    if text.len() > 1 && text.bytes().all(plain) && segments.clone().all(|segment| !["", ".", ".."].contains(&segment))
    {
        Ok(text.to_owned())
    } else {
        Err("must be a path like /connect/token, of letters, digits and - . _ ~".to_owned())
    }
}

/// Access tokens need ES256, ID tokens RS256 unless their client registered another, PS256 is what FAPI clients choose.
fn complete_set(text: &str) -> Result<Vec<SigningKey>, String> {
    let keys = set(text)?;
    for algorithm in [Algorithm::Es256, Algorithm::Rs256, Algorithm::Ps256] {
        match keys.iter().filter(|key| key.algorithm() == algorithm).count() {
            0 => return Err(format!("holds no key for {}", algorithm.as_str())),
            1 => {}
            _ => return Err(format!("holds more than one key for {}", algorithm.as_str())),
        }
    }
    Ok(keys)
}

struct Reader<'a> {
    vars: &'a BTreeMap<String, String>,
    problems: Vec<Problem>,
}

impl Reader<'_> {
    fn required<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        if self.text(name).is_none() {
            self.problems.push(Problem { name: name.to_owned(), what: "is missing".to_owned() });
        }
        self.optional(name, parse)
    }

    /// An empty value counts as none: `.dev.vars` and dashboards cannot tell the two apart.
    fn text(&self, name: &str) -> Option<&str> {
        self.vars.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    fn optional<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, String>) -> Option<T> {
        let text = self.text(name)?;
        let parsed =
            if text.len() > LONGEST { Err("is longer than the platform's 5 KB".to_owned()) } else { parse(text) };
        parsed.map_err(|what| self.problems.push(Problem { name: name.to_owned(), what })).ok()
    }

    /// The APIs, in the order of their names.
    fn apis(&mut self, aliases: &Aliases) -> Vec<Api> {
        let names: Vec<&String> = self.vars.keys().filter(|name| name.starts_with(API_PREFIX)).collect();
        let mut apis: Vec<Api> = Vec::new();
        for name in names {
            let known = &apis;
            let parsed = self.optional(name, |text| {
                let api = Api::parse(text).map_err(|problem| problem.to_string())?;
                let scope_taken =
                    api.scopes.iter().any(|(scope, _)| known.iter().any(|other| other.sentence(scope).is_some()));
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
            });
            apis.extend(parsed);
        }
        apis
    }

    /// The claims that the deployment describes, in the order of the vars' names. No scope belongs to two.
    fn claims(&mut self, apis: &[Api]) -> Catalogue {
        let names: Vec<&String> = self.vars.keys().filter(|name| name.starts_with(CLAIMS_PREFIX)).collect();
        let mut sets: Vec<ClaimSet> = Vec::new();
        for name in names {
            let known = &sets;
            let parsed = self.optional(name, |text| {
                let set = ClaimSet::parse(text).map_err(|problem| problem.to_string())?;
                let same = |other: &ClaimSet| {
                    set.claims.iter().any(|(claim, _)| other.claims.iter().any(|(known, _)| known == claim))
                };
                if apis.iter().any(|api| api.sentence(&set.scope).is_some()) {
                    Err("its scope already belongs to an API".to_owned())
                } else if known.iter().any(|other| other.scope == set.scope) {
                    Err("its scope is already described by another var".to_owned())
                } else if known.iter().any(same) {
                    Err("one of its claims is already described by another var".to_owned())
                } else {
                    Ok(set)
                }
            });
            sets.extend(parsed);
        }
        Catalogue::new(sets)
    }
}
