//! The rules of families, rule by rule, at the moments at which they change. `store::account::families` applies them in
//! sequences.

use grantry::base::{AttemptId, CodeId, GrantId, Seconds, SessionId, UnixTime};
use grantry::lifetimes;
use grantry::oauth::client::ClientKey;
use grantry::oauth::token::family::{
    Family, Lifespan, Member, Redemption, RefreshLifetime, Refreshed, Refusal, Rotation, Standing, TokenUse, redeem,
};

use crate::support::connected::scopes;

/// When the family was founded, in the seconds that these tests count.
const START: i64 = 1_800_000_000;
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

fn at(seconds: i64) -> UnixTime {
    UnixTime::from_secs(START + seconds)
}

fn token_use(number: u32, seconds: i64) -> TokenUse {
    TokenUse { number, at: at(seconds) }
}

/// Ten days of pause at most, so that the mark of use is renewed once a day, and ninety days in all.
fn lifetime() -> RefreshLifetime {
    RefreshLifetime { ends_at: at(90 * DAY), idle: Seconds::new(864_000) }
}

/// A family that outlives its session, with its first refresh token.
fn family() -> Family {
    Family {
        code: CodeId::from_bytes([1; 16]),
        attempt: AttemptId::from_bytes([2; 16]),
        client: ClientKey::from_slice(&[3; 16]).expect("16 bytes"),
        grant: GrantId::from_bytes([4; 16]),
        session: SessionId::from_bytes([5; 20]),
        offline: true,
        epoch: 6,
        scopes: scopes("openid notes.read"),
        code_expires_at: at(MINUTE),
        access_lifetime: Seconds::new(600),
        used_at: at(0),
        refresh: Some(Rotation::first(lifetime())),
        floor: at(-1),
        revoked_at: None,
    }
}

/// `family` with these tokens.
fn holding(current: u32, previous: Option<TokenUse>, recent: &[TokenUse]) -> Family {
    let rotation = Rotation { lifetime: lifetime(), current, previous, recent: recent.to_vec() };
    Family { refresh: Some(rotation), ..family() }
}

fn used(family: Family, seconds: i64) -> Family {
    Family { used_at: at(seconds), ..family }
}

fn revoked(family: Family, seconds: i64) -> Family {
    Family { revoked_at: Some(at(seconds)), ..family }
}

fn standing() -> Standing {
    Standing { active: true, epoch: 6, session_alive: true, granted: Some(scopes("openid notes.read email")) }
}

/// What the account says of a family that may issue nothing any more, and the family.
fn fallen() -> Vec<(Family, Standing, Refusal)> {
    let online = Family { offline: false, ..family() };
    vec![
        (revoked(family(), 5), standing(), Refusal::Revoked),
        (family(), Standing { active: false, ..standing() }, Refusal::AccountDisabled),
        (family(), Standing { epoch: 7, ..standing() }, Refusal::EpochChanged),
        (online, Standing { session_alive: false, ..standing() }, Refusal::SessionEnded),
        (family(), Standing { granted: None, ..standing() }, Refusal::GrantRevoked),
        (family(), Standing { granted: Some(scopes("openid")), ..standing() }, Refusal::ScopeNotGranted),
    ]
}

// spec: RFC 6749 section 4.1.2 - a code that is used a second time revokes what was issued for it
#[test]
fn a_code_founds_one_family_in_its_time() {
    let redeemed = |existing: Option<Family>, seconds| redeem(existing, family(), &standing(), at(seconds));
    assert_eq!(redeemed(None, 59), Redemption::Founded(family()));
    assert_eq!(redeemed(None, 60), Redemption::Refused(Refusal::Expired));
    assert_eq!(redeemed(None, 61), Redemption::Refused(Refusal::Expired));
    assert_eq!(redeemed(Some(family()), 61), Redemption::Again(family()), "a lost answer is given again");
    let elsewhere = Family { code: CodeId::from_bytes([9; 16]), ..family() };
    assert_eq!(redeemed(Some(elsewhere), 5), Redemption::Refused(Refusal::OtherCode));
    let foreign = Family { client: ClientKey::from_slice(&[9; 16]).expect("16 bytes"), ..family() };
    assert_eq!(redeemed(Some(foreign), 5), Redemption::Refused(Refusal::OtherClient));
    let earlier = Family { attempt: AttemptId::from_bytes([9; 16]), ..family() };
    assert_eq!(redeemed(Some(earlier.clone()), 5), Redemption::Replayed(revoked(earlier.clone(), 5)));
    assert_eq!(redeemed(Some(revoked(earlier, 5)), 7), Redemption::Refused(Refusal::Revoked));
    let session_ended = Standing { session_alive: false, ..standing() };
    let refused = Redemption::Refused(Refusal::SessionEnded);
    assert_eq!(redeem(None, family(), &session_ended, at(5)), refused, "not even for a family that outlives it");
    assert_eq!(redeem(Some(family()), family(), &session_ended, at(5)), Redemption::Again(family()));
}

#[test]
fn a_family_that_has_fallen_issues_nothing_and_none_of_its_tokens_is_good() {
    for (family, standing, refusal) in fallen() {
        assert_eq!(family.inspect(Member::Access(at(5)), &standing, at(5)), Err(refusal));
        assert_eq!(family.inspect(Member::Refresh(1), &standing, at(5)), Err(refusal));
        assert_eq!(family.clone().refresh(1, true, &standing, at(5)), Refreshed::Refused(refusal));
        let again = redeem(Some(family.clone()), self::family(), &standing, at(5));
        assert_eq!(again, Redemption::Refused(refusal), "the same attempt");
        if family.revoked_at.is_none() {
            assert_eq!(redeem(None, family, &standing, at(5)), Redemption::Refused(refusal));
        }
    }
    let session_ended = Standing { session_alive: false, ..standing() };
    assert_eq!(family().inspect(Member::Access(at(5)), &session_ended, at(5)), Ok(()), "it outlives its session");
    let online = Family { offline: false, ..family() };
    assert_eq!(online.inspect(Member::Access(at(5)), &standing(), at(5)), Ok(()));
}

// spec: RFC 9700 section 4.14.2 - a rotated refresh token that is presented again revokes the family
#[test]
fn a_refresh_token_gets_one_successor_and_a_lost_one_is_replaced_for_a_day() {
    let presented = |family: Family, number, seconds| family.refresh(number, true, &standing(), at(seconds));
    let rotated = used(holding(2, Some(token_use(1, 100)), &[token_use(1, 100)]), 100);
    assert_eq!(presented(family(), 1, 100), Refreshed::Rotated(rotated.clone()));
    for seconds in [100, 159] {
        assert_eq!(presented(rotated.clone(), 1, seconds), Refreshed::Repeated(rotated.clone()), "{seconds}");
    }
    for seconds in [160, 100 + DAY - 1] {
        let replaced = used(holding(3, Some(token_use(1, 100)), &[token_use(1, seconds)]), seconds);
        assert_eq!(presented(rotated.clone(), 1, seconds), Refreshed::Rotated(replaced), "{seconds}");
    }
    let late = 100 + DAY;
    assert_eq!(presented(rotated.clone(), 1, late), Refreshed::Replayed(revoked(rotated.clone(), late)));
    for unknown in [0, 3] {
        assert_eq!(presented(rotated.clone(), unknown, 101), Refreshed::Replayed(revoked(rotated.clone(), 101)));
    }
    let followed = used(holding(3, Some(token_use(2, 130)), &[token_use(1, 100), token_use(2, 130)]), 130);
    assert_eq!(presented(rotated, 2, 130), Refreshed::Rotated(followed.clone()));
    let next = used(holding(4, Some(token_use(3, 160)), &[token_use(2, 130), token_use(3, 160)]), 160);
    assert_eq!(presented(followed, 3, 160), Refreshed::Rotated(next), "a use is remembered for a minute");
    let last = holding(u32::MAX, None, &[]);
    assert_eq!(presented(last, u32::MAX, 5), Refreshed::Refused(Refusal::Expired));
}

#[test]
fn of_many_rotations_within_a_minute_the_last_sixteen_are_remembered() {
    let mut family = family();
    for number in 1..=17 {
        family = match family.refresh(number, true, &standing(), at(5)) {
            Refreshed::Rotated(family) => family,
            other => panic!("{number}: {other:?}"),
        };
    }
    let recent: Vec<TokenUse> = (2..=17).map(|number| token_use(number, 5)).collect();
    assert_eq!(family, used(holding(18, Some(token_use(17, 5)), &recent), 5));
}

#[test]
fn without_rotation_the_token_stays_and_its_use_is_marked_once_a_day() {
    let kept = |family: Family, number, seconds| family.refresh(number, false, &standing(), at(seconds));
    let unmarked = Refreshed::Kept { family: family(), marked: false };
    assert_eq!(kept(family(), 1, DAY - 1), unmarked);
    assert_eq!(kept(family(), 1, DAY), Refreshed::Kept { family: used(family(), DAY), marked: true });
    assert_eq!(kept(family(), 2, 5), Refreshed::Replayed(revoked(family(), 5)));
    let rotated = holding(2, Some(token_use(1, 100)), &[token_use(1, 100)]);
    assert_eq!(kept(rotated.clone(), 1, 101), Refreshed::Repeated(rotated), "of the time when tokens rotated");
    let short = RefreshLifetime { idle: Seconds::new(1_000), ..lifetime() };
    let brief = Family { refresh: Some(Rotation::first(short)), ..family() };
    assert_eq!(kept(brief.clone(), 1, 499), Refreshed::Kept { family: brief.clone(), marked: false });
    assert_eq!(kept(brief.clone(), 1, 500), Refreshed::Kept { family: used(brief, 500), marked: true });
}

#[test]
fn a_client_without_its_refresh_token_is_served_only_by_a_family_that_outlives_its_session() {
    let kept = Refreshed::Kept { family: family(), marked: false };
    assert_eq!(family().renew(&standing(), at(5)), kept);
    let online = Family { offline: false, ..family() };
    assert_eq!(online.renew(&standing(), at(5)), Refreshed::Refused(Refusal::NotOffline));
    let without = Family { refresh: None, ..family() };
    assert_eq!(without.renew(&standing(), at(5)), Refreshed::Refused(Refusal::NotOffline));
}

/// The longest pause and the interval of the mark together, and never after the end.
#[test]
fn refresh_tokens_end_after_a_pause_and_at_the_end() {
    for (used_at, end) in [(0, 11 * DAY), (78 * DAY, 89 * DAY), (85 * DAY, 90 * DAY)] {
        let family = used(family(), used_at);
        let inspected = |seconds| family.inspect(Member::Refresh(1), &standing(), at(seconds));
        assert_eq!(inspected(end - 1), Ok(()), "{used_at}");
        assert_eq!(inspected(end), Err(Refusal::Expired), "{used_at}");
        for rotates in [true, false] {
            let refreshed = |seconds| family.clone().refresh(1, rotates, &standing(), at(seconds));
            assert!(!matches!(refreshed(end - 1), Refreshed::Refused(_)), "{used_at}");
            assert_eq!(refreshed(end), Refreshed::Refused(Refusal::Expired), "{used_at}");
        }
        let lifespan = Lifespan {
            used_at: at(used_at),
            refresh: Some(lifetime()),
            access_lifetime: Seconds::new(600),
            code_expires_at: at(MINUTE),
        };
        assert_eq!(lifespan.removable_at(), at(end + 600));
        let without = Lifespan { refresh: None, ..lifespan };
        let replay = i64::from(lifetimes::CODE_REPLAY.get());
        assert_eq!(without.removable_at(), at((used_at + 600).max(MINUTE + replay)));
        let brief = Lifespan { access_lifetime: Seconds::new(1), used_at: at(0), ..without };
        assert_eq!(brief.removable_at(), at(MINUTE + replay), "a late replay of the code is recognised");
    }
    let without = Family { refresh: None, ..family() };
    assert_eq!(without.inspect(Member::Refresh(1), &standing(), at(5)), Err(Refusal::Expired));
    assert_eq!(without.refresh(1, true, &standing(), at(5)), Refreshed::Refused(Refusal::Unknown));
}

#[test]
fn the_refresh_tokens_that_can_be_used_are_good() {
    let family = used(holding(3, Some(token_use(2, 130)), &[token_use(1, 100), token_use(2, 130)]), 130);
    for (number, seconds, good) in [
        (3, 130, true),
        (1, 159, true),
        (1, 160, false),
        (2, 189, true),
        (2, 190, true),
        (2, 130 + DAY - 1, true),
        (2, 130 + DAY, false),
        (3, 130 + DAY, true),
        (4, 131, false),
        (0, 131, false),
    ] {
        let expected = if good { Ok(()) } else { Err(Refusal::Unknown) };
        let found = family.inspect(Member::Refresh(number), &standing(), at(seconds));
        assert_eq!(found, expected, "{number} at {seconds}");
    }
}

// spec: RFC 7009 section 2.1 - a revoked refresh token takes the family with it
#[test]
fn an_access_token_is_revoked_with_those_before_it_and_a_refresh_token_with_all() {
    let family = Family { floor: at(50), ..family() };
    for (serial, good) in [(49, false), (50, false), (51, true)] {
        let expected = if good { Ok(()) } else { Err(Refusal::AccessTokenRevoked) };
        assert_eq!(family.inspect(Member::Access(at(serial)), &standing(), at(60)), expected, "{serial}");
        let after = good.then(|| Family { floor: at(serial), ..family.clone() });
        assert_eq!(family.clone().revoke(Member::Access(at(serial)), at(60)), after, "{serial}");
    }
    assert_eq!(family.clone().revoke(Member::Refresh(1), at(60)), Some(revoked(family.clone(), 60)));
    for member in [Member::Refresh(1), Member::Access(at(55))] {
        assert_eq!(revoked(family.clone(), 60).revoke(member, at(61)), None);
    }
    for (now, serial) in [(49, 51), (50, 51), (51, 51), (52, 52)] {
        assert_eq!(family.serial(at(now)), at(serial), "no serial is used again");
    }
}
