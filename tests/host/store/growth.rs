//! Frequent commands take as many steps of the database on large tables as on small ones, and
//! reads of large tables are bounded.

use std::collections::BTreeSet;

use crate::support::clients_platform::{World, access, client as registration};
use crate::support::home::{DAY, Home};
use crate::support::person::{client, face, scopes, shown_face};
use crate::support::sqlite::Sqlite;
use grantry::base::{AccountId, AttemptId, DeviceId, SessionId, UnixTime};
use grantry::oauth::client::presentation::Presentation;
use grantry::oauth::client::{ClientId, ClientVersion};
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::family::Member;
use grantry::seal::client_record::ClientRecord;
use grantry::sign_in::login_name::LoginName;
use grantry::sign_in::origin::Origin;
use grantry::sign_in::password::{PasswordParameters, Verifier};
use grantry::store::Ask;
use grantry::store::account::{
    AddGrant, ChangePassword, Credential, Delete, EndOtherSessions, EndSession, MOST_LISTED, Overview, OverviewPart,
    RaiseEpoch, ReadConnected, ReadFacts, ReadOverview, ReadSession, Redeem, Revoke, SignIn,
};
use grantry::store::directory::{Claim, Confirm, Find, FindBySub, List, Projection, Remove, Reserve};
use grantry::store::registry::{self, Browse, Publish, Read, Register, RegisterOwned, next_alarm, outbox};
use grantry::store::sql::Sql as _;

const START: i64 = 1_800_000_000;

/// What may be lost at the most, in percent.
const FLAT: u64 = 120;

/// How many grants, families and sessions are many.
const MANY: u32 = 1_000;

fn is_flat(name: &str, few: u64, many: u64) {
    assert!(many * 100 <= few * FLAT, "{name}: {few} steps with few, {many} with many");
}

/// Something that is done, and its name.
type Act<T> = (&'static str, fn(&mut T));

/// Each of `acts` takes as many steps on `few` as on `many`.
fn compare<T>(few: &mut T, many: &mut T, database: fn(&T) -> &Sqlite, acts: &[Act<T>]) {
    for (name, act) in acts {
        let steps = |on: &mut T| {
            let before = database(on).steps();
            act(on);
            database(on).steps() - before
        };
        is_flat(name, steps(few), steps(many));
    }
}

fn app(number: u32) -> ClientId {
    ClientId::parse(&format!("app-{number}")).expect("a legal identifier")
}

fn allow(home: &mut Home, client: ClientId) -> AddGrant {
    let (session, grant) = (home.session, home.person.grant());
    let (scopes, declined) = (scopes("openid"), Scopes::default());
    AddGrant { session, grant, client, face: face(), shown: shown_face(), scopes, declined, authenticated_since: None }
}

/// A user with so many other grants, families and sessions, each with a client or browser of its own.
fn somebody(others: u32) -> Home {
    let mut home = Home::new();
    let parameters = PasswordParameters::current([1; 16]);
    let credential = [parameters.into(), Verifier::from_bytes([1; 32]).into()];
    home.person.sql.arrange("UPDATE head SET password = ?, verifier = ?", &credential);
    for number in 0..others {
        home.person.now += 1;
        let ask = allow(&mut home, app(number));
        home.person.ask(ask.clone()).expect("granted");
        let code = home.code(true);
        home.person.ask(Redeem { client: ask.client, grant: ask.grant, ..code }).expect("redeemed");
        browser(&mut home, number);
    }
    home
}

/// Another browser that is signed in.
fn browser(home: &mut Home, number: u32) -> SessionId {
    let session = home.person.session(home.person.now + 400 * DAY);
    let device: [u8; 32] = [&number.to_be_bytes()[..], &[1; 28]].concat().try_into().expect("32 bytes");
    let statement = "INSERT INTO session (id, attempt, epoch, auth_time, expires_at, amr, device) SELECT ?, attempt, epoch, \
                     ?, expires_at, amr, ? FROM session WHERE id = ?";
    let parameters =
        [session.into(), home.person.at().into(), DeviceId::from_bytes(device).into(), home.session.into()];
    home.person.sql.arrange(statement, &parameters);
    session
}

fn sign_in(home: &mut Home) {
    let expires_at = home.person.now + DAY;
    let ask = SignIn {
        attempt: home.person.attempt(),
        session: home.person.session(expires_at),
        expires_at: UnixTime::from_secs(expires_at),
        salt_used: [1; 16].into(),
        verifier: Verifier::from_bytes([1; 32]),
        address_prefix: "192.0.2.0/24".to_owned(),
        origin: Origin::default(),
        device: None,
        new_device: *home.person.attempt().as_bytes(),
    };
    home.person.ask(ask).expect("signed in");
}

#[test]
fn an_account_with_very_much_in_it_is_as_fast_as_a_new_one() {
    let (mut few, mut many) = (somebody(5), somebody(MANY));
    let acts: [Act<Home>; 8] = [
        ("sign-in", sign_in),
        ("session", |home| drop(home.person.ask(ReadSession { session: home.session }).expect("alive"))),
        ("authorize, remembered", |home| {
            let facts = home.person.ask(ReadFacts { session: home.session, client: client(0) }).expect("alive");
            assert!(facts.grant.is_some());
        }),
        ("consent", |home| {
            let ask = allow(home, client(1));
            home.person.ask(ask).expect("granted");
        }),
        ("redeem", |home| {
            let code = home.code(true);
            home.person.ask(code).expect("redeemed");
        }),
        ("refresh", |home| drop(home.family(true, &[1, 1]))),
        ("inspect and revoke", |home| {
            let (code, current) = home.family(true, &[]);
            let member = Member::Refresh(current);
            home.inspect(code.family, member).expect("good");
            home.person.ask(Revoke { family: code.family, client: client(0), member });
            home.inspect(code.family, member).expect_err("revoked");
        }),
        ("what of a page of the catalogue is connected", |home| {
            let clients = (0..5).map(|number| app(number).key()).collect();
            home.person.ask(ReadConnected { session: home.session, clients }).expect("alive");
        }),
    ];
    compare(&mut few, &mut many, |home| &home.person.sql, &acts);
}

fn change_password(home: &mut Home) {
    let expires_at = home.person.now + DAY;
    let credential =
        Credential { parameters: PasswordParameters::current([2; 16]), verifier: Verifier::from_bytes([2; 32]) };
    let ask = ChangePassword {
        attempt: home.person.attempt(),
        session: home.session,
        authenticated_since: UnixTime::from_secs(0),
        salt_used: [1; 16].into(),
        verifier: Verifier::from_bytes([1; 32]),
        address_prefix: "192.0.2.0/24".to_owned(),
        device: None,
        credential,
        new_session: home.person.session(expires_at),
        expires_at: UnixTime::from_secs(expires_at),
    };
    home.person.ask(ask).expect("changed");
}

/// An end of much, and how many rows it writes for each grant, family and session that is there: what ends by the epoch is not
/// touched, and only what is deleted goes row by row.
type End = (&'static str, fn(&mut Home), u64);

const ENDS: [End; 6] = [
    ("logout", |home| home.person.ask(EndSession { session: home.session }).expect("ended"), 0),
    ("end all other sessions", |home| home.person.ask(EndOtherSessions { session: home.session }).expect("ended"), 1),
    ("change the password", change_password, 0),
    (
        "disable",
        |home| {
            let attempt = home.person.attempt();
            home.person.set_active(attempt, false).expect("disabled");
        },
        0,
    ),
    (
        "end everything that was issued",
        |home| {
            let attempt = home.person.attempt();
            home.person.ask(RaiseEpoch { attempt }).expect("raised");
        },
        0,
    ),
    (
        "delete",
        |home| {
            let attempt = home.person.attempt();
            home.person.ask(Delete { attempt }).expect("deleted");
        },
        3,
    ),
];

/// A client that is told of an end holds tokens of a session that ends. So an end reads the account's sessions and families, each
/// of them once.
#[test]
fn an_end_of_everything_is_in_proportion_and_writes_no_more_than_it_must() {
    let (few, times) = (300, 4);
    for (name, end, written_for_each) in ENDS {
        let effort = |others: u32| {
            let mut home = somebody(others);
            let before = (home.person.sql.rows_written(), home.person.sql.steps());
            end(&mut home);
            (home.person.sql.rows_written() - before.0, home.person.sql.steps() - before.1)
        };
        let (some, many) = (effort(few), effort(few * times));
        assert_eq!(many.0 - some.0, written_for_each * u64::from(few * (times - 1)), "{name}: {some:?}, {many:?}");
        is_flat(name, some.1 * u64::from(times), many.1);
    }
}

fn overview(home: &Home, part: OverviewPart) -> (Overview, u64) {
    let before = home.person.sql.steps();
    let overview = home.person.ask(ReadOverview { session: home.session, part }).expect("alive");
    (overview, home.person.sql.steps() - before)
}

fn listed() -> usize {
    usize::try_from(MOST_LISTED).expect("a few")
}

/// A page reads the same of a thousand as of ten thousand, and page by page all apps are there.
#[test]
fn the_account_page_is_bounded_and_reaches_every_app() {
    let (some, many) = (somebody(MANY), somebody(4 * MANY));
    for part in [OverviewPart::First, OverviewPart::AllActivity] {
        is_flat("account page", overview(&some, part).1, overview(&many, part).1);
    }
    let (mut seen, mut part) = (BTreeSet::new(), OverviewPart::First);
    loop {
        let (page, _) = overview(&some, part);
        assert!(page.apps.len() <= listed() && page.has_more_browsers);
        assert!(page.apps.windows(2).all(|pair| pair[0].at >= pair[1].at), "the latest of a page first");
        assert!(page.apps.iter().all(|app| app.used_at.is_some() || app.may_have_more), "none is called unused");
        assert_eq!(page.activity.is_empty(), part != OverviewPart::First, "what happened is told once");
        for app in page.apps {
            assert!(seen.insert(app.client), "once");
        }
        let Some(last) = page.next_apps else {
            break;
        };
        part = OverviewPart::AppsAfter(last);
    }
    assert_eq!(seen, (0..MANY).map(app).chain([client(0)]).collect());
}

/// A client that asked for consent a thousand times is one line, and the client listed after it is reached.
#[test]
fn an_app_with_very_many_grants_hides_no_other() {
    let mut home = somebody(3);
    for _ in 0..MANY {
        let ask = allow(&mut home, client(1));
        home.person.ask(ask).expect("granted");
    }
    let (page, _) = overview(&home, OverviewPart::First);
    assert_eq!(page.next_apps, None);
    let seen: Vec<ClientId> = page.apps.into_iter().map(|app| app.client).collect();
    assert_eq!(seen.len(), 5, "{seen:?}");
    assert_eq!(BTreeSet::from_iter(seen), (0..3).map(app).chain([client(0), client(1)]).collect());
}

/// This browser is listed although very many sessions end after it.
#[test]
fn this_browser_is_listed_among_very_many() {
    let mut home = Home::new();
    for number in 0..MANY {
        home.person.now += 60;
        browser(&mut home, number);
    }
    let (page, _) = overview(&home, OverviewPart::First);
    assert!(page.browsers[0].is_this_one && page.has_more_browsers);
    home.person.ask(EndSession { session: page.browsers[1].session }).expect("ended");
    assert!(
        overview(&home, OverviewPart::First)
            .0
            .browsers
            .iter()
            .all(|browser| browser.session != page.browsers[1].session)
    );
}

/// A directory with so many people; `u1` is one of them.
fn directory(people: u32) -> Sqlite {
    let sql = Sqlite::opened(grantry::store::directory::open);
    ask_directory(&sql, reserve("u1", "ada")).expect("free");
    ask_directory(&sql, confirm("u1", "ada")).expect("confirmed");
    let numbers = "WITH RECURSIVE number(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM number WHERE n < ?)";
    let people = [people.into()];
    sql.arrange(
        &[
            "INSERT INTO person SELECT 'u' || n, account, attempt, '[]', NULL, NULL, NULL, NULL, 'p' || n, NULL, NULL, 1, \
             created_at, modified_at, 1 FROM (",
            numbers,
            " SELECT n FROM number) JOIN person WHERE sub = 'u1'",
        ]
        .concat(),
        &people,
    );
    let identifiers = ["INSERT INTO identifier ", numbers, " SELECT 'p' || n, 'u' || n, 1, NULL, NULL FROM number"];
    sql.arrange(&identifiers.concat(), &people);
    sql.arrange("UPDATE head SET people = ?", &people);
    sql
}

fn ask_directory<A: Ask + Into<grantry::store::directory::Command>>(sql: &Sqlite, ask: A) -> A::Reply {
    let command: grantry::store::directory::Command = ask.into();
    let reply = command.carry_out(sql, UnixTime::from_secs(START)).expect("the database works");
    reply.decode().expect("a reply")
}

fn names(name: &str) -> Vec<LoginName> {
    vec![LoginName::parse(name).expect("a name")]
}

fn reserve(sub: &str, name: &str) -> Reserve {
    let (attempt, account) = (AttemptId::from_bytes([1; 16]), AccountId::from_bytes([1; 32]));
    Reserve { attempt, sub: sub.to_owned(), account, identifiers: names(name) }
}

fn confirm(sub: &str, name: &str) -> Confirm {
    let at = UnixTime::from_secs(START);
    let projection = Projection {
        user_name: name.to_owned(),
        email: None,
        display_name: None,
        active: true,
        created_at: at,
        modified_at: at,
        version: 1,
    };
    Confirm { sub: sub.to_owned(), identifiers: names(name), parameters: None, projection }
}

#[test]
fn a_million_people_are_as_fast_as_a_thousand() {
    let (mut few, mut many) = (directory(1_000), directory(1_000_000));
    let acts: [Act<Sqlite>; 6] = [
        ("list", |sql| {
            let page = ask_directory(sql, List { user_name: None, skip: 0, count: 100 });
            assert!(page.total >= 1_000 && page.entries.len() == 100);
        }),
        ("find by name", |sql| {
            let [login] = &names("p500")[..] else { panic!("one") };
            assert!(ask_directory(sql, Find { login: login.clone() }).is_some());
        }),
        ("find by subject", |sql| assert!(ask_directory(sql, FindBySub { sub: "u500".to_owned() }).is_some())),
        ("create", |sql| {
            ask_directory(sql, reserve("new", "grace")).expect("free");
            ask_directory(sql, confirm("new", "grace")).expect("confirmed");
        }),
        ("rename", |sql| {
            let claim = Claim { sub: "new".to_owned(), identifiers: names("hopper"), version: 2 };
            ask_directory(sql, claim).expect("free");
        }),
        ("remove", |sql| ask_directory(sql, Remove { sub: "new".to_owned() })),
    ];
    compare(&mut few, &mut many, |sql| sql, &acts);
}

/// A registry with so many published clients of as many developers.
fn registry_of(apps: u32) -> World {
    let world = World::new();
    for number in 0..apps {
        let id = format!("app-{number:05}");
        let presentation = Presentation { published: true, ..Presentation::default() };
        let site = Some(format!("https://{id}.example.com/"));
        let client = {
            let mut client = registration(&id, &id);
            client.registration.site = site;
            client.registration.presentation = presentation;
            client
        };
        let register = Register { attempt: world.attempt(), client, access: access(1) };
        world.ask(RegisterOwned { register, owner: format!("developer-{number}") }).expect("registered");
        let record = ClientRecord::of(app_id(number), ClientVersion(1), "{}".to_owned());
        registry::published(&world.registry, world.at(), &record).expect("put");
    }
    world
}

fn app_id(number: u32) -> ClientId {
    ClientId::parse(&format!("app-{number:05}")).expect("a legal identifier")
}

#[test]
fn ten_thousand_apps_are_as_fast_as_thirty() {
    let (mut few, mut many) = (registry_of(30), registry_of(10_000));
    let acts: [Act<World>; 7] = [
        ("read", |world| drop(world.ask(Read { id: app_id(7) }))),
        ("publish", |world| drop(world.ask(Publish { id: app_id(7) }))),
        ("list", |world| {
            let listed = world.ask(registry::List { after: None, limit: 10 });
            assert_eq!(listed.clients.len(), 10);
        }),
        ("first page of the catalogue", |world| {
            assert_eq!(world.ask(Browse { query: String::new(), page: 1 }).entries.len(), 20);
        }),
        ("a developer's apps", |world| {
            assert_eq!(world.ask(registry::ListOwned { owner: "developer-7".to_owned() }).clients.len(), 1);
        }),
        ("register and change", |world| {
            let register = Register { attempt: world.attempt(), client: registration("new", "New"), access: access(1) };
            world.ask(register).expect("registered");
            world.ask(world.update(registration("new", "Newer"))).expect("changed");
        }),
        ("what has to be put, and when", |world| {
            assert_eq!(outbox(&world.registry, world.at(), 20).expect("read").len(), 1);
            next_alarm(&world.registry, world.at()).expect("read");
        }),
    ];
    compare(&mut few, &mut many, |world| &world.registry, &acts);
}
