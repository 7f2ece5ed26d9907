//! The laws of token families by name, each over generated inputs, and each stated without the model: what users and
//! attackers may count on, whatever the rules behind it.

use crate::support::home::{DAY, End, Home, history, later, number, soon};
use crate::support::person::{Person, client, face, scopes, shown_face, sign_in};
use grantry::base::{Seconds, UnixTime};
use grantry::oauth::scope::Scopes;
use grantry::oauth::token::family::{
    Family, Member, Redemption, RefreshLifetime, Refreshed, Refusal, Rotation, Standing, redeem,
};
use grantry::store::Ask;
use grantry::store::account::{AddGrant, Command, EndSession, Inspect, Redeem, Refresh, Revoke, Sweep};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

proptest! {
    // spec: RFC 6749 section 4.1.2 - a code is used once and expires; its second use revokes the tokens that were issued for it
    #[test]
    fn a_code_is_exchanged_exactly_once(
        wait in select(vec![0, 1, 59, 60, 61]),
        offline: bool,
        pauses in vec(prop_oneof![soon(), later()], 1..6),
    ) {
        let mut home = Home::new();
        let code = home.code(offline);
        home.person.now += wait;
        let first = home.redeem(&code);
        prop_assert_eq!(first.as_ref().err(), (wait >= 60).then_some(&Refusal::Expired));
        for (index, pause) in pauses.into_iter().enumerate() {
            home.person.now += pause;
            let expected = match index {
                _ if first.is_err() => Refusal::Expired,
                0 => Refusal::Replayed,
                _ => Refusal::Revoked,
            };
            prop_assert_eq!(home.redeem(&code), Err(expected));
        }
        prop_assert_eq!(home.events(), usize::from(first.is_ok()));
        prop_assert!(home.refresh(code.family, 1).is_err());
    }

    // spec: RFC 6749 section 4.1.2 - a replayed code is found out even after the session, grant or account has ended
    #[test]
    fn a_replay_is_punished_whatever_has_ended(
        end in select(vec![End::Disable, End::DisableAndEnable, End::Disconnect, End::SignOut, End::RaiseEpoch]),
        offline: bool,
        history in history(),
    ) {
        let mut home = Home::new();
        let (code, _) = home.family(offline, &history);
        end.happens(&mut home, &code);
        let before = home.events();
        prop_assert_eq!(home.redeem(&code), Err(Refusal::Replayed));
        prop_assert_eq!(home.redeem(&code), Err(Refusal::Revoked));
        prop_assert_eq!(home.events(), before + 1);
    }

    #[test]
    fn the_same_attempt_gets_the_same_answer(offline: bool, times in 1..4_usize, pause in soon()) {
        let mut home = Home::new();
        let code = home.code(offline);
        let first = home.person.ask(code.clone());
        prop_assert!(first.is_ok());
        for _ in 0..times {
            prop_assert_eq!(home.person.count(code.clone()), (first.clone(), 0));
        }
        home.person.now += pause;
        prop_assert_eq!(home.redeem(&code), Err(Refusal::Replayed));
    }

    // spec: Invariant 3 - another code for a family that exists changes nothing
    #[test]
    fn another_code_for_the_same_family_harms_nobody(history in history(), pause in soon()) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        home.person.now += pause;
        let other = Redeem { family: code.family, ..home.code(true) };
        prop_assert_eq!(home.refused(|home| home.redeem(&other))?, Refusal::OtherCode);
        prop_assert!(home.refresh(code.family, current).is_ok());
    }

    // spec: RFC 6749 section 6 - a refresh token is not good after revocation, disconnection, disabling or a new epoch
    // spec: OpenID Connect Core section 11 - offline access survives the end of the session, and only it
    #[test]
    fn nothing_is_issued_after_an_end(
        end in select(vec![
            End::Disable, End::DisableAndEnable, End::Disconnect, End::SignOut, End::RaiseEpoch, End::Replay, End::Revoke,
        ]),
        offline: bool,
        history in history(),
        pause in select(vec![0, 1, 30, 59, 60, DAY]),
    ) {
        let mut home = Home::new();
        let (code, current) = home.family(offline, &history);
        let unspent = home.code(offline);
        let serial = home.person.at();
        end.happens(&mut home, &code);
        home.person.now += pause;
        if end.ends_codes() {
            home.refused(|home| home.redeem(&unspent))?;
        }
        if offline && matches!(end, End::SignOut) {
            prop_assert!(home.inspect(code.family, Member::Access(serial)).is_ok());
            prop_assert!(home.refresh(code.family, current).is_ok());
            return Ok(());
        }
        for number in (0..=current + 1).rev() {
            home.refused(|home| home.refresh(code.family, number))?;
            home.refused(|home| home.inspect(code.family, Member::Refresh(number)))?;
        }
        home.refused(|home| home.inspect(code.family, Member::Access(serial)))?;
    }

    // spec: RFC 6749 section 3.3 - a code for more than the user granted is not exchanged
    #[test]
    fn codes_and_tokens_need_a_grant_that_covers_them(wide: bool, other_client: bool) {
        let mut home = Home::new();
        let list = if wide { "openid rooms.write" } else { "openid" };
        let holder = client(usize::from(other_client));
        let code = Redeem { scopes: scopes(list), client: holder, ..home.code(true) };
        if wide || other_client {
            let refusal = home.refused(|home| home.redeem(&code))?;
            let expected = if other_client { Refusal::GrantRevoked } else { Refusal::ScopeNotGranted };
            prop_assert_eq!(refusal, expected);
        } else {
            prop_assert!(home.redeem(&code).is_ok());
        }
    }

    // spec: RFC 6749 section 6 - a refresh token is bound to the client it was issued to
    // spec: RFC 7009 section 2.1 - tokens of another client are not revoked
    // spec: Invariant 3 - what another client presents changes nothing
    #[test]
    fn a_presentation_by_another_client_changes_nothing(history in history(), pause in later(), old in 0..9_u32) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        let serial = home.person.at();
        home.person.now += pause;
        for number in [current, current.saturating_sub(old), current + old] {
            let attempt = home.person.attempt();
            let ask = Refresh { attempt, family: code.family, number, client: client(1), rotates: true, scopes: None };
            prop_assert_eq!(home.refused(|home| home.person.ask(ask))?, Refusal::OtherClient);
        }
        let before = home.person.sql.dump();
        for member in [Member::Refresh(current), Member::Access(serial)] {
            home.person.ask(Revoke { family: code.family, client: client(1), member });
        }
        prop_assert_eq!(before, home.person.sql.dump());
        prop_assert!(home.inspect(code.family, Member::Access(serial)).is_ok());
        prop_assert!(home.refresh(code.family, current).is_ok());
    }

    // spec: RFC 7009 section 2.1 - an access token is revoked alone; later ones of the same family stay good
    #[test]
    fn a_revoked_access_token_takes_only_its_elders_along(
        pauses in vec(select(vec![0, 0, 1, 60, DAY]), 1..6),
        revoked in any::<prop::sample::Index>(),
    ) {
        let mut home = Home::new();
        let (code, mut current) = home.family(true, &[]);
        let mut serials = vec![home.person.at()];
        for pause in pauses {
            home.person.now += pause;
            let issued = home.refresh(code.family, current).expect("issued");
            serials.push(issued.serial);
            current = issued.refresh.expect("a refresh token");
        }
        let revoked = *revoked.get(&serials);
        let revoke = || Revoke { family: code.family, client: client(0), member: Member::Access(revoked) };
        prop_assert_eq!(home.person.count(revoke()).1, 1);
        prop_assert_eq!(home.person.count(revoke()).1, 0);
        for serial in serials {
            let expected = (serial <= revoked).then_some(Refusal::AccessTokenRevoked);
            prop_assert_eq!(home.inspect(code.family, Member::Access(serial)).err(), expected);
        }
        // Even in the same second the next one is good.
        let next = home.refresh(code.family, current).expect("issued").serial;
        prop_assert!(next > revoked);
        prop_assert!(home.inspect(code.family, Member::Access(next)).is_ok());
    }

    // spec: RFC 9700 section 4.14.2 - refresh tokens expire when they were not used for some time
    #[test]
    fn refresh_tokens_end_when_idle_or_old(
        idle in select(vec![2, 3, 3_600, 2 * DAY, 2 * DAY + 1, 14 * DAY]),
        uses in vec(1..100_i64, 0..6),
        off in select(vec![-1, 0, 1]),
        rotates: bool,
    ) {
        let mut home = Home::new();
        let lifetime = RefreshLifetime {
            ends_at: home.person.at().plus(Seconds::new(20 * 86_400)),
            idle: Seconds::new(u32::try_from(idle).expect("positive")),
        };
        let code = Redeem { refresh: Some(lifetime), ..home.code(true) };
        let mut current = number(home.redeem(&code));
        let slack = (idle / 2).min(DAY);
        let mut written = home.person.now;
        let mut last = None;
        for percent in uses {
            home.person.now += idle * percent / 100;
            if home.person.at() >= lifetime.ends_at {
                break;
            }
            let attempt = home.person.attempt();
            let ask = Refresh { attempt, family: code.family, number: current, client: client(0), rotates, scopes: None };
            let (issued, rows) = home.person.count(ask);
            let issued = issued.expect("used in time");
            prop_assert_eq!(issued.refresh.is_some(), rotates);
            prop_assert_eq!(rows, u64::from(rotates || home.person.now - written >= slack));
            written = if rows > 0 { home.person.now } else { written };
            current = issued.refresh.unwrap_or(current);
            last = Some(home.person.now);
        }
        // No family ends before the idle time has passed since the real last use.
        prop_assert!(last.is_none_or(|last| written + idle + slack >= last + idle));
        home.person.now = lifetime.ends_at.as_secs().min(written + idle + slack) + off;
        if off < 0 {
            prop_assert!(home.inspect(code.family, Member::Refresh(current)).is_ok());
        } else {
            prop_assert_eq!(home.refused(|home| home.refresh(code.family, current))?, Refusal::Expired);
            prop_assert_eq!(home.refused(|home| home.inspect(code.family, Member::Refresh(current)))?, Refusal::Expired);
        }
    }

    // spec: RFC 6749 section 4.1.2 - a code is no good twice, even after everything about its first use was removed
    #[test]
    fn cleaning_up_never_changes_an_answer(
        refresh in prop::option::of((select(vec![1, 100, 3_600, 5 * 86_400]), select(vec![0, 2, 100, 86_400]))),
        access in select(vec![0, 1, 300, 600, 86_400]),
        pauses in vec(select(vec![1, 30, 59, 60, 61, 239, 240, 241, 300, 3_600, DAY]), 1..9),
    ) {
        let mut home = Home::new();
        let lifetime = refresh.map(|(absolute, idle)| RefreshLifetime {
            ends_at: home.person.at().plus(Seconds::new(absolute)),
            idle: Seconds::new(idle),
        });
        let code = Redeem { refresh: lifetime, access_lifetime: Seconds::new(access), ..home.code(false) };
        let founded = home.person.now;
        let mut issued = home.redeem(&code).expect("issued");
        let mut issued_at = founded;
        for pause in pauses {
            home.person.now += pause;
            let number = issued.refresh.unwrap_or(1);
            let before = home.inspect(code.family, Member::Refresh(number));
            home.person.ask(Sweep { after: None, limit: 10 });
            if before.is_ok() {
                prop_assert_eq!(home.inspect(code.family, Member::Refresh(number)), before);
                issued = home.refresh(code.family, number).expect("still good");
                issued_at = home.person.now;
            }
            if home.person.now < issued_at + i64::from(access) {
                prop_assert!(home.inspect(code.family, Member::Access(issued.serial)).is_ok());
            }
        }
        // A replay is known for five minutes after the code's end, and is no exchange ever after.
        let removed = home.inspect(code.family, Member::Access(issued.serial)) == Err(Refusal::Unknown);
        prop_assert!(!removed || home.person.now >= founded + 60 + 300);
        if removed {
            prop_assert_eq!(home.refused(|home| home.redeem(&code))?, Refusal::Expired);
        } else {
            prop_assert_eq!(home.redeem(&code), Err(Refusal::Replayed));
        }
        home.person.now += 10 * DAY;
        let swept = home.person.ask(Sweep { after: None, limit: 10 });
        prop_assert!(swept.rows_left, "the session is left");
        prop_assert_eq!(Person::rows_of(&home.person.sql.dump(), "family"), 0);
        prop_assert_eq!(home.refused(|home| home.redeem(&code))?, Refusal::Expired);
        prop_assert_eq!(home.refused(|home| home.refresh(code.family, 1))?, Refusal::Unknown);
    }

    // spec: Invariant 2 - a step that fails leaves nothing, and is repeated with the same result
    #[test]
    fn a_failing_database_keeps_nothing(statements in 0..9_u32, history in history(), replay: bool) {
        let mut home = Home::new();
        let (code, current) = home.family(true, &history);
        let attempt = home.person.attempt();
        let ask: Command = if replay {
            Redeem { attempt, ..code.clone() }.into()
        } else {
            Refresh { attempt, family: code.family, number: current, client: client(0), rotates: true, scopes: None }.into()
        };
        let before = home.person.sql.dump();
        home.person.sql.fail_after(statements);
        let failed = home.person.command(&ask).is_err();
        home.person.sql.fail_after(u32::MAX);
        if failed {
            prop_assert_eq!(before, home.person.sql.dump());
            let retried = home.person.command(&ask).expect("the database works again");
            prop_assert_eq!(retried.rows, if replay { 2 } else { 1 });
        }
    }

    #[test]
    fn each_request_writes_the_rows_of_the_table(history in history(), pause in later()) {
        fn rows<A: Ask + Into<Command>>(home: &Home, ask: A) -> u64 {
            home.person.count(ask).1
        }
        let mut home = Home::new();
        let (attempt, session) = (home.person.attempt(), home.person.session(home.person.now + DAY));
        let expires_at = home.person.at().plus(Seconds::DAY);
        prop_assert_eq!(rows(&home, sign_in(attempt, session, expires_at)), 1);
        let grant = home.person.grant();
        let consent = AddGrant { session, grant, client: client(2), face: face(), shown: shown_face(), scopes: scopes("openid"), declined: Scopes::default(), authenticated_since: None };
        prop_assert_eq!(rows(&home, consent.clone()), 1);
        prop_assert_eq!(rows(&home, consent), 0);
        let code = home.code(true);
        prop_assert_eq!(rows(&home, code.clone()), 1);

        let (family, current) = home.family(true, &history);
        let family = family.family;
        home.person.now += pause;
        let attempt = home.person.attempt();
        let refresh = |number, rotates| Refresh { attempt, family, number, client: client(0), rotates, scopes: None };
        let marks = u64::from(pause >= DAY);
        prop_assert_eq!(rows(&home, refresh(current, false)), marks);
        prop_assert_eq!(rows(&home, refresh(current, false)), 0);
        prop_assert_eq!(rows(&home, refresh(current, true)), 1);
        prop_assert_eq!(rows(&home, refresh(current, true)), 0);
        prop_assert_eq!(rows(&home, Inspect { family, member: Member::Refresh(current + 1) }), 0);
        prop_assert_eq!(rows(&home, Inspect { family, member: Member::Access(home.person.at()) }), 0);
        prop_assert_eq!(rows(&home, refresh(current + 2, true)), 2);
        prop_assert_eq!(rows(&home, refresh(current + 2, true)), 0);
        let revoke = Revoke { family: code.family, client: client(0), member: Member::Refresh(1) };
        prop_assert_eq!(rows(&home, revoke.clone()), 1);
        prop_assert_eq!(rows(&home, revoke), 0);
        prop_assert_eq!(rows(&home, EndSession { session }), 1);
        prop_assert_eq!(rows(&home, EndSession { session }), 0);
    }
}

/// Stored accounts rarely show one of these alone: disabling, say, raises the epoch too. So the rules are asked themselves.
// spec: RFC 6749 section 4.1.2 - a code is refused when account, session, epoch or grant is not what it was
#[test]
fn each_bad_standing_is_a_reason_by_itself() {
    let mut home = Home::new();
    let code = home.code(false);
    let now = home.person.at();
    let family = Family {
        code: code.code,
        attempt: code.attempt,
        client: code.client.key(),
        grant: code.grant,
        session: code.session,
        offline: code.offline,
        epoch: code.epoch,
        scopes: code.scopes.clone(),
        code_expires_at: code.code_expires_at,
        access_lifetime: code.access_lifetime,
        used_at: now,
        refresh: code.refresh.map(Rotation::first),
        floor: UnixTime::from_secs(0),
        revoked_at: None,
    };
    let good = Standing { active: true, epoch: code.epoch, session_alive: true, granted: Some(code.scopes) };
    assert!(matches!(redeem(None, family.clone(), &good, now), Redemption::Founded(_)));
    for (standing, refusal) in [
        (Standing { active: false, ..good.clone() }, Refusal::AccountDisabled),
        (Standing { epoch: good.epoch + 1, ..good.clone() }, Refusal::EpochChanged),
        (Standing { session_alive: false, ..good.clone() }, Refusal::SessionEnded),
        (Standing { granted: None, ..good.clone() }, Refusal::GrantRevoked),
        (Standing { granted: Some(scopes("rooms.read")), ..good.clone() }, Refusal::ScopeNotGranted),
    ] {
        assert_eq!(redeem(None, family.clone(), &standing, now), Redemption::Refused(refusal));
        assert_eq!(redeem(Some(family.clone()), family.clone(), &standing, now), Redemption::Refused(refusal));
        assert_eq!(family.clone().refresh(1, true, &standing, now), Refreshed::Refused(refusal));
        assert_eq!(family.inspect(Member::Access(now), &standing, now), Err(refusal));
    }
}

/// Without offline access a family lives as long as the session, and not a second longer; with it, it outlives the session.
#[test]
fn a_family_ends_with_the_second_in_which_its_session_ends() {
    for offline in [false, true] {
        let mut home = Home::new();
        let ends_at = home.person.now + 1_000;
        let (attempt, session) = (home.person.attempt(), home.person.session(ends_at));
        home.person.ask(sign_in(attempt, session, UnixTime::from_secs(ends_at))).expect("signed in");
        home.session = session;
        let (code, current) = home.family(offline, &[]);
        home.person.now = ends_at - 1;
        let current = number(home.refresh(code.family, current));
        home.person.now = ends_at;
        assert_eq!(home.inspect(code.family, Member::Refresh(current)).is_ok(), offline);
        let refusal = home.refresh(code.family, current).err();
        assert_eq!(refusal, (!offline).then_some(Refusal::SessionEnded));
    }
}

/// "What fails validation changes nothing": a refresh for more than was granted does not even use the token up.
// spec: RFC 6749 section 6 - a refresh asks for no scope that was not granted
// spec: Invariant 3 - a refresh for more than was granted does not use the token up
#[test]
fn a_refresh_for_more_than_was_granted_changes_nothing() {
    let mut home = Home::new();
    let (code, current) = home.family(true, &[]);
    let mut ask = |wanted: &str| {
        let attempt = home.person.attempt();
        let scopes = Some(scopes(wanted));
        let before = home.person.sql.dump();
        let ask = Refresh { attempt, family: code.family, number: current, client: client(0), rotates: true, scopes };
        (home.person.ask(ask), before == home.person.sql.dump())
    };
    let granted = code.scopes.to_string();
    assert_eq!(ask(&format!("{granted} something.else")), (Err(Refusal::ScopeNotGranted), true));
    let (issued, unchanged) = ask(granted.split(' ').next().expect("a scope"));
    assert_eq!(issued.map(|issued| issued.refresh), Ok(Some(current + 1)));
    assert!(!unchanged);
}
