//! Tables that another release made: those of earlier ones are brought up to date without a loss, and those that this release could
//! misread are refused.

use crate::support::person::{Person, create, credential, sign_in};
use crate::support::sqlite::Sqlite;
use grantry::base::{AccountId, AttemptId, FamilyId, LinkKey, SessionId, UnixTime};
use grantry::sign_in::login_name::LoginName;
use grantry::sign_in::password::{HashAlgorithm, PasswordParameters, Salt};
use grantry::store::account::{
    self, Create, Created, Credential, EndSession, ReadOverview, ReadProfile, ReadSession, SignIn, waiting,
};
use grantry::store::directory::{self, Find, FindLink, Link, PutLink};
use grantry::store::registry::{self, Browse, ListOwned};
use grantry::store::replay::{self, Spend, Use};
use grantry::store::sql::{Sql, SqlFault};

/// Brings the tables of an object up to date.
type Migrate = fn(&dyn Sql) -> Result<(), SqlFault>;

const NOW: i64 = 1_800_000_000;

/// The tables of an account at version 3, as the release that made it did.
const ACCOUNT_3: [&str; 5] = [
    "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL, attempt BLOB NOT NULL,
        sub TEXT NOT NULL, epoch INTEGER NOT NULL, active INTEGER NOT NULL, created_at INTEGER NOT NULL,
        modified_at INTEGER NOT NULL, deleted_at INTEGER, version INTEGER NOT NULL, profile TEXT NOT NULL,
        device_key BLOB NOT NULL, password BLOB, verifier BLOB, failures BLOB, logouts TEXT) STRICT, WITHOUT ROWID",
    "CREATE TABLE session (id BLOB PRIMARY KEY, attempt BLOB NOT NULL, epoch INTEGER NOT NULL,
        auth_time INTEGER NOT NULL, expires_at INTEGER NOT NULL, amr TEXT NOT NULL, device BLOB, origin TEXT)
        STRICT, WITHOUT ROWID",
    "CREATE TABLE consent (client BLOB NOT NULL, id BLOB NOT NULL, client_id TEXT NOT NULL, face BLOB NOT NULL,
        scopes TEXT NOT NULL, at INTEGER NOT NULL, declined TEXT, PRIMARY KEY (client, id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE family (id BLOB PRIMARY KEY, code BLOB NOT NULL, attempt BLOB NOT NULL, client BLOB NOT NULL,
        consent BLOB NOT NULL, session BLOB NOT NULL, offline INTEGER NOT NULL, epoch INTEGER NOT NULL,
        scopes TEXT NOT NULL, code_expires_at INTEGER NOT NULL, access_lifetime INTEGER NOT NULL,
        used_at INTEGER NOT NULL, ends_at INTEGER, idle INTEGER, current INTEGER, previous INTEGER,
        previous_at INTEGER, recent BLOB NOT NULL, floor INTEGER NOT NULL, revoked_at INTEGER, context TEXT NOT NULL)
        STRICT, WITHOUT ROWID",
    "CREATE TABLE event (id BLOB PRIMARY KEY, kind TEXT NOT NULL, client BLOB, client_id TEXT) STRICT, WITHOUT ROWID",
];

/// What was in the head row: an argon2id record of 24 bytes is memory, passes and salt.
const HEAD_3: &str = r#"INSERT INTO head (one, schema, attempt, sub, epoch, active, created_at, modified_at, version, profile,
    device_key, password, verifier) VALUES (1, 3, x'01010101010101010101010101010101', 'u-ada', 4, 1, 1700000000,
    1700000001, 7, '{"userName":"Ada"}', x'0101010101010101010101010101010101010101010101010101010101010101',
    x'00004c000000000201010101010101010101010101010101',
    x'0101010101010101010101010101010101010101010101010101010101010101')"#;

fn of_version_3() -> Person {
    let person = Person::new(NOW);
    for statement in ACCOUNT_3 {
        person.sql.arrange(statement, &[]);
    }
    person.sql.arrange(HEAD_3, &[]);
    let session = SessionId::allocate(UnixTime::from_secs(NOW + 60), [3; 16]);
    person.sql.arrange(
        "INSERT INTO session VALUES (?, x'02020202020202020202020202020202', 4, 1799999999, ?, 'pwd', NULL, NULL)",
        &[session.into(), (NOW + 60).into()],
    );
    person
}

/// The version of an object's tables, and from which version on they can be read.
fn versions(sql: &Sqlite) -> (u32, u32) {
    let sql: &dyn Sql = sql;
    sql.first("SELECT schema, readable_from FROM head", &[]).expect("a head").expect("a row")
}

#[test]
fn an_account_of_version_3_keeps_what_it_has() {
    let mut person = of_version_3();
    for _ in 0..2 {
        account::migrate(&person.sql).expect("migrated");
    }
    assert_eq!(versions(&person.sql), (5, 3));
    let record = person.ask(ReadProfile {}).expect("an account");
    assert_eq!((record.sub.as_str(), record.version, record.parameters), ("u-ada", 7, Some(credential().parameters)));
    let old = SessionId::allocate(UnixTime::from_secs(NOW + 60), [3; 16]);
    assert_eq!(person.ask(ReadSession { session: old }).expect("alive").authentication.epoch, 4);
    let (attempt, session) = (person.attempt(), person.session(NOW + 60));
    let signed_in = person.ask(sign_in(attempt, session, UnixTime::from_secs(NOW + 60))).expect("the same password");
    assert_eq!((signed_in.sub.as_str(), signed_in.epoch), ("u-ada", 4));
    let part = account::OverviewPart::First;
    assert_eq!(person.ask(ReadOverview { session, part }).expect("alive").browsers.len(), 2);
    person.ask(EndSession { session: old }).expect("ended");
    assert_eq!(waiting(&person.sql).expect("a queue").logouts, []);
}

#[test]
fn a_new_account_is_of_this_version() {
    let mut person = Person::new(NOW);
    let attempt = person.attempt();
    assert_eq!(person.ask(create(attempt, "u-ada")), Created::Created);
    assert_eq!(versions(&person.sql), (5, 3));
    let before = person.sql.dump();
    account::migrate(&person.sql).expect("nothing to do");
    assert_eq!(person.sql.dump(), before);
}

/// Later releases decide how they read their own tables; this release does not misread them.
#[test]
fn tables_of_a_later_release_are_read_or_refused_as_they_say() {
    let account = of_version_3();
    account::migrate(&account.sql).expect("migrated");
    let objects: [(&str, Sqlite, Migrate); 4] = [
        ("account", account.sql, account::migrate),
        ("directory", Sqlite::opened(directory::open), directory::open),
        ("registry", Sqlite::opened(registry::open), registry::open),
        ("replay", Sqlite::opened(replay::open), replay::open),
    ];
    for (name, sql, open) in objects {
        let (schema, _) = versions(&sql);
        for (readable_from, expected) in
            [(schema, Ok(())), (schema + 1, Err(SqlFault::TooNew { readable_from: schema + 1 }))]
        {
            sql.arrange("UPDATE head SET schema = ?, readable_from = ?", &[(schema + 1).into(), readable_from.into()]);
            let before = sql.dump();
            assert_eq!(open(&sql), expected, "{name}");
            assert_eq!(sql.dump(), before, "{name}: nothing is written");
        }
    }
}

#[test]
fn a_directory_of_version_2_keeps_its_people() {
    let sql = Sqlite::new();
    for statement in [
        "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL,
            people INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID",
        "CREATE TABLE identifier (login TEXT PRIMARY KEY, sub TEXT NOT NULL, settled INTEGER NOT NULL,
            claimed_for INTEGER, until INTEGER) STRICT, WITHOUT ROWID",
        "CREATE TABLE person (sub TEXT PRIMARY KEY, account BLOB NOT NULL, attempt BLOB NOT NULL, logins TEXT NOT NULL,
            reserved_until INTEGER, changing INTEGER, removed_at INTEGER, password BLOB, user_name TEXT, email TEXT,
            display_name TEXT, active INTEGER, created_at INTEGER, modified_at INTEGER, version INTEGER)
            STRICT, WITHOUT ROWID",
        "INSERT INTO head VALUES (1, 2, 1)",
        "INSERT INTO identifier VALUES ('ada', 'u-ada', 1, NULL, NULL)",
        r#"INSERT INTO person VALUES ('u-ada', x'0909090909090909090909090909090909090909090909090909090909090909',
            x'01010101010101010101010101010101', '["ada"]', NULL, NULL, NULL,
            x'00004c000000000201010101010101010101010101010101', 'Ada', NULL, NULL, 1, 1700000000, 1700000000, 3)"#,
    ] {
        sql.arrange(statement, &[]);
    }
    for _ in 0..2 {
        directory::open(&sql).expect("migrated");
    }
    assert_eq!(versions(&sql), (3, 2));
    let ask =
        |command: directory::Command| command.carry_out(&sql, UnixTime::from_secs(NOW)).expect("the database works");
    let find = Find { login: LoginName::parse("ada").expect("a name") };
    let found: Option<directory::FoundAccount> = ask(find.into()).decode().expect("a reply");
    let found = found.expect("found");
    assert_eq!((found.sub.as_str(), found.version), ("u-ada", 3));
    assert_eq!(found.parameters, Some(credential().parameters));
    let (key, account) = (LinkKey::from_bytes([1; 16]), AccountId::from_bytes([9; 32]));
    let family = FamilyId::allocate(UnixTime::from_secs(NOW + 60), [2; 16]);
    ask(PutLink { key, account, family, instead_of: None }.into());
    let link: Option<Link> = ask(FindLink { key }.into()).decode().expect("a reply");
    assert_eq!(link, Some(Link { account, family, made_at: UnixTime::from_secs(NOW) }));
}

#[test]
fn a_registry_of_version_2_gets_the_tables_that_were_made_later() {
    let sql = Sqlite::new();
    for statement in [
        "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE client (id TEXT PRIMARY KEY, version INTEGER NOT NULL, attempt BLOB NOT NULL, record TEXT,
            access BLOB, changed_at INTEGER NOT NULL, published_at INTEGER) STRICT, WITHOUT ROWID",
        "CREATE TABLE pending (id TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE self_registration (id TEXT PRIMARY KEY, place TEXT NOT NULL, at INTEGER NOT NULL)
            STRICT, WITHOUT ROWID",
        // Made with the first registration in the portal, the others not yet.
        "CREATE TABLE owned (owner TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (owner, id)) STRICT, WITHOUT ROWID",
        "INSERT INTO head VALUES (1, 2)",
        "INSERT INTO owned VALUES ('u-ada', 'planner')",
    ] {
        sql.arrange(statement, &[]);
    }
    for _ in 0..2 {
        registry::open(&sql).expect("migrated");
    }
    assert_eq!(versions(&sql), (4, 3));
    assert!(sql.dump().iter().any(|row| row.starts_with("owned")), "what was there stays");
    let ask =
        |command: registry::Command| command.carry_out(&sql, UnixTime::from_secs(NOW)).expect("the database works");
    ask(Browse { query: String::new(), page: 1 }.into());
    ask(ListOwned { owner: "u-ada".to_owned() }.into());
}

/// The release of version 3 put some clients that registered themselves, and counted changes by the hour.
#[test]
fn a_registry_of_version_3_puts_what_was_pending_and_counts_anew() {
    let sql = Sqlite::new();
    for statement in [
        "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL,
            readable_from INTEGER NOT NULL DEFAULT 2) STRICT, WITHOUT ROWID",
        "CREATE TABLE client (id TEXT PRIMARY KEY, version INTEGER NOT NULL, attempt BLOB NOT NULL, record TEXT,
            access BLOB, changed_at INTEGER NOT NULL, published_at INTEGER) STRICT, WITHOUT ROWID",
        "CREATE TABLE pending (id TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE self_registration (id TEXT PRIMARY KEY, place TEXT NOT NULL, at INTEGER NOT NULL)
            STRICT, WITHOUT ROWID",
        "CREATE TABLE published (place TEXT NOT NULL, id TEXT NOT NULL, searchable TEXT NOT NULL, entry TEXT NOT NULL,
            PRIMARY KEY (place, id)) STRICT, WITHOUT ROWID",
        "CREATE TABLE changes (owner TEXT PRIMARY KEY, since INTEGER NOT NULL, number INTEGER NOT NULL)
            STRICT, WITHOUT ROWID",
        "CREATE TABLE owned (owner TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (owner, id)) STRICT, WITHOUT ROWID",
        "INSERT INTO head VALUES (1, 3, 2)",
        "INSERT INTO changes VALUES ('u-ada', 1799999000, 60)",
        "INSERT INTO client VALUES ('planner', 4, x'01010101010101010101010101010101', NULL, NULL, 1799999999, 1799999000)",
        "INSERT INTO pending VALUES ('planner', 4)",
    ] {
        sql.arrange(statement, &[]);
    }
    registry::open(&sql).expect("migrated");
    assert_eq!(versions(&sql), (4, 3));
    let now = UnixTime::from_secs(NOW);
    assert_eq!(registry::next_alarm(&sql, now), Ok(Some(grantry::base::Seconds::new(0))));
    let due = registry::outbox(&sql, now, 10).expect("read");
    assert_eq!(due.iter().map(|record| (record.id.as_str(), record.version.0)).collect::<Vec<_>>(), [("planner", 4)]);
    registry::published(&sql, now, &due[0]).expect("noted");
    assert_eq!(registry::next_alarm(&sql, now), Ok(None));
}

#[test]
fn a_replay_object_of_version_1_knows_what_was_used() {
    let sql = Sqlite::new();
    for statement in [
        "CREATE TABLE head (one INTEGER PRIMARY KEY CHECK (one = 1), schema INTEGER NOT NULL) STRICT, WITHOUT ROWID",
        "CREATE TABLE spent (key BLOB PRIMARY KEY, attempt BLOB NOT NULL, expires_at INTEGER NOT NULL)
            STRICT, WITHOUT ROWID",
        "INSERT INTO head VALUES (1, 1)",
        "INSERT INTO spent VALUES (x'05050505050505050505050505050505', x'01010101010101010101010101010101', 1900000000)",
    ] {
        sql.arrange(statement, &[]);
    }
    replay::open(&sql).expect("migrated");
    assert_eq!(versions(&sql), (2, 1));
    let key = grantry::base::AssertionKey::from_bytes([5; 16]);
    let spend = Spend { attempt: AttemptId::from_bytes([2; 16]), key, expires_at: UnixTime::from_secs(1_900_000_000) };
    let used = replay::Command::from(spend).carry_out(&sql, UnixTime::from_secs(NOW)).expect("the database works");
    assert_eq!(used.decode(), Ok(Use::Repeated));
}

/// What is imported later has room already: another algorithm, its parameters, a salt of up to 64 bytes.
#[test]
fn an_account_keeps_a_password_of_another_algorithm() {
    let mut person = Person::new(NOW);
    let algorithm =
        HashAlgorithm::Other { name: "scrypt".to_owned(), parameters: r#"{"n":16384,"r":8,"p":1}"#.to_owned() };
    let salt = Salt::try_from(vec![7; Salt::LONGEST]).expect("a salt");
    let parameters = PasswordParameters { algorithm, salt: salt.clone() };
    let Credential { verifier, .. } = credential();
    let imported = Credential { parameters: parameters.clone(), verifier };
    let attempt = person.attempt();
    person.ask(Create { credential: Some(imported), ..create(attempt, "u-ada") });
    assert_eq!(person.ask(ReadProfile {}).expect("an account").parameters, Some(parameters));
    let (attempt, session) = (person.attempt(), person.session(NOW + 60));
    let ask = sign_in(attempt, session, UnixTime::from_secs(NOW + 60));
    person.ask(SignIn { salt_used: salt, ..ask }).expect("the verifier is compared as any other");
}
