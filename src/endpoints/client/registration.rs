//! Clients are registered (RFC 7591) at /register and managed (RFC 7592) at `/register/{client_id}`.
//!
//! Registering is the administrator's, and where the deployment says so anybody's who has an initial access token, or
//! everybody's. A client may manage itself with the registration access token that it was given.

use serde::Serialize;
use subtle::ConstantTimeEq as _;

use crate::base::encoding::base64url;
use crate::base::{RegistrationAccessId, Secret};
use crate::config::{Config, Publication, SelfRegistration};
use crate::endpoints::callers::administrator::{Administrator, administrator, administrator_with, log};
use crate::endpoints::client::refusals::{denied, invalid_token, unregistrable, unwritable};
use crate::endpoints::sign_in::by_password::address_prefix;
use crate::endpoints::{App, Failure, Refused, Route};
use crate::http::authorization::Authorization;
use crate::http::json_object::{self, MalformedJson};
use crate::http::percent::{decode_segment, encode_segment};
use crate::http::{Method, Parameters, Request, Response};
use crate::jose::Algorithm;
use crate::lifetimes;
use crate::lookup::client;
use crate::oauth::client::information::{ClientInformation, Confidences};
use crate::oauth::client::registration::{
    Authority, Metadata, Ownership, Registration, RegistrationOffer, Unregistrable,
};
use crate::oauth::client::settings::ClientKeys;
use crate::oauth::client::{Client, ClientId, ClientVersion, SecretDigest, Voucher, rotated};
use crate::oauth::own_scope::OwnScope;
use crate::oauth::scope::Scopes;
use crate::platform::{Fault, Platform, attempt, random};
use crate::seal::registration_access::RegistrationAccess;
use crate::seal::{Life, Purpose as _, Unopened};
use crate::store::registry::{
    Delete, FoundClient, List, Read, Register, RegisterItself, Registered, Update, UpdateItself,
};

/// How often a client that registered itself may change, because each change costs rows.
const MOST_CHANGES: ClientVersion = ClientVersion(20);

/// How generated secrets begin, so that secret scanners find leaks.
const SECRET_PREFIX: &str = "gr_secret_";

/// Who registers a client.
enum Registrant {
    Administrator(Administrator),
    /// The holder of an initial access token that this client got.
    Initiated(String),
    Anybody,
}

impl Registrant {
    /// For the log.
    fn name(&self) -> &str {
        match self {
            Self::Administrator(administrator) => administrator.name(),
            Self::Initiated(by) => by,
            Self::Anybody => "anybody",
        }
    }

    const fn vouches(&self) -> bool {
        matches!(self, Self::Administrator(_))
    }
}

/// Who manages a client.
enum Manager {
    Administrator(Administrator),
    /// The client itself, with this token.
    Client(Secret<String>),
}

impl Manager {
    /// For the log.
    fn name(&self) -> &str {
        match self {
            Self::Administrator(administrator) => administrator.name(),
            Self::Client(_) => "client",
        }
    }

    /// Whether the rights of administration among `scopes`, which the client has or is to have, are those of the manager too. The
    /// client's own are its own, and it cannot add any.
    fn must_hold(&self, scopes: &Scopes) -> Result<(), Refused> {
        match self {
            Self::Administrator(administrator) => administrator.must_hold(scopes),
            Self::Client(_) => Ok(()),
        }
    }
}

/// /register: registers a client, or lists those that are.
pub(in crate::endpoints) async fn register<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    if request.method() == Method::Post {
        let registrant = registrant(app, request).await?;
        create(app, request, &registrant).await
    } else {
        let administrator = administrator(app, request, OwnScope::Clients).await?;
        list(app, request, &administrator).await
    }
}

/// Who registers. A credential that is not good is refused as such: it never makes an anonymous registration.
async fn registrant<P: Platform>(app: &App<'_, P>, request: &Request) -> Result<Registrant, Failure> {
    let lesser = match app.config.registration.by_themselves {
        SelfRegistration::Open if request.header("authorization").is_none() => {
            return if client::may_register(app.platform, app.now) {
                Ok(Registrant::Anybody)
            } else {
                Err(Fault::Busy("too many clients register themselves").into())
            };
        }
        SelfRegistration::Open | SelfRegistration::Token => Some(OwnScope::RegisterClients),
        SelfRegistration::Off => None,
    };
    let (administrator, scope) = administrator_with(app, request, OwnScope::Clients, lesser).await?;
    if scope == OwnScope::Clients {
        Ok(Registrant::Administrator(administrator))
    } else {
        Ok(Registrant::Initiated(administrator.name().to_owned()))
    }
}

/// `/register/{client_id}`: reads, changes or deletes a client.
pub(in crate::endpoints) async fn registration<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
) -> Result<Response, Failure> {
    let id = Route::Registration.parameter(request.path()).and_then(decode_segment);
    let id = id.as_deref().and_then(ClientId::parse);
    let (manager, registered) = managed(app, request, id).await?;
    match request.method() {
        Method::Put => change(app, request, manager, registered).await,
        Method::Delete => delete(app, manager, registered).await,
        _ => {
            let token = if let Manager::Client(token) = &manager { Some(token) } else { None };
            let confidences = Confidences { access_token: token, ..Confidences::default() };
            log(app, manager.name(), "read a client", Some(registered.client.id.as_str()));
            respond(app, 200, &registered.client, confidences)
        }
    }
}

async fn create<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    registrant: &Registrant,
) -> Result<Response, Failure> {
    let is_vouched = registrant.vouches();
    let metadata = metadata(app, request, if is_vouched { Authority::Administrator } else { Authority::Nobody })?;
    if let Registrant::Administrator(administrator) = registrant {
        administrator.must_hold(&metadata.registration.scopes)?;
    }
    keys_work(app, &metadata.registration).await?;
    sector_agrees(app, &metadata.registration, None).await?;
    let key = &app.config.client_id_key;
    let id = match metadata.client_id {
        None => ClientId::generate(random(app.platform), key),
        Some(id) if app.config.is_an_audience(id.as_str()) => {
            return Err(unregistrable(Unregistrable::metadata(
                "client_id must not be the issuer or the audience of an API",
            )));
        }
        Some(id) if id.may_be_imported(key) => id,
        Some(_) => {
            return Err(unregistrable(Unregistrable::metadata(
                "client_id must begin with a letter or digit, have at most 200 characters, and not look like a subject, \
                 a URL or a generated identifier",
            )));
        }
    };
    let has_secret = metadata.registration.authentication.has_secret();
    let secret = has_secret.then(|| metadata.client_secret.unwrap_or_else(|| new_secret(app)));
    let secrets = secret.iter().map(|secret| SecretDigest::of(secret, None)).collect();
    let registrar = if is_vouched { Voucher::Administrator } else { Voucher::Nobody };
    let client = Client::new(id.clone(), app.now, registrar, secrets, metadata.registration);
    let client = Client { voucher: voucher(metadata.verified, &client), owner: metadata.owner.after(None), ..client };
    let access = RegistrationAccessId::from_bytes(random(app.platform));
    // Sealed before anything is stored: what was stored must be answered.
    let access_token = sealed(app, &id, access)?;
    let register = Register { attempt: attempt(app.platform), client, access };
    let registered = if is_vouched {
        app.platform.ask_registry(register).await?
    } else {
        let place = address_prefix(request.header("cf-connecting-ip").unwrap_or_default());
        app.platform.ask_registry(RegisterItself { register, place }).await?
    };
    let registered = registered.map_err(|cause| denied(app, cause))?;
    client::changed(app.platform, &id, Some(registered.client.version));
    log(app, registrant.name(), "register a client", Some(id.as_str()));
    let confidences = Confidences { secret: secret.as_ref(), access_token: Some(&access_token) };
    respond(app, 201, &registered.client, confidences)
}

async fn change<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    manager: Manager,
    registered: Registered,
) -> Result<Response, Failure> {
    let before = &registered.client;
    let is_itself = matches!(manager, Manager::Client(_));
    if is_itself && before.self_registered && before.version >= MOST_CHANGES {
        let description = "The client has been changed too often. Register a new client.";
        return Err(Refused::json(403, "access_denied", description).into());
    }
    let authority = match &manager {
        Manager::Administrator(_) => Authority::Administrator,
        Manager::Client(_) => Authority::Client(before),
    };
    let metadata = metadata(app, request, authority)?;
    // RFC 7592 section 2.2: the request must name the client, and "MUST NOT" change its identifier.
    if metadata.client_id.as_ref() != Some(&before.id) {
        return Err(unregistrable(Unregistrable::metadata("client_id must be the client's own")));
    }
    manager.must_hold(&before.registration.scopes)?;
    manager.must_hold(&metadata.registration.scopes)?;
    keys_work(app, &metadata.registration).await?;
    sector_agrees(app, &metadata.registration, Some(before)).await?;
    let (secrets, secret) = secrets(app, before, &metadata, &manager)?;
    let access = metadata.rotate_access.then(|| RegistrationAccessId::from_bytes(random(app.platform)));
    let access_token = sealed(app, &before.id, access.unwrap_or(registered.access))?;
    let mut client = Client {
        secrets,
        // A client that the administrator has changed is not deleted because it is unused.
        is_unused: before.is_unused && is_itself,
        registration: metadata.registration,
        ..before.clone()
    };
    client.registration.presentation.publication_requested = before.registration.presentation.publication_requested;
    let client = match &manager {
        Manager::Administrator(_) => {
            client.voucher = voucher(metadata.verified, before);
            client.owner = owner(&metadata.owner, before)?;
            // What the developer asked for is answered.
            client.registration.presentation.publication_requested &= metadata.published.is_none();
            client
        }
        Manager::Client(_) => client.reviewed_again(before, app.config.developers.publication == Publication::Approval),
    };
    let update = Update { attempt: attempt(app.platform), client, access, expected_version: Some(before.version) };
    let after = match manager {
        Manager::Administrator(_) => app.platform.ask_registry(update).await?,
        Manager::Client(_) => app.platform.ask_registry(UpdateItself { update }).await?,
    };
    let after = after.map_err(|cause| denied(app, cause))?;
    client::changed(app.platform, &before.id, Some(after.client.version));
    log(app, manager.name(), "update a client", Some(before.id.as_str()));
    respond(app, 200, &after.client, Confidences { secret: secret.as_ref(), access_token: Some(&access_token) })
}

/// Who vouches for a client after the administrator has said whether it is `verified`, or nothing of it.
fn voucher(verified: Option<bool>, before: &Client) -> Voucher {
    match verified {
        Some(true) => Voucher::Administrator,
        Some(false) => before.voucher_of_others(),
        None => before.voucher,
    }
}

/// Whose the client is after the administrator has said who owns it, or nothing of it.
fn owner(asked: &Ownership, before: &Client) -> Result<Option<String>, Failure> {
    if before.self_registered && matches!(asked, Ownership::Developer(_)) {
        let problem = Unregistrable::metadata("a client that registered itself cannot have an owner");
        return Err(unregistrable(problem.of("owner")));
    }
    Ok(asked.after(before.owner.as_deref()))
}

/// The secrets that a client has after a change, and the new one if there is one.
fn secrets<P: Platform>(
    app: &App<'_, P>,
    before: &Client,
    metadata: &Metadata,
    manager: &Manager,
) -> Result<(Vec<SecretDigest>, Option<Secret<String>>), Failure> {
    if !metadata.registration.authentication.has_secret() {
        return Ok((Vec::new(), None));
    }
    let sent = metadata.client_secret.as_ref();
    let known = sent.is_some_and(|secret| before.secrets.iter().any(|digest| digest.is_of(secret, app.now)));
    // RFC 7592 section 2.2: "The client MUST NOT be allowed to overwrite its existing client secret with its own chosen
    // value."
    if sent.is_some() && !known && matches!(manager, Manager::Client(_)) {
        return Err(unregistrable(Unregistrable::metadata("client_secret must be the client's own")));
    }
    let imported = sent.filter(|_| !known).cloned();
    if imported.is_none() && metadata.rotate_secret.is_none() && !before.secrets.is_empty() {
        return Ok((before.secrets.clone(), None));
    }
    let secret = imported.unwrap_or_else(|| new_secret(app));
    let digest = SecretDigest::of(&secret, None);
    Ok((rotated(&before.secrets, digest, metadata.rotate_secret, app.now), Some(secret)))
}

async fn delete<P: Platform>(app: &App<'_, P>, manager: Manager, registered: Registered) -> Result<Response, Failure> {
    manager.must_hold(&registered.client.registration.scopes)?;
    let id = registered.client.id;
    let deleted = app.platform.ask_registry(Delete { attempt: attempt(app.platform), id: id.clone() }).await?;
    let version = deleted.map_err(|cause| denied(app, cause))?;
    client::changed(app.platform, &id, Some(version));
    log(app, manager.name(), "delete a client", Some(id.as_str()));
    Ok(Response::empty(204))
}

async fn list<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    administrator: &Administrator,
) -> Result<Response, Failure> {
    #[derive(Serialize)]
    struct Page<'a> {
        clients: Vec<ClientInformation<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        next: Option<String>,
    }
    let malformed = || {
        Refused::json(400, "invalid_request", "The parameters are after, a client_id, and limit, a number up to 100.")
    };
    let query = Parameters::of_query(request).map_err(|problem| malformed().because(problem))?;
    let after = query.get("after").map(|text| ClientId::parse(text).ok_or_else(malformed)).transpose()?;
    let limit = query.get("limit").map_or(Ok(lifetimes::CLIENTS_PAGE), |text| text.parse().map_err(|_| malformed()))?;
    if !(1..=lifetimes::LONGEST_CLIENTS_PAGE).contains(&limit) {
        return Err(malformed().into());
    }
    let listed = app.platform.ask_registry(List { after, limit }).await?;
    let information = |client| ClientInformation::new(client, address(app, client), Confidences::default());
    let clients = listed.clients.iter().map(information).collect();
    let next = listed.next.map(|after| {
        let path = Route::Register.path();
        app.config.issuer.at(&format!("{path}?limit={limit}&after={}", encode_segment(after.as_str())))
    });
    log(app, administrator.name(), "list clients", None);
    Response::json(200, &Page { clients, next }).map_err(unwritable)
}

/// Proves who manages the client named `id`, and reads it as the registry has it now.
async fn managed<P: Platform>(
    app: &App<'_, P>,
    request: &Request,
    id: Option<ClientId>,
) -> Result<(Manager, Registered), Failure> {
    let token = match Authorization::of(request) {
        Ok(Some(Authorization::Bearer(token))) if token.expose().starts_with(RegistrationAccess::PREFIX) => token,
        _ => {
            let administrator = administrator(app, request, OwnScope::Clients).await?;
            let registered = match id {
                Some(id) => read(app, id).await?,
                None => None,
            };
            let unknown = || Refused::json(404, "not_found", "The client does not exist.");
            return Ok((Manager::Administrator(administrator), registered.ok_or_else(unknown)?));
        }
    };
    // RFC 7592 section 2: 401 for a token that is not good, and for a client that is gone.
    let access = match app.config.sealer.open::<RegistrationAccess>(token.expose(), app.now) {
        Ok(opened) => opened.value,
        Err(Unopened::Future) => return Err(Fault::AheadOfTime.into()),
        Err(unopened) => return Err(invalid_token(unopened)),
    };
    if id.as_ref() != Some(&access.client) {
        return Err(invalid_token("the token is for another client"));
    }
    let registered = read(app, access.client).await?.ok_or_else(|| invalid_token("the client is gone"))?;
    let same: bool = registered.access.as_bytes().ct_eq(access.id.as_bytes()).into();
    if same { Ok((Manager::Client(token), registered)) } else { Err(invalid_token("the token was replaced")) }
}

async fn read<P: Platform>(app: &App<'_, P>, id: ClientId) -> Result<Option<Registered>, Fault> {
    Ok(match app.platform.ask_registry(Read { id }).await? {
        FoundClient::Registered(registered) => Some(*registered),
        FoundClient::Deleted(_) | FoundClient::Never => None,
    })
}

fn metadata<P>(app: &App<'_, P>, request: &Request, authority: Authority<'_>) -> Result<Metadata, Failure> {
    let members = json_object::of_body(request).map_err(|problem| {
        let status = if problem == MalformedJson::TooLarge { 413 } else { 400 };
        Refused::json(status, "invalid_client_metadata", "The body must be one JSON object of type application/json.")
            .because(problem)
    })?;
    Metadata::parse(&members, offer(app, &algorithms(app)), authority).map_err(unregistrable)
}

/// What can sign ID tokens.
pub(in crate::endpoints) fn algorithms<P>(app: &App<'_, P>) -> Vec<Algorithm> {
    let signs = |algorithm: &Algorithm| app.config.keyring.signing(*algorithm).is_some();
    Algorithm::ALL.into_iter().filter(signs).collect()
}

/// What can be registered.
pub(in crate::endpoints) fn offer<'a, P>(app: &App<'a, P>, algorithms: &'a [Algorithm]) -> RegistrationOffer<'a> {
    let Config { apis, claims, outbound, .. } = app.config;
    RegistrationOffer { apis, claims, algorithms, outbound }
}

/// Whether the platform can verify with each registered key: a point that is not on its curve looks like any other.
async fn keys_work<P: Platform>(app: &App<'_, P>, registration: &Registration) -> Result<(), Failure> {
    let assertions = &registration.assertions;
    let Some(ClientKeys::Registered(keys)) = &assertions.keys else {
        return Ok(());
    };
    for key in keys.usable(assertions.algorithm) {
        match app.platform.verify(&key, &[], &[0; 64]).await {
            Ok(_) => {}
            Err(Fault::Crypto(_)) => {
                return Err(unregistrable(Unregistrable::metadata(
                    "jwks must have valid keys only: one of them is not on its curve, or malformed",
                )));
            }
            Err(fault) => return Err(fault.into()),
        }
    }
    Ok(())
}

/// `OpenID` Connect Registration section 5: the document of the sector must list all redirect URIs. Otherwise anybody could
/// put a client into another's sector and learn who its users are.
pub(in crate::endpoints) async fn sector_agrees<P: Platform>(
    app: &App<'_, P>,
    registration: &Registration,
    before: Option<&Client>,
) -> Result<(), Failure> {
    let Some(address) = registration.sector_to_check(before.map(|before| &before.registration)) else {
        return Ok(());
    };
    let refused = |cause: &dyn ToString| -> Failure {
        let description = "sector_identifier_uri must return a JSON list with all redirect URIs";
        Refused::json(400, "invalid_client_metadata", description).because(cause.to_string()).into()
    };
    let address = app.config.outbound.admit(address).map_err(|problem| refused(&problem))?;
    let document = app.platform.fetch_document(&address).await.map_err(|fault| refused(&fault))?;
    let listed = document.texts().map_err(|fault| refused(&fault))?;
    if registration.redirect_uris.iter().all(|uri| listed.iter().any(|text| text == uri.as_str())) {
        Ok(())
    } else {
        Err(refused(&"the sector does not list a redirect URI"))
    }
}

fn sealed<P: Platform>(
    app: &App<'_, P>,
    client: &ClientId,
    id: RegistrationAccessId,
) -> Result<Secret<String>, Failure> {
    let life = Life { sealed_at: app.now, expires_at: app.now.plus(lifetimes::REGISTRATION_ACCESS) };
    let access = RegistrationAccess { client: client.clone(), id };
    let token = app.config.sealer.seal(&access, life, random(app.platform));
    token.map(Secret::new).map_err(|error| Fault::Crypto(error.to_string()).into())
}

fn respond<P>(
    app: &App<'_, P>,
    status: u16,
    client: &Client,
    confidences: Confidences<'_>,
) -> Result<Response, Failure> {
    Response::json(status, &ClientInformation::new(client, address(app, client), confidences)).map_err(unwritable)
}

/// Where a client is managed.
fn address<P>(app: &App<'_, P>, client: &Client) -> String {
    app.config.issuer.at(&[Route::Register.path(), "/", &encode_segment(client.id.as_str())].concat())
}

pub(in crate::endpoints) fn new_secret<P: Platform>(app: &App<'_, P>) -> Secret<String> {
    Secret::new([SECRET_PREFIX, &base64url(&random::<32>(app.platform))].concat())
}
