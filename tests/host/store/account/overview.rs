//! What users see of their own account: every app and every browser once, whatever rows the tables contain.

use std::collections::BTreeMap;

use crate::support::home::{DAY, Home};
use crate::support::person::{self, Person, client, face, scopes, shown_face};
use grantry::base::{DeviceId, SessionId, UnixTime};
use grantry::oauth::scope::Scopes;
use grantry::sign_in::origin::Origin;
use grantry::store::account::{
    AddGrant, Denied, Disconnect, EndOtherSessions, EndSession, EventKind, MOST_LISTED, Overview, OverviewPart,
    RaiseEpoch, ReadOverview, ReadSession,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn overview(home: &Home) -> Result<Overview, Denied> {
    let (overview, rows) = home.person.count(ReadOverview { session: home.session, part: OverviewPart::First });
    assert_eq!(rows, 0, "to look changes nothing");
    overview
}

fn shown(home: &Home) -> Overview {
    overview(home).expect("a live session")
}

fn allow(home: &mut Home, index: usize, asked: &str) {
    let (session, grant) = (home.session, home.person.grant());
    let ask = AddGrant {
        session,
        grant,
        client: client(index),
        face: face(),
        shown: shown_face(),
        scopes: scopes(asked),
        declined: Scopes::default(),
        authenticated_since: None,
    };
    home.person.ask(ask).expect("granted");
}

/// Opens a session in a browser that the account knows by `device`.
fn sign_in(home: &mut Home, device: Option<u8>) -> SessionId {
    let expires_at = home.person.now + DAY;
    let (attempt, session) = (home.person.attempt(), home.person.session(expires_at));
    home.person.ask(person::sign_in(attempt, session, UnixTime::from_secs(expires_at))).expect("opened");
    let device = device.map(|device| DeviceId::from_bytes([device; 32]));
    home.person.sql.arrange("UPDATE session SET device = ? WHERE id = ?", &[device.into(), session.into()]);
    session
}

#[test]
fn an_app_is_shown_with_all_it_may_do_and_when_it_was_last_used() {
    let mut home = Home::new();
    let [app] = &shown(&home).apps[..] else { panic!("one app") };
    assert_eq!((app.client.clone(), app.at, app.used_at), (client(0), home.person.at(), None));
    let code = home.code(true);
    home.person.ask(code.clone()).expect("redeemed");
    let founded = home.person.at();
    home.person.now += 100;
    allow(&mut home, 0, "openid rooms.write");
    let [app] = &mut shown(&home).apps[..] else { panic!("still one app") };
    app.scopes.sort();
    assert_eq!(app.scopes, ["openid", "rooms.read", "rooms.write"], "tokens of the first grant are in use");
    assert_eq!((app.at, app.used_at), (home.person.at(), Some(founded)));
    home.person.now += 100;
    home.refresh(code.family, 1).expect("refreshed");
    assert_eq!(shown(&home).apps[0].used_at, Some(home.person.at()));
}

#[test]
fn what_ended_is_not_shown() {
    let mut home = Home::new();
    let other = sign_in(&mut home, None);
    assert_eq!((shown(&home).apps.len(), shown(&home).browsers.len()), (1, 2));
    home.person.ask(Disconnect { client: client(0) }).expect("disconnected");
    home.person.ask(EndSession { session: other }).expect("ended");
    assert_eq!((shown(&home).apps.len(), shown(&home).browsers.len()), (0, 1));
    let expiring = sign_in(&mut home, None);
    home.person.now += DAY;
    assert!(shown(&home).browsers.iter().all(|browser| browser.session != expiring), "it has expired");
}

#[test]
fn only_a_live_session_sees_anything() {
    let mut home = Home::new();
    let unknown = home.person.session(home.person.now + DAY);
    assert_eq!(
        home.person.ask(ReadOverview { session: unknown, part: OverviewPart::First }),
        Err(Denied::SessionEnded)
    );
    let attempt = home.person.attempt();
    home.person.ask(RaiseEpoch { attempt }).expect("raised");
    assert_eq!(overview(&home), Err(Denied::SessionEnded));
    let session = sign_in(&mut home, None);
    home.session = session;
    assert_eq!(shown(&home).browsers.len(), 1, "sessions of an earlier epoch are over");
    let attempt = home.person.attempt();
    home.person.set_active(attempt, false).expect("disabled");
    assert_eq!(overview(&home), Err(Denied::Disabled));
    assert_eq!(
        Person::new(0).ask(ReadOverview { session, part: OverviewPart::First }),
        Err(Denied::Unknown),
        "an object without tables"
    );
}

#[test]
fn of_very_many_a_page_is_shown() {
    let mut home = Home::new();
    let many = MOST_LISTED + 20;
    for number in 0..many {
        let key = [&number.to_be_bytes()[..], &[0; 12]].concat();
        let name = format!("app-{number}");
        home.person.sql.arrange(
            "INSERT INTO consent (client, id, client_id, face, scopes, at) VALUES (?, ?, ?, ?, ?, ?)",
            &[key.clone().into(), key.into(), name.as_str().into(), face().into(), "openid".into(), 1_i64.into()],
        );
        home.person.now += 1;
        sign_in(&mut home, None);
    }
    let seen = shown(&home);
    assert_eq!((seen.browsers.len(), seen.has_more_browsers), (10, true));
    assert_eq!((seen.apps.len(), seen.next_apps.is_some()), (10, true));
    assert!(seen.browsers[0].is_this_one, "this browser is always among them");
    assert!(seen.browsers[1..].windows(2).all(|pair| pair[0].auth_time >= pair[1].auth_time));
}

#[test]
fn a_browser_is_seen_when_it_signs_in_and_when_it_is_sent_back_to_an_app() {
    let mut home = Home::new();
    let from = Origin::of("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", None, Some("GB"));
    let set = "UPDATE session SET origin = ? WHERE id = ?";
    home.person.sql.arrange(set, &[from.clone().into(), home.session.into()]);
    let seen = |home: &Home| shown(home).browsers[0].seen_at.expect("seen").as_secs();
    let signed_in = home.person.now;
    home.person.now += 500;
    assert_eq!(seen(&home), signed_in);
    let code = home.code(true);
    let answered = home.person.now;
    home.person.now += 30;
    home.person.ask(code.clone()).expect("redeemed");
    assert_eq!(seen(&home), answered, "when the person was there, not when the app came for its tokens");
    home.person.now += DAY;
    home.refresh(code.family, 1).expect("refreshed");
    assert_eq!(seen(&home), answered, "that an app works says nothing of its person");
    assert_eq!(shown(&home).browsers[0].origin, from);
    let other = sign_in(&mut home, Some(1));
    let browsers = shown(&home).browsers;
    assert_eq!((browsers[1].session, browsers[1].seen_at), (other, Some(home.person.at())));
    for _ in 0..100 {
        home.person.now += 1;
        home.family(true, &[]);
    }
    let browsers = shown(&home).browsers;
    assert_eq!((browsers[1].session, browsers[1].seen_at), (other, None), "too much happened since to know");
    assert!(browsers[0].seen_at.is_some());
}

#[test]
fn all_other_browsers_end_and_this_one_stays() {
    let mut home = Home::new();
    home.session = sign_in(&mut home, Some(1));
    let code = home.code(false);
    let kept = home.person.ask(code.clone()).expect("redeemed").refresh.expect("a token");
    let mut others = Vec::new();
    for device in [None, Some(2), None] {
        others.push(sign_in(&mut home, device));
    }
    let earlier = sign_in(&mut home, Some(1));
    home.person.ask(EndOtherSessions { session: home.session }).expect("ended");
    for other in others {
        assert_eq!(home.person.ask(ReadSession { session: other }), Err(Denied::SessionEnded));
    }
    assert!(home.person.ask(ReadSession { session: earlier }).is_ok(), "one of the same browser");
    assert_eq!(shown(&home).browsers.len(), 1);
    home.refresh(code.family, kept).expect("its tokens live on");
    home.person.ask(EndSession { session: home.session }).expect("ended");
    let rows = home.person.count(EndOtherSessions { session: home.session });
    assert_eq!(rows, (Err(Denied::SessionEnded), 0), "one that has ended ends nothing");
}

#[test]
fn a_disconnected_app_leaves_an_event_and_events_are_bounded() {
    let mut home = Home::new();
    let kinds = |home: &Home| shown(home).activity.into_iter().map(|one| (one.kind, one.client)).collect::<Vec<_>>();
    assert_eq!(kinds(&home), [(EventKind::SignedIn, None), (EventKind::Allowed, Some(client(0)))]);
    home.person.now += 1;
    let disconnect = Disconnect { client: client(0) };
    assert_eq!(home.person.count(disconnect.clone()), (Ok(()), 2), "the grant, and the event");
    assert_eq!(home.person.count(disconnect), (Ok(()), 0), "what is over is not over again");
    assert_eq!(kinds(&home), [(EventKind::Disconnected, Some(client(0))), (EventKind::SignedIn, None)]);
    for index in 0..150 {
        home.person.now += 1;
        allow(&mut home, 1, "openid");
        home.person.ask(Disconnect { client: client(1) }).expect("disconnected");
        let events = home.events();
        assert_eq!(events, usize::min(index + 2, 100));
    }
    let part = |part| {
        let overview = home.person.ask(ReadOverview { session: home.session, part }).expect("alive");
        (overview.activity, overview.has_more_activity)
    };
    let (latest, all) = (part(OverviewPart::First), part(OverviewPart::AllActivity));
    assert_eq!((latest.0.len(), latest.1, all.0.len(), all.1), (5, true, 50, true));
    assert!(all.0.starts_with(&latest.0) && all.0.windows(2).all(|pair| pair[0].at >= pair[1].at), "{all:?}");
    assert_eq!(part(OverviewPart::AppsAfter(client(0).key())), (Vec::new(), false));
    home.person.sql.arrange("UPDATE event SET kind = 'of the next release'", &[]);
    assert_eq!(kinds(&home), [(EventKind::SignedIn, None)], "an event of an unknown kind is not shown");
}

#[derive(Clone, Copy, Debug)]
enum Step {
    Allow(usize),
    Disconnect(usize),
    SignIn(Option<u8>),
    End(usize),
    EndOthers,
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..3_usize).prop_map(Step::Allow),
        3 => (0..3_usize).prop_map(Step::Disconnect),
        3 => proptest::option::of(1..4_u8).prop_map(Step::SignIn),
        3 => (0..6_usize).prop_map(Step::End),
        1 => Just(Step::EndOthers),
        3 => (1..DAY / 2).prop_map(Step::Wait),
    ]
}

proptest! {
    /// Against a model of two lists: apps by client, sessions by browser.
    #[test]
    fn every_app_and_every_browser_is_there_once(steps in vec(step(), 0..25)) {
        let mut home = Home::new();
        let mut apps = BTreeMap::from([(client(0), home.person.now)]);
        let mut sessions = vec![(home.session, None, home.person.now, home.person.now + 400 * DAY)];
        for step in steps {
            let now = home.person.now;
            match step {
                Step::Allow(index) => {
                    allow(&mut home, index, "openid");
                    // Each is later than the one before it.
                    let at = apps.get(&client(index)).map_or(now, |before| now.max(before + 1));
                    apps.insert(client(index), at);
                }
                Step::Disconnect(index) => {
                    home.person.ask(Disconnect { client: client(index) }).expect("disconnected");
                    apps.remove(&client(index));
                }
                Step::SignIn(device) => sessions.push((sign_in(&mut home, device), device, now, now + DAY)),
                Step::End(index) => {
                    let (session, device, _, expires_at) = sessions[index % sessions.len()];
                    // The row of one that has expired may be gone, and what browser it was of with it.
                    if session != home.session && expires_at > now {
                        home.person.ask(EndSession { session }).expect("ended");
                        sessions.retain(|other| other.0 != session && (device.is_none() || other.1 != device));
                    }
                }
                Step::EndOthers => {
                    home.person.ask(EndOtherSessions { session: home.session }).expect("ended");
                    sessions.retain(|other| other.0 == home.session);
                }
                Step::Wait(seconds) => home.person.now += seconds,
            }
        }
        let seen = shown(&home);
        prop_assert_eq!((seen.next_apps, seen.has_more_browsers), (None, false));
        let listed: BTreeMap<_, _> = seen.apps.iter().map(|app| (app.client.clone(), app.at.as_secs())).collect();
        prop_assert_eq!(seen.apps.len(), listed.len());
        prop_assert_eq!(listed, apps);
        let mut latest: BTreeMap<Vec<u8>, i64> = BTreeMap::new();
        for (session, device, auth_time, expires_at) in sessions {
            if expires_at > home.person.now {
                let key = device.map_or(session.as_bytes().to_vec(), |device| vec![device]);
                let at = latest.entry(key).or_insert(auth_time);
                *at = auth_time.max(*at);
            }
        }
        let mut expected: Vec<i64> = latest.into_values().collect();
        let mut times: Vec<i64> = seen.browsers.iter().map(|browser| browser.auth_time.as_secs()).collect();
        expected.sort_unstable();
        times.sort_unstable();
        prop_assert_eq!(times, expected);
        let here: Vec<SessionId> =
            seen.browsers.iter().filter(|browser| browser.is_this_one).map(|browser| browser.session).collect();
        prop_assert_eq!(here, vec![home.session]);
    }
}
