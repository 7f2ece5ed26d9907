//! Messages between Worker and objects: every command and every reply comes back as what it was, and none changes its
//! encoding while the protocol keeps its number.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use grantry::store::wire::{self, PROTOCOL, WireFault};
use grantry::store::{Ask, account, directory, hasher, registry, replay};
use proptest::prelude::*;

use super::examples::{Sample, all, of_accounts, of_the_directory, texts};

/// One line for each sample: what it is called, and its bytes in hexadecimal, but for the texts in JSON.
fn encodings() -> String {
    let texts: Vec<String> =
        texts().into_iter().map(|text| hexadecimal(&postcard::to_allocvec(&text).expect("encodes"))).collect();
    let mut lines = String::new();
    for Sample { name, message } in all() {
        let bytes = texts.iter().fold(hexadecimal(&message), |bytes, text| bytes.replace(text.as_str(), " JSON "));
        writeln!(lines, "{name}: {bytes}").expect("a line");
    }
    lines
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes everything");
        text
    })
}

/// Two releases that speak the same protocol read each other, so whatever changes an encoding changes the number. To write the
/// encodings of a new number, run this test with `GRANTRY_WRITE_WIRE=1`: it replaces none.
#[test]
fn no_encoding_changes_while_the_protocol_keeps_its_number() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/wire/{PROTOCOL}.txt"));
    if std::env::var_os("GRANTRY_WRITE_WIRE").is_some() && !file.exists() {
        fs::write(&file, encodings()).expect("written");
    }
    let known = fs::read_to_string(&file).expect("the encodings of this protocol");
    for (now, then) in encodings().lines().zip(known.lines()) {
        assert_eq!(now, then, "an encoding has changed: raise store::wire::PROTOCOL");
    }
    assert_eq!(
        encodings().lines().count(),
        known.lines().count(),
        "messages came or went: raise store::wire::PROTOCOL"
    );
}

#[test]
fn a_message_that_was_cut_is_refused() {
    for Sample { name, message } in of_the_directory().into_iter().filter(|sample| sample.name.contains("asks")) {
        for length in 0..message.len() {
            let cut = wire::decode_command::<directory::Command>(&message[..length]);
            assert!(matches!(cut, Err(WireFault::Malformed(_))), "{name}: {length} of {} bytes", message.len());
        }
        let longer = [&message[..], &[0]].concat();
        assert!(wire::decode_command::<directory::Command>(&longer).is_err(), "{name}");
    }
}

/// Decoding `message` as everything that there is ends, in whatever way.
fn is_survived(message: &[u8]) {
    drop(wire::decode_command::<account::Command>(message));
    drop(wire::decode_command::<directory::Command>(message));
    drop(wire::decode_command::<hasher::Command>(message));
    drop(wire::decode_command::<registry::Command>(message));
    drop(wire::decode_command::<replay::Command>(message));
    if let Ok((_, reply)) = wire::decode_answer(message) {
        drop(wire::decode_reply::<<account::ReadOverview as Ask>::Reply>(reply));
        drop(wire::decode_reply::<<account::Redeem as Ask>::Reply>(reply));
        drop(wire::decode_reply::<<directory::List as Ask>::Reply>(reply));
        drop(wire::decode_reply::<<registry::List as Ask>::Reply>(reply));
    }
}

proptest! {
    #[test]
    fn garbage_is_an_error_and_no_panic(mut garbage in prop::collection::vec(any::<u8>(), 0..200)) {
        is_survived(&garbage);
        garbage.insert(0, PROTOCOL);
        is_survived(&garbage);
    }

    #[test]
    fn a_flipped_byte_is_an_error_and_no_panic(pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), flips in 1..=u8::MAX) {
        let samples = of_accounts();
        let mut message = samples[pick.index(samples.len())].message.clone();
        let at = at.index(message.len());
        message[at] ^= flips;
        is_survived(&message);
    }
}
