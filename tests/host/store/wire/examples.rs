//! An example of every message that Worker and object exchange: commands, and their replies.

use std::fmt::Debug;

use grantry::base::{
    AccountId, AssertionKey, AttemptId, CodeId, DeviceId, FamilyId, GrantId, LinkKey, RegistrationAccessId, Seconds,
    Secret, SessionId, UnixTime,
};
use grantry::oauth::client::presentation::Picture;
use grantry::oauth::client::{Client, ClientId, ClientVersion, FaceDigest, ShownFace};
use grantry::oauth::person::profile::Profile;
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::family::{Member, RefreshLifetime, Refusal};
use grantry::sign_in::device::DeviceKey;
use grantry::sign_in::login_name::LoginName;
use grantry::sign_in::origin::Origin;
use grantry::sign_in::password::{BadParameters, HashAlgorithm, PasswordParameters, Salt, Verifier};
use grantry::store::ask::Reply;
use grantry::store::wire::{self, Encoded};
use grantry::store::{Ask, account, directory, hasher, registry, replay};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

const ATTEMPT: AttemptId = AttemptId::from_bytes([101; 16]);
const ACCOUNT: AccountId = AccountId::from_bytes([102; 32]);
const FAMILY: FamilyId = FamilyId::from_bytes([103; 20]);
const SESSION: SessionId = SessionId::from_bytes([104; 20]);
const GRANT: GrantId = GrantId::from_bytes([105; 16]);
const DEVICE: DeviceId = DeviceId::from_bytes([106; 32]);
const LINK: LinkKey = LinkKey::from_bytes([107; 16]);
const ASSERTION: AssertionKey = AssertionKey::from_bytes([108; 16]);
const ACCESS: RegistrationAccessId = RegistrationAccessId::from_bytes([109; 16]);
const AT: UnixTime = UnixTime::from_secs(1_800_000_000);

fn id() -> ClientId {
    ClientId::parse("planner").expect("an identifier")
}

fn login() -> LoginName {
    LoginName::parse("ada@example.com").expect("a name")
}

fn scopes() -> Scopes {
    Scopes::parse("openid email").expect("scopes")
}

fn parameters() -> PasswordParameters {
    PasswordParameters::current([110; 16])
}

fn imported() -> PasswordParameters {
    let algorithm = HashAlgorithm::Other { name: "pbkdf2".to_owned(), parameters: "600000".to_owned() };
    PasswordParameters { algorithm, salt: vec![117; Salt::LONGEST].try_into().expect("a salt") }
}

fn verifier() -> Verifier {
    Verifier::from_bytes([111; 32])
}

fn face() -> FaceDigest {
    FaceDigest::from_slice(&[112; 16]).expect("a face")
}

fn profile() -> Profile {
    serde_json::from_value(json!({
        "userName": "ada", "name": {"givenName": "Ada"}, "emails": [{"value": "ada@example.com", "primary": true}],
    }))
    .expect("a profile")
}

fn origin() -> Origin {
    Origin { browser: Some("Firefox".to_owned()), system: None, city: Some("London".to_owned()), country: None }
}

fn claims() -> Map<String, Value> {
    profile().claims()
}

fn client() -> Client {
    serde_json::from_value(json!({
        "id": "planner", "version": 3, "registered_at": 1_800_000_000, "voucher": "developer", "name": "Planner",
        "redirect_uris": ["https://planner.example/back"], "authentication": "private_key_jwt", "secrets": [],
        "assertions": {"keys": {"jwks_uri": "https://planner.example/keys"}},
        "grant_types": ["authorization_code"], "scopes": "openid email", "require_pkce": true,
        "rotates_refresh_tokens": false, "id_token_algorithm": "ES256",
    }))
    .expect("a client")
}

fn credential() -> account::Credential {
    account::Credential { parameters: parameters(), verifier: verifier() }
}

fn authentication() -> account::Authentication {
    account::Authentication { epoch: 2, auth_time: AT, amr: "pwd".to_owned() }
}

fn session() -> account::Session {
    let (sub, name) = ("u1".to_owned(), "Ada".to_owned());
    account::Session { sub, name, expires_at: AT, authentication: authentication(), is_developer: true }
}

fn registered() -> registry::Registered {
    registry::Registered { client: client(), access: ACCESS }
}

fn register() -> registry::Register {
    registry::Register { attempt: ATTEMPT, client: client(), access: ACCESS }
}

fn update(access: Option<RegistrationAccessId>) -> registry::Update {
    registry::Update { attempt: ATTEMPT, client: client(), access, expected_version: access.map(|_| ClientVersion(3)) }
}

fn entry(logo: Option<Picture>) -> registry::CatalogueEntry {
    let (name, site) = ("Planner".to_owned(), "https://planner.example/".to_owned());
    registry::CatalogueEntry { id: id(), name, description: None, site, logo }
}

fn entries() -> Vec<registry::CatalogueEntry> {
    vec![entry(None), entry(Picture::of_bytes(b"\x89PNG\r\n\x1a\n").ok())]
}

fn projection(email: Option<String>) -> directory::Projection {
    directory::Projection {
        user_name: "ada".to_owned(),
        display_name: email.clone(),
        email,
        active: true,
        created_at: AT,
        modified_at: AT,
        version: 2,
    }
}

/// The texts of members that travel as JSON. What they say of themselves changes with no encoding.
pub(super) fn texts() -> Vec<String> {
    let text = |value: Result<String, _>| value.expect("JSON");
    vec![
        text(serde_json::to_string(&client())),
        text(serde_json::to_string(&vec![client()])),
        text(serde_json::to_string(&profile())),
        text(serde_json::to_string(&claims())),
        text(serde_json::to_string(&origin())),
        text(serde_json::to_string(&entries())),
    ]
}

/// A message, and what it is called in the file of encodings.
pub(super) struct Sample {
    pub(super) name: String,
    pub(super) message: Vec<u8>,
}

/// `command` came back as what it was.
fn asked<C: Debug + DeserializeOwned + Serialize>(name: String, command: &C) -> Sample {
    let message = wire::encode_command(command).expect("encodes");
    let again: C = wire::decode_command(&message).expect("decodes");
    assert_eq!(format!("{command:?}"), format!("{again:?}"), "{name}");
    assert_eq!(message, wire::encode_command(&again).expect("encodes"), "{name}");
    Sample { name, message }
}

/// The reply to `A` came back as what it was.
fn replied<A: Ask<Reply: Debug>>(name: String, reply: &A::Reply) -> Sample {
    let encoded = Encoded::of(reply).expect("encodes");
    let message = wire::encode_answer(AT, 300, &encoded).expect("encodes");
    let (head, body) = wire::decode_answer(&message).expect("a head");
    assert_eq!((head.now, head.rows_written, head.is_refusal), (AT, 300, reply.is_refusal()), "{name}");
    let again: A::Reply = wire::decode_reply(body).expect("decodes");
    assert_eq!(format!("{reply:?}"), format!("{again:?}"), "{name}");
    assert_eq!(encoded, Encoded::of(&again).expect("encodes"), "{name}");
    Sample { name, message }
}

/// All commands of an object, each with samples of it and of its replies. Without one of them it does not compile.
macro_rules! samples {
    ($object:ident: $($command:ident: [$($ask:expr),+ $(,)?] -> $replies:expr;)+) => {{
        let _complete = |command: &$object::Command| match command {
            $($object::Command::$command(_) => (),)+
        };
        let mut samples: Vec<Sample> = Vec::new();
        $(
            $(
                let ask: $object::$command = $ask;
                let name = format!("{} asks {} {}", stringify!($object), stringify!($command), samples.len());
                samples.push(asked(name, &$object::Command::from(ask)));
            )+
            let replies: Vec<<$object::$command as Ask>::Reply> = $replies.into();
            assert!(!replies.is_empty());
            for reply in replies {
                let name = format!("{} answers {} {}", stringify!($object), stringify!($command), samples.len());
                samples.push(replied::<$object::$command>(name, &reply));
            }
        )+
        samples
    }};
}

/// All variants of an enumeration: one that is missing does not compile.
macro_rules! every {
    ($type:ty: $($variant:ident $(($value:expr))? $({ $($field:ident: $of:expr),+ })?),+ $(,)?) => {{
        type Every = $type;
        let _complete = |value: &Every| match value {
            $(Every::$variant { .. } => (),)+
        };
        [$(Every::$variant $(($value))? $({ $($field: $of),+ })?),+]
    }};
}

fn results<T, E>(good: impl IntoIterator<Item = T>, refused: impl IntoIterator<Item = E>) -> Vec<Result<T, E>> {
    good.into_iter().map(Ok).chain(refused.into_iter().map(Err)).collect()
}

fn denied() -> [account::Denied; 3] {
    every!(account::Denied: Disabled, SessionEnded, Unknown)
}

fn refusals() -> [Refusal; 13] {
    every!(Refusal: AccountDisabled, AccessTokenRevoked, EpochChanged, Expired, GrantRevoked, NotOffline, OtherCode,
        OtherClient, Replayed, Revoked, ScopeNotGranted, SessionEnded, Unknown)
}

fn not_signed_in() -> [account::SignInRefusal; 6] {
    every!(account::SignInRefusal: Disabled, Locked { until: AT }, StaleSalt { parameters: parameters() }, Unknown,
        WrongPassword, SessionEnded)
}

fn issued(refresh: Option<u32>) -> account::Issued {
    account::Issued {
        sub: "u1".to_owned(),
        refresh,
        refresh_ends_at: refresh.map(|_| AT),
        serial: AT,
        scopes: scopes(),
        session: SESSION,
        context: "{}".to_owned(),
        claims: refresh.map(|_| claims()),
    }
}

fn redeem(refresh: Option<RefreshLifetime>) -> account::Redeem {
    account::Redeem {
        attempt: ATTEMPT,
        family: FAMILY,
        code: CodeId::from_bytes([113; 16]),
        code_expires_at: AT,
        client: id(),
        grant: GRANT,
        session: SESSION,
        epoch: 2,
        scopes: scopes(),
        offline: true,
        refresh,
        access_lifetime: Seconds::new(600),
        context: "{}".to_owned(),
    }
}

fn shown_face() -> ShownFace {
    ShownFace { name: "App".to_owned(), host: Some("app.example.com".to_owned()), verified: true }
}

fn overview() -> account::Overview {
    let kinds = every!(account::EventKind: Allowed, Changed, CodeReplayed, Disabled, Disconnected, Enabled, LockedOut,
        LogoutNotDelivered, PasswordChanged, PasswordSet, RefreshTokenReplayed, SignedIn);
    account::Overview {
        session: session(),
        user_name: "ada".to_owned(),
        has_password: true,
        apps: vec![account::ConnectedApp {
            client: id(),
            face: face(),
            shown: Some(shown_face()),
            scopes: vec!["openid".to_owned()],
            at: AT,
            used_at: None,
            may_have_more: true,
        }],
        next_apps: Some(id().key()),
        browsers: vec![account::SignedInBrowser {
            session: SESSION,
            auth_time: AT,
            seen_at: Some(AT),
            origin: origin(),
            expires_at: AT,
            is_this_one: true,
        }],
        has_more_browsers: false,
        activity: kinds
            .map(|kind| account::Activity { at: AT, kind, client: Some(id()), shown: Some(shown_face()) })
            .into(),
        has_more_activity: true,
    }
}

pub(super) fn of_accounts() -> Vec<Sample> {
    let members = every!(Member: Access(AT), Refresh(4));
    let [access, refresh] = members;
    let person = |parameters| account::PersonRecord {
        sub: "u1".to_owned(),
        profile: profile(),
        active: true,
        version: 2,
        created_at: AT,
        modified_at: AT,
        parameters,
    };
    samples! { account:
        AddGrant: [account::AddGrant {
            session: SESSION, grant: GRANT, client: id(), face: face(), shown: shown_face(), scopes: scopes(), declined: Scopes::default(),
            authenticated_since: Some(AT),
        }] -> results([authentication()], denied());
        ChangePassword: [account::ChangePassword {
            attempt: ATTEMPT, session: SESSION, authenticated_since: AT, salt_used: [114; 16].into(), verifier: verifier(),
            address_prefix: "192.0.2.1".to_owned(), device: Some(DEVICE), credential: credential(),
            new_session: SESSION, expires_at: AT,
        }] -> results([()], not_signed_in().map(account::NotChanged::Refused).into_iter().chain(
            every!(account::NotChanged: Refused(account::SignInRefusal::Unknown), SessionEnded)));
        Create: [
            account::Create {
                attempt: ATTEMPT, sub: "u1".to_owned(), device_key: DeviceKey::from_bytes([115; 32]),
                profile: profile(), active: true, credential: Some(credential()), lease: None,
            },
        ] -> every!(account::Created: Created, Exists, TooLate);
        Delete: [account::Delete { attempt: ATTEMPT }] -> results([()], denied());
        Disconnect: [account::Disconnect { client: id() }] -> results([()], denied());
        EndOtherSessions: [account::EndOtherSessions { session: SESSION }] -> results([()], denied());
        EndSession: [account::EndSession { session: SESSION }] -> results([()], denied());
        Inspect: [
            account::Inspect { family: FAMILY, member: access },
            account::Inspect { family: FAMILY, member: refresh },
        ] -> results(
            [account::Inspected { sub: "u1".to_owned(), scopes: scopes(), context: "{}".to_owned() }], refusals());
        RaiseEpoch: [account::RaiseEpoch { attempt: ATTEMPT }] -> results([()], denied());
        ReadConnected: [account::ReadConnected { session: SESSION, clients: vec![id().key()] }]
            -> results([vec![id().key()]], denied());
        ReadFacts: [account::ReadFacts { session: SESSION, client: id() }] -> results([
            account::Facts { session: session(), grant: None },
            account::Facts { session: session(), grant: Some(account::NewestGrant {
                grant: GRANT, face: face(), scopes: scopes(), declined: scopes(), at: AT,
            }) },
        ], denied());
        ReadClaims: [account::ReadClaims { family: FAMILY, member: access }] -> results([account::PersonClaims {
            sub: "u1".to_owned(), claims: claims(), context: "{}".to_owned(),
        }], refusals());
        ReadOverview: [
            account::ReadOverview { session: SESSION, part: account::OverviewPart::First },
            account::ReadOverview { session: SESSION, part: account::OverviewPart::AppsAfter(id().key()) },
            account::ReadOverview { session: SESSION, part: account::OverviewPart::AllActivity },
        ]
            -> results([overview()], denied());
        ReadProfile: [account::ReadProfile {}]
            -> results([person(None), person(Some(parameters())), person(Some(imported()))], denied());
        ReadSession: [account::ReadSession { session: SESSION }] -> results([session()], denied());
        Redeem: [redeem(None), redeem(Some(RefreshLifetime { ends_at: AT, idle: Seconds::DAY }))]
            -> results([issued(None), issued(Some(1))], refusals());
        Refresh: [
            account::Refresh {
                attempt: ATTEMPT, family: FAMILY, number: 4, client: id(), rotates: true, scopes: Some(scopes()),
            },
        ] -> results([issued(Some(1))], refusals());
        Renew: [account::Renew { attempt: ATTEMPT, family: FAMILY, client: id() }]
            -> results([issued(None)], refusals());
        ReplaceProfile: [account::ReplaceProfile {
            attempt: ATTEMPT, version: 2, profile: profile(), active: false, credential: None,
                lease: Some(directory::Lease { until: AT }),
        }] -> results([account::Replaced { version: 3, modified_at: AT }],
            every!(account::NotReplaced: Changed, TooLate, Unknown));
        Revoke: [account::Revoke { family: FAMILY, client: id(), member: refresh }] -> [()];
        SignIn: [account::SignIn {
            attempt: ATTEMPT, session: SESSION, expires_at: AT, salt_used: [114; 16].into(), verifier: verifier(),
            address_prefix: "192.0.2.1".to_owned(), origin: origin(), device: None, new_device: [116; 16],
        }] -> results([account::SignedIn { sub: "u1".to_owned(), epoch: 2, auth_time: AT, device: DEVICE }],
            not_signed_in());
        Sweep: [account::Sweep { after: Some(FAMILY), limit: 200 }]
            -> [account::Swept { next: Some(FAMILY), rows_left: true }];
        SweepGrants: [account::SweepGrants { after: Some((id().key(), GRANT)), limit: 200 }]
            -> [None, Some((id().key(), GRANT))];
    }
}

pub(super) fn of_the_directory() -> Vec<Sample> {
    let lease = || directory::Lease { until: AT };
    let holder = |confirmed, until| directory::Holder {
        sub: "u2".to_owned(),
        account: ACCOUNT,
        confirmed,
        until,
        makes_the_same: !confirmed,
        at: AT,
    };
    let conflicts = || {
        [
            directory::Conflict { login: Some(login()), holder: None },
            directory::Conflict { login: None, holder: Some(holder(true, None)) },
            directory::Conflict { login: None, holder: Some(holder(false, Some(AT))) },
        ]
    };
    let found = || directory::FoundAccount {
        sub: "u1".to_owned(),
        account: ACCOUNT,
        parameters: Some(parameters()),
        version: 2,
    };
    samples! { directory:
        Claim: [directory::Claim { sub: "u1".to_owned(), identifiers: vec![login()], version: 2 }]
            -> results([lease()], conflicts());
        Confirm: [directory::Confirm {
            sub: "u1".to_owned(), identifiers: vec![login()], parameters: Some(parameters()),
            projection: projection(Some("ada@example.com".to_owned())),
        }] -> results([()], every!(directory::NotConfirmed: NameTaken, Unknown));
        Find: [directory::Find { login: login() }] -> [None, Some(found())];
        FindBySub: [directory::FindBySub { sub: "u1".to_owned() }] -> [Some(found())];
        FindLink: [directory::FindLink { key: LINK }]
            -> [None, Some(directory::Link { account: ACCOUNT, family: FAMILY, made_at: AT })];
        List: [directory::List { user_name: Some(login()), skip: 1, count: 2 }] -> [directory::AccountsPage {
            total: 1,
            entries: vec![directory::DirectoryEntry { sub: "u1".to_owned(), projection: projection(None) }],
        }];
        PutLink: [
            directory::PutLink { key: LINK, account: ACCOUNT, family: FAMILY, instead_of: None },
            directory::PutLink { key: LINK, account: ACCOUNT, family: FAMILY, instead_of: Some(FAMILY) },
        ] -> results([()], [directory::Link { account: ACCOUNT, family: FAMILY, made_at: AT }]);
        Release: [directory::Release { sub: "u1".to_owned(), at: AT }] -> [()];
        Remove: [directory::Remove { sub: "u1".to_owned() }] -> [()];
        RemoveLink: [directory::RemoveLink { key: LINK, family: FAMILY }] -> [()];
        Reserve: [directory::Reserve {
            attempt: ATTEMPT, sub: "u1".to_owned(), account: ACCOUNT, identifiers: vec![login()],
        }] -> results([lease()], conflicts());
    }
}

fn of_the_registry() -> Vec<Sample> {
    let denied = || every!(registry::Denied: Changed, Exists, Full, TooMany, TooOften, Unknown);
    let found = || every!(registry::FoundClient: Deleted(ClientVersion(4)), Never, Registered(Box::new(registered())));
    samples! { registry:
        Browse: [registry::Browse { query: "plan".to_owned(), page: 1 }]
            -> [registry::Browsed { entries: entries(), more: true }];
        Delete: [registry::Delete { attempt: ATTEMPT, id: id() }] -> results([ClientVersion(4)], denied());
        List: [registry::List { after: Some(id()), limit: 100 }]
            -> [registry::Listed { clients: vec![client()], next: Some(id()) }];
        MarkUsed: [registry::MarkUsed { attempt: ATTEMPT, id: id() }] -> results([ClientVersion(4)], denied());
        ListOwned: [registry::ListOwned { owner: "u1".to_owned() }] -> [registry::Owned { clients: vec![client()] }];
        Probe: [registry::Probe { number: 7, kv_was_checked: true }]
            -> [registry::Probed { number: 7, kv_check_is_due: true, kv_is_behind: false }];
        Publish: [registry::Publish { id: id() }] -> found();
        Read: [registry::Read { id: id() }] -> found();
        Register: [register()] -> results([registered()], denied());
        RegisterItself: [registry::RegisterItself { register: register(), place: "192.0.2.0/24".to_owned() }]
            -> results([registered()], denied());
        RegisterOwned: [registry::RegisterOwned { register: register(), owner: "u1".to_owned() }]
            -> results([registered()], denied());
        Update: [update(None), update(Some(ACCESS))] -> results([registered()], denied());
        UpdateOwned: [registry::UpdateOwned { update: update(None), owner: "u1".to_owned() }]
            -> results([registered()], denied());
        UpdateItself: [registry::UpdateItself { update: update(None) }] -> results([registered()], denied());
    }
}

fn of_the_others() -> Vec<Sample> {
    let mut samples = samples! { hasher:
        Hash: [hasher::Hash { password: Secret::new("correct horse".to_owned()), parameters: parameters() }]
            -> results([verifier()], [BadParameters]);
    };
    samples.extend(samples! { replay:
        Spend: [replay::Spend { attempt: ATTEMPT, key: ASSERTION, expires_at: AT }]
            -> every!(replay::Use: First, Repeated);
        Sweep: [replay::Sweep { after: Some(ASSERTION), limit: 500 }]
            -> [replay::Swept { next: Some(ASSERTION), rows_left: true }];
    });
    samples
}

pub(super) fn all() -> Vec<Sample> {
    [of_accounts(), of_the_directory(), of_the_registry(), of_the_others()].into_iter().flatten().collect()
}
