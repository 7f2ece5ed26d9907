//! The messages between Worker and objects: the number of the protocol, then postcard, which writes no names of fields and needs much
//! less code than JSON.
//!
//! Postcard does not describe its content, so nothing may be read that another protocol wrote. Between a deployment and the last
//! object's restart, two releases meet. Each change of an encoding raises [`PROTOCOL`] (a test makes sure of it), and both sides then
//! refuse what the other sends until they are of one release.
//!
//! A command is the number and the command. An answer is the number, a [`MessageHead`] that can be read whatever was asked, and the
//! reply. An answer of the number alone refuses a command of another protocol.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::ask::Reply;
use super::sql::SqlFault;
use crate::base::UnixTime;

/// The protocol that this release speaks: the first byte of each message.
pub const PROTOCOL: u8 = 3;

/// Why a message was not written or read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum WireFault {
    /// It is not what this release writes. A defect: who speaks another protocol says so.
    #[error("a message is malformed: {0}")]
    Malformed(postcard::Error),
    /// The other side is of another release, for as long as a deployment takes.
    #[error("the other side speaks protocol {theirs}, this release {PROTOCOL}: it is of another release")]
    OtherProtocol { theirs: u8 },
}

impl From<postcard::Error> for WireFault {
    fn from(error: postcard::Error) -> Self {
        Self::Malformed(error)
    }
}

/// What an object says of its answer, before the answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct MessageHead {
    /// The object's own clock when it decided.
    pub now: UnixTime,
    /// Rows written by the step, alarms included.
    pub rows_written: u64,
    /// Whether the reply is a refusal: an `Err`.
    pub is_refusal: bool,
}

/// A reply that has been encoded, with its type checked against the command's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Encoded {
    is_refusal: bool,
    reply: Vec<u8>,
}

impl Encoded {
    /// Encodes a reply.
    ///
    /// # Errors
    /// When it cannot be encoded, which is a defect.
    pub fn of<R: Reply>(reply: &R) -> Result<Self, SqlFault> {
        let encoded = postcard::to_allocvec(reply).map_err(|error| SqlFault::Failed(error.to_string()))?;
        Ok(Self { is_refusal: reply.is_refusal(), reply: encoded })
    }

    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        self.is_refusal
    }

    /// The reply, read by the object that made it.
    ///
    /// # Errors
    /// [`WireFault::Malformed`] when `R` is not its type.
    pub fn decode<R: DeserializeOwned>(&self) -> Result<R, WireFault> {
        decode_reply(&self.reply)
    }
}

/// A command as the Worker sends it.
///
/// # Errors
/// When it cannot be encoded, which is a defect.
pub fn encode_command<C: Serialize>(command: &C) -> Result<Vec<u8>, WireFault> {
    Ok(message(&[&postcard::to_allocvec(command)?]))
}

/// A command as the object reads it.
///
/// # Errors
/// [`WireFault`]. One of another protocol is answered with [`other_protocol`].
pub fn decode_command<C: DeserializeOwned>(message: &[u8]) -> Result<C, WireFault> {
    decode_reply(content(message)?)
}

/// An answer as the object sends it.
///
/// # Errors
/// When it cannot be encoded, which is a defect.
pub fn encode_answer(now: UnixTime, rows_written: u64, reply: &Encoded) -> Result<Vec<u8>, WireFault> {
    let head = MessageHead { now, rows_written, is_refusal: reply.is_refusal };
    Ok(message(&[&postcard::to_allocvec(&head)?, &reply.reply]))
}

/// The answer to a command of another protocol: it says which one this is, so that the Worker refuses it.
#[must_use]
pub fn other_protocol() -> Vec<u8> {
    message(&[])
}

/// An answer as the Worker reads it: its head, and the reply for [`decode_reply`].
///
/// # Errors
/// [`WireFault`].
pub fn decode_answer(message: &[u8]) -> Result<(MessageHead, &[u8]), WireFault> {
    Ok(postcard::take_from_bytes(content(message)?)?)
}

/// The reply of an answer.
///
/// # Errors
/// [`WireFault::Malformed`].
pub fn decode_reply<R: DeserializeOwned>(reply: &[u8]) -> Result<R, WireFault> {
    let (reply, rest) = postcard::take_from_bytes(reply)?;
    // Postcard would pass over it.
    if rest.is_empty() { Ok(reply) } else { Err(postcard::Error::DeserializeBadEncoding.into()) }
}

fn message(parts: &[&[u8]]) -> Vec<u8> {
    [&[PROTOCOL], &*parts.concat()].concat()
}

/// What follows the number, if it is ours.
fn content(message: &[u8]) -> Result<&[u8], WireFault> {
    match message.split_first() {
        Some((&PROTOCOL, content)) => Ok(content),
        Some((&theirs, _)) => Err(WireFault::OtherProtocol { theirs }),
        None => Err(postcard::Error::DeserializeUnexpectedEnd.into()),
    }
}

/// For members that lie in tables as JSON: within a message they are its text, because the way that they leave out what is
/// empty is one that postcard cannot follow, and their readers exist.
pub(super) mod json {
    use serde::de::{DeserializeOwned, Error as _};
    use serde::ser::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

    pub fn serialize<T: Serialize, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&serde_json::to_string(value).map_err(S::Error::custom)?)
    }

    pub fn deserialize<'de, T: DeserializeOwned, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        serde_json::from_str(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_without_knowing_what_was_asked() {
        let reply = Encoded { is_refusal: true, reply: vec![1, 2, 3] };
        let answer = encode_answer(UnixTime::from_secs(7), 9, &reply).unwrap();
        let head = MessageHead { now: UnixTime::from_secs(7), rows_written: 9, is_refusal: true };
        assert_eq!(decode_answer(&answer), Ok((head, &[1, 2, 3][..])));
    }

    #[test]
    fn nothing_of_another_protocol_is_read() {
        let theirs = PROTOCOL + 1;
        let mut command = encode_command(&7_u32).unwrap();
        assert_eq!(decode_command(&command), Ok(7_u32));
        command[0] = theirs;
        assert_eq!(decode_command::<u32>(&command), Err(WireFault::OtherProtocol { theirs }));
        assert_eq!(decode_answer(&[theirs]), Err(WireFault::OtherProtocol { theirs }), "as such an object answers");
    }

    #[test]
    fn what_is_too_short_or_too_long_is_refused() {
        for message in [&[][..], &other_protocol(), &[PROTOCOL, 0x80], &[PROTOCOL, 1, 2]] {
            assert!(matches!(decode_command::<u32>(message), Err(WireFault::Malformed(_))), "{message:?}");
        }
        assert!(matches!(decode_answer(&other_protocol()), Err(WireFault::Malformed(_))));
    }
}
