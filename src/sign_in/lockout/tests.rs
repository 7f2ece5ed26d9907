use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

const START: i64 = 1_800_000_000;

/// Somebody tries, after a pause.
#[derive(Clone, Copy, Debug)]
struct Try {
    pause: i64,
    place: Place,
    right: bool,
}

fn places() -> impl Strategy<Value = Place> {
    (0..24_u8, prop::bool::weighted(0.2)).prop_map(|(number, device)| {
        let bytes = [number; 8];
        if device { Place::Device([number % 3; 8]) } else { Place::Network(bytes) }
    })
}

fn tries(right: f64) -> impl Strategy<Value = Vec<Try>> {
    let pauses = select(vec![0, 0, 0, 0, 1, 5, 60, 450, 899, 900, 901, 1_800, 3_599, 3_600, 40_000, 86_400]);
    let one = (pauses, places(), prop::bool::weighted(right));
    vec(one.prop_map(|(pause, place, right)| Try { pause, place, right }), 0..250)
}

/// Runs the tries; for each that was compared, when and where, and whether it was right.
fn run(tries: &[Try]) -> (Lockout, Vec<(i64, Try)>) {
    let (mut state, mut now, mut compared) = (Lockout::default(), START, Vec::new());
    for attempt in tries {
        now += attempt.pause;
        let at = UnixTime::from_secs(now);
        if state.locked_until(attempt.place, at).is_some() {
            continue;
        }
        compared.push((now, *attempt));
        state = if attempt.right {
            state.succeeded(attempt.place).unwrap_or(state)
        } else {
            state.failed(attempt.place, at)
        };
    }
    (state, compared)
}

/// The most of these moments that lie within `window` seconds.
fn most_within(moments: &[i64], window: i64) -> usize {
    let within = |from: i64| moments.iter().filter(|moment| (from..from + window).contains(moment)).count();
    moments.iter().map(|from| within(*from)).max().unwrap_or_default()
}

proptest! {
    // spec: RFC 6749 section 10.10 - the number of guesses in any time is bounded
    #[test]
    fn guesses_cannot_outrun_the_lock(tries in tries(0.0)) {
        let (_, compared) = run(&tries);
        let strangers: Vec<_> = compared.iter().filter(|(_, one)| !one.place.is_device()).collect();
        let moments: Vec<_> = strangers.iter().map(|(at, _)| *at).collect();
        // A window may end just before a burst: twice the number less one is the worst that any hour can see.
        prop_assert!(most_within(&moments, 3_600) < 2 * 50);
        prop_assert!(most_within(&moments, 1) <= 50, "at once");
        for device in [[0; 8], [1; 8], [2; 8]] {
            let own = compared.iter().filter(|(_, one)| one.place == Place::Device(device));
            let moments: Vec<_> = own.map(|(at, _)| *at).collect();
            prop_assert!(most_within(&moments, 900) < 2 * 5);
            prop_assert!(most_within(&moments, 1) <= 5, "at once");
            prop_assert!(most_within(&moments, 86_400) <= 60, "locks grow");
        }
    }

    #[test]
    fn strangers_do_not_touch_a_device(tries in tries(0.1)) {
        let (all, compared) = run(&tries);
        let without: Vec<_> = {
            let mut pause = 0;
            tries.iter().filter_map(|one| {
                pause += one.pause;
                one.place.is_device().then(|| Try { pause: std::mem::take(&mut pause), ..*one })
            }).collect()
        };
        let (alone, compared_alone) = run(&without);
        let of_devices = |compared: &[(i64, Try)]| {
            compared.iter().filter(|(_, one)| one.place.is_device()).map(|(at, _)| *at).collect::<Vec<_>>()
        };
        prop_assert_eq!(of_devices(&compared), of_devices(&compared_alone));
        let end = UnixTime::from_secs(START + tries.iter().map(|one| one.pause).sum::<i64>());
        for device in [[0; 8], [1; 8], [2; 8]] {
            let device = Place::Device(device);
            prop_assert_eq!(all.locked_until(device, end), alone.locked_until(device, end));
        }
    }

    #[test]
    fn a_lock_holds_until_its_end(tries in tries(0.1), more in tries(0.0), place in places()) {
        let (mut state, _) = run(&tries);
        let mut now = START + tries.iter().map(|one| one.pause).sum::<i64>();
        let device = Place::Device([9; 8]);
        for _ in 0..5 {
            state = state.failed(device, UnixTime::from_secs(now));
        }
        let until = state.locked_until(device, UnixTime::from_secs(now)).expect("locked");
        for one in &more {
            now += one.pause;
            let at = UnixTime::from_secs(now);
            let place = if one.place.is_device() { place } else { one.place };
            if !place.is_device() && state.locked_until(place, at).is_none() {
                state = state.failed(place, at);
            }
            prop_assert_eq!(state.locked_until(device, at), (at < until).then_some(until));
        }
    }

    #[test]
    fn the_state_is_small(tries in tries(0.05)) {
        let (state, _) = run(&tries);
        prop_assert!(state.places.len() <= 2 * MOST_PLACES);
        prop_assert!(postcard::to_allocvec(&state).expect("encoded").len() < 600);
    }
}

#[test]
fn locks_double_up_to_a_day_and_are_forgotten_after_one() {
    let place = Place::Network([1; 8]);
    let (mut state, mut now) = (Lockout::default(), UnixTime::from_secs(START));
    let mut lengths = Vec::new();
    for _ in 0..9 {
        for _ in 0..PLACE_FAILURES {
            assert_eq!(state.locked_until(place, now), None);
            state = state.failed(place, now);
        }
        let until = state.locked_until(place, now).expect("locked");
        lengths.push(until.since(now) / 60);
        now = until;
    }
    assert_eq!(lengths, [15, 30, 60, 120, 240, 480, 960, 1_440, 1_440]);
    now = now.plus(lifetimes::LOCKOUT_MEMORY);
    for _ in 0..PLACE_FAILURES {
        state = state.failed(place, now);
    }
    assert_eq!(state.locked_until(place, now), Some(now.plus(lifetimes::FIRST_LOCK)));
}

#[test]
fn strangers_are_locked_together_and_a_known_device_is_not() {
    let (mut state, now) = (Lockout::default(), UnixTime::from_secs(START));
    for number in 0..50 {
        let place = Place::Network([number; 8]);
        assert_eq!(state.locked_until(place, now), None, "{number}");
        state = state.failed(place, now);
    }
    let new = Place::Network([99; 8]);
    assert_eq!(state.locked_until(new, now), Some(now.plus(lifetimes::STRANGERS_WINDOW)));
    assert_eq!(state.locked_until(Place::Device([1; 8]), now), None);
    let reset = state.succeeded(Place::Network([49; 8])).expect("something to reset");
    assert!(reset.locked_until(new, now).is_some(), "a success resets its own place only");
    assert_eq!(reset.succeeded(Place::Network([49; 8])), None, "nothing to reset costs no write");
}

#[test]
fn a_place_is_a_device_only_if_the_account_knows_it() {
    let key = DeviceKey::from_bytes([1; 32]);
    let device = key.admit([2; 16]);
    assert!(Place::of(&key, Some(device), "192.0.2.0/24").is_device());
    let stranger = DeviceKey::from_bytes([3; 32]).admit([2; 16]);
    let network = Place::of(&key, None, "192.0.2.0/24");
    assert!(!network.is_device());
    assert_eq!(Place::of(&key, Some(stranger), "192.0.2.0/24"), network);
    assert_ne!(Place::of(&key, None, "198.51.100.0/24"), network);
}
